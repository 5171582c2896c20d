//! Documents that lie where Amazon says from case to case: the reports that it gives out, the feeds that it takes.
//!
//! Amazon says it with a presigned link: whoever has it has the document. So the plugin gets another one in its
//! place, to a host that stands for wherever the document is and to the id of the document, and the real one does
//! not leave the gateway. Deliberately absent: what is in a document.

mod announcement;
mod kind;
mod link;
mod links;
mod transfer;

pub use kind::{DOCUMENT_HOSTS, FEED_DOCUMENT_HOST, REPORT_DOCUMENT_HOST};
pub(super) use kind::{DocumentKind, announced_by, asked_for};
pub use links::DocumentLinks;
