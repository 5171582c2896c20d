//! Where events come from. A source hands over what arrived and only then lets go of it: an event is
//! acknowledged once it is in the store, never before.
//!
//! Deliberately absent: what an event means beyond its envelope, and its delivery to the plugin.

mod directory;
mod envelope;
mod error;
mod intake;
mod queued;
mod reception;
mod running;
mod schedule;
mod settlement_file;
mod shutdown;
mod sqs;
mod status;
mod timetable;
mod webhook;

pub use envelope::{arrived_event, event_id};
pub use error::SourceError;
pub use intake::{ArrivedEvent, Intake, Taken};
pub use queued::queued_order_key;
pub use running::RunningSources;
pub use schedule::ScheduledEvent;
pub use settlement_file::{HandedIn, hand_in};
pub use status::{SourceStatus, SourceTrouble};
pub use timetable::{TimeZone, Timetable, TimetableError};
