//! Tells a person that an event waits for one: a message on the `alert` queue, once a cause and day.
//!
//! A thousand orders that wait for the same SKU are one thing to put right. The message is told again on
//! another day, so that what is forgotten shows. Absent on purpose: whom the host tells, and the event's
//! body, which can hold personal data and is kept with the event.

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::host::{Host, LogLevel};
use crate::orchestration::{Failure, Unfinished};

use super::Delivery;

const QUEUE: &str = "alert";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Alert<'a> {
    /// `held` or `dead-letter`.
    kind: &'static str,
    code: &'static str,
    title: &'static str,
    subject: &'a str,
    /// What happened and what to do.
    message: &'a str,
    /// The first event of this cause on this day.
    event_id: &'a str,
    /// What stands in the books because of that event.
    done: Vec<Done<'a>>,
}

#[derive(Serialize)]
struct Done<'a> {
    document: &'a str,
    number: &'a str,
    reference: &'a str,
}

/// Raises the alert of an event that ends as held or dead letter. Where the queue does not take it, the event
/// ends as it would: the host shows it either way.
pub(super) fn raise(host: &mut dyn Host, delivery: &Delivery, failure: &Failure) {
    let (kind, unfinished) = match failure {
        Failure::Held(unfinished) => ("held", unfinished),
        Failure::DeadLetter(unfinished) => ("dead-letter", unfinished),
        Failure::Retry { .. } => return,
    };
    let body = serde_json::to_vec(&alert(kind, delivery, unfinished)).expect("a struct of texts serialises");
    let day = host.now().date_naive();
    // A digest, because a cause can quote a service, and a key may be kept and shown anywhere.
    let cause = HEXLOWER.encode(&Sha256::digest(unfinished.finding.cause().as_bytes())[..16]);
    if let Err(reason) = host.enqueue(QUEUE, &body, &format!("{day}/{cause}")) {
        let code = unfinished.finding.code.as_str();
        host.log(LogLevel::Warn, "an alert was not taken", &[("code", code), ("why", &reason)]);
    }
}

fn alert<'a>(kind: &'static str, delivery: &'a Delivery, unfinished: &'a Unfinished) -> Alert<'a> {
    let finding = &unfinished.finding;
    let done = unfinished.done.iter().map(|effect| Done {
        document: effect.document,
        number: &effect.number,
        reference: &effect.reference,
    });
    Alert {
        kind,
        code: finding.code.as_str(),
        title: finding.code.title(),
        subject: &finding.subject,
        message: &finding.message,
        event_id: &delivery.event_id,
        done: done.collect(),
    }
}
