//! The credit note of a refund: the invoice was paid from the clearing account, and so is what goes back.

use crate::canonical::{CustomerId, SalesDocument};
use crate::remote::CallFailure;

use super::super::document::{differs, the_one};
use super::ensure::{Ensurable, Sought};
use super::session::Session;

pub(super) struct WantedCreditNote {
    pub document: SalesDocument,
    /// Whom the invoice is made out to.
    pub customer: CustomerId,
}

impl Ensurable for WantedCreditNote {
    fn subject(&self) -> String {
        self.document.reference.to_string()
    }

    fn find(&self, session: &mut Session<'_>) -> Result<Sought, CallFailure> {
        let reference = &self.document.reference;
        let looked_at = session.host.now();
        let found = session.sales.documents_dated(session.host, self.document.date, reference)?;
        let Some(posted) = the_one(reference, found)? else { return Ok(Sought::Absent { looked_at }) };
        if posted.amounts() != self.document.amounts() {
            return Err(differs(reference, &posted, Some(self.document.amounts())));
        }
        Ok(Sought::Found { number: posted.number.0, remark: None })
    }

    fn create(&self, session: &mut Session<'_>) -> Result<(), CallFailure> {
        session.sales.create_document(session.host, &self.document, self.customer).map(drop)
    }
}
