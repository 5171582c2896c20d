//! Ensures the customer of an order: by e-mail, by name within the post code, by code, else created.

use crate::canonical::{CustomerCard, CustomerId, CustomerRecord};
use crate::finding::{Code, Finding};
use crate::host::Host;
use crate::mapping::customer_match;
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;

/// The customer to invoice.
pub(super) struct Ensured {
    pub id: CustomerId,
    /// Whether this delivery created it.
    pub created: bool,
    pub finding: Option<Finding>,
}

pub(super) fn ensure(
    host: &mut dyn Host,
    books: &dyn Books,
    card: &CustomerCard,
    order: &str,
) -> Result<Ensured, CallFailure> {
    let (found, finding) = look_up(host, books, card, order)?;
    if let Some(record) = found {
        return Ok(Ensured { id: record.id, created: false, finding });
    }
    match books.create_customer(host, card) {
        Ok(id) => Ok(Ensured { id, created: true, finding }),
        Err(failure) if failure.class == FailureClass::Conflict => adopt(host, books, card, failure),
        Err(failure) => Err(failure),
    }
}

fn look_up(
    host: &mut dyn Host,
    books: &dyn Books,
    card: &CustomerCard,
    order: &str,
) -> Result<(Option<CustomerRecord>, Option<Finding>), CallFailure> {
    if !card.email.is_empty()
        && let Some(record) = books.customer_by_email(host, &card.email)?
    {
        return Ok((Some(record), None));
    }
    if !card.post_code.is_empty() {
        let candidates = books.customers_by_post_code(host, &card.post_code)?;
        let (found, finding) = customer_match::by_name(card, &candidates, order);
        if let Some(record) = found {
            return Ok((Some(record.clone()), finding));
        }
    }
    Ok((books.customer_by_code(host, &card.code)?, None))
}

/// The code was free a moment ago: another delivery of the same buyer made the customer in between.
fn adopt(
    host: &mut dyn Host,
    books: &dyn Books,
    card: &CustomerCard,
    conflict: CallFailure,
) -> Result<Ensured, CallFailure> {
    match books.customer_by_code(host, &card.code)? {
        Some(record) => Ok(Ensured { id: record.id, created: false, finding: None }),
        None => Err(CallFailure::new(
            FailureClass::Transient,
            Code::CustomerCodeTaken,
            card.code.as_str(),
            format!(
                "{}; the customer cannot be read yet, so the event is delivered again",
                conflict.finding.message
            ),
        )),
    }
}
