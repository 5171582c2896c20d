//! The shape of a remote call: a request to be sent, a response to be read, and the class of what failed.
//!
//! `amazon` and `kashflow` build requests and read responses; the shell sends them. The class is decided
//! where the answer is parsed, and only the class decides what happens next (`orchestration::verdict`).
//! Absent on purpose: sockets, credentials (the host's gateway adds them) and retries.

mod call;
mod failure;
mod http;
mod json_error;

pub use call::{Call, perform};
pub use failure::{CallFailure, FailureClass};
pub use http::{HttpRequest, HttpResponse, Method, TransportFailure};
pub use json_error::describe_json_error;
