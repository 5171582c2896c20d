//! Tells a person that an event waits for one: a message on the `alert` queue, once a cause and day.
//!
//! A thousand orders that wait for the same SKU are one thing to put right. The message is told again on
//! another day, so that what is forgotten shows. Absent on purpose: whom the host tells, and the event's
//! body, which can hold personal data and is kept with the event.

use data_encoding::HEXLOWER;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::finding::{Code, Finding};
use crate::host::{Host, LogLevel};
use crate::orchestration::{Disposition, Effect, Failure, Outcome, Unfinished};

use super::Delivery;

const QUEUE: &str = "alert";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Alert<'a> {
    /// `held`, `partly-held` or `dead-letter`.
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

/// Raises the alert of an event that waits for a person, wholly or in part. Where the queue does not take it, the
/// event ends as it would: the host shows it either way.
pub(super) fn raise(host: &mut dyn Host, delivery: &Delivery, result: &Result<Outcome, Failure>) {
    match result {
        Err(Failure::Held(Unfinished { finding, done })) => send(host, "held", finding, done, delivery),
        Err(Failure::DeadLetter(Unfinished { finding, done })) => {
            send(host, "dead-letter", finding, done, delivery);
        }
        Ok(Outcome { disposition: Disposition::PartlyHeld, effects, findings }) => {
            for finding in findings.iter().filter(|finding| awaits_a_person(finding.code)) {
                send(host, "partly-held", finding, effects, delivery);
            }
        }
        Ok(_) | Err(Failure::Retry { .. }) => {}
    }
}

/// Whether a person has to put something right although all is posted.
fn awaits_a_person(code: Code) -> bool {
    matches!(
        code,
        Code::SkuUnknown
            | Code::RowsInSuspense
            | Code::RefundVatUnclear
            | Code::SettledOrderUnknown
            | Code::StockWithoutProduct
            | Code::StockNotManaged
            | Code::SoldBothWays
            | Code::QuantityRefused
            | Code::QuantityNotTaken
            | Code::FeedFailed
    )
}

fn send(host: &mut dyn Host, kind: &'static str, finding: &Finding, done: &[Effect], delivery: &Delivery) {
    let alert = Alert {
        kind,
        code: finding.code.as_str(),
        title: finding.code.title(),
        subject: &finding.subject,
        message: &finding.message,
        event_id: &delivery.event_id,
        done: done.iter().map(Done::of).collect(),
    };
    let body = serde_json::to_vec(&alert).expect("a struct of texts serialises");
    let day = host.now().date_naive();
    // A digest, because a cause can quote a service, and a key may be kept and shown anywhere.
    let cause = HEXLOWER.encode(&Sha256::digest(finding.cause().as_bytes())[..16]);
    if let Err(error) = host.enqueue(QUEUE, &body, &format!("{day}/{cause}")) {
        let (code, why) = (finding.code.as_str(), error.to_string());
        host.log(LogLevel::Warn, "an alert was not taken", &[("code", code), ("why", &why)]);
    }
}

impl<'a> Done<'a> {
    fn of(effect: &'a Effect) -> Self {
        Done { document: effect.document, number: &effect.number, reference: &effect.reference }
    }
}
