//! Setting a credit note off against its invoice.
//!
//! A credit note is created as an invoice is (`invoice`). Absent on purpose: allocating money.

use crate::canonical::DocumentId;
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::failure;
use super::soap::{Operation, answer, envelope};

/// Uses a credit note to settle an invoice of the same customer.
///
/// KashFlow takes database ids here, not the numbers that everything else goes by, and keeps the set-off as
/// two payments, one of each document. What is used up is refused, so a repetition cannot credit twice.
#[derive(Clone, Copy, Debug)]
pub struct ApplyCreditNote {
    pub invoice: DocumentId,
    pub credit_note: DocumentId,
}

impl ApplyCreditNote {
    fn operation(&self) -> Operation {
        let ApplyCreditNote { invoice, credit_note } = self;
        Operation::writing(
            "applyCreditNoteToInvoice",
            format!("credit note with id {credit_note} to the invoice with id {invoice}"),
        )
    }
}

impl Call for ApplyCreditNote {
    type Answer = ();

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| {
            content.value("InvoiceID", self.invoice);
            content.value("CreditNoteID", self.credit_note);
        })
    }

    /// `false` beside `OK` is no success that anybody documents, so it counts as a refusal.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let operation = self.operation();
        if answer::is_true(&operation, response)? {
            Ok(())
        } else {
            Err(failure::refused(&operation, "it was not applied"))
        }
    }
}
