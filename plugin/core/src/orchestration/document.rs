//! Ensures one document: look up, intend, create, confirm, record.

use chrono::NaiveDate;

use crate::canonical::{
    Amounts, CustomerId, DocumentKind, DocumentReference, InvoiceNumber, Money, PostedDocument, SalesDocument,
};
use crate::finding::Code;
use crate::host::Host;
use crate::limits::SETTLING_MS;
use crate::remote::{CallFailure, FailureClass};

use super::books::Books;
use super::chain::{ChainDocument, Phase};
use super::journal::Journal;
use super::run::Asked;

/// A document that is to stand in the books, with what the journal knows of it.
pub(super) struct Wanted<'a> {
    pub document: &'a SalesDocument,
    /// The digest of the sale that it posts or takes back.
    pub fingerprint: &'a str,
    /// Whether a part of it goes to the holding place.
    pub partly_held: bool,
    /// The journal's own account of it, where it was intended before.
    pub known: Option<ChainDocument>,
}

/// A document that stands in the books now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Ensured {
    pub number: InvoiceNumber,
    /// Whether this event created it, in this delivery or in one that was cut short.
    pub created: bool,
}

impl Wanted<'_> {
    fn reference(&self) -> &DocumentReference {
        &self.document.reference
    }

    /// Takes over what the books hold under the reference, if it is what is wanted or what was intended.
    pub fn adopt(
        &self,
        host: &mut dyn Host,
        journal: &mut Journal,
        asked: &Asked<'_>,
        found: Vec<PostedDocument>,
    ) -> Result<Option<Ensured>, CallFailure> {
        let Some(posted) = the_one(self.reference(), found)? else { return Ok(None) };
        let intended = self.known.as_ref().and_then(|known| known.amounts);
        let amounts = posted.amounts();
        if amounts != self.document.amounts() && Some(amounts) != intended {
            return Err(differs(self.reference(), &posted, Some(self.document.amounts())));
        }
        self.write(host, journal, asked, (Phase::Recorded(posted.number), posted.date, amounts))?;
        let created = self.known.as_ref().is_some_and(|known| known.number().is_none());
        Ok(Some(Ensured { number: posted.number, created }))
    }

    /// Creates it: the caller has looked, and it is not there.
    pub fn create(
        &self,
        host: &mut dyn Host,
        books: &dyn Books,
        journal: &mut Journal,
        asked: &Asked<'_>,
        customer: CustomerId,
    ) -> Result<Ensured, CallFailure> {
        self.intend(host, journal, asked)?;
        let number = match books.create_document(host, self.document, customer) {
            Ok(number) => number,
            Err(failure) => {
                if failure.class != FailureClass::Ambiguous {
                    self.forget(host, journal, asked);
                }
                return Err(failure);
            }
        };
        let confirmed = self.confirm(host, books, number, customer);
        // Whatever it reads back as: it is there, and must not be created again.
        let is_there =
            confirmed.as_ref().map_or_else(|failure| failure.class == FailureClass::Conflict, |()| true);
        if is_there {
            let amounts = self.document.amounts();
            self.write(host, journal, asked, (Phase::Recorded(number), self.document.date, amounts))?;
        }
        confirmed.map(|()| Ensured { number, created: true })
    }

    #[cfg(not(sabotage = "no-intent"))]
    fn intend(
        &self,
        host: &mut dyn Host,
        journal: &mut Journal,
        asked: &Asked<'_>,
    ) -> Result<(), CallFailure> {
        let now = host.now();
        self.write(host, journal, asked, (Phase::Intended(now), self.document.date, self.document.amounts()))
    }

    /// The build that the crash tests and the simulation must catch (`RUSTFLAGS='--cfg sabotage="no-intent"'`):
    /// it creates without having said so.
    #[cfg(sabotage = "no-intent")]
    fn intend(&self, _: &mut dyn Host, _: &mut Journal, _: &Asked<'_>) -> Result<(), CallFailure> {
        Ok(())
    }

    /// The books refused in so many words, so it is not there. Where this cannot be written, the next delivery
    /// only waits for longer than it need.
    fn forget(&self, host: &mut dyn Host, journal: &mut Journal, asked: &Asked<'_>) {
        let reference = self.reference();
        if journal.document(reference.kind, reference.ordinal).is_some() {
            let _ = journal.write(host, asked.entry(journal.chain().without_last()));
        }
    }

    fn write(
        &self,
        host: &mut dyn Host,
        journal: &mut Journal,
        asked: &Asked<'_>,
        (phase, date, amounts): (Phase, NaiveDate, Amounts),
    ) -> Result<(), CallFailure> {
        let document = ChainDocument {
            phase,
            fingerprint: self.fingerprint.to_owned(),
            date: Some(date),
            amounts: Some(amounts),
            partly_held: self.partly_held,
        };
        let chain = journal.chain().with(self.reference().kind, self.reference().ordinal, document);
        journal.write(host, asked.entry(chain))
    }

    /// Reads a new document back: the books answer OK to things that they then do not keep.
    fn confirm(
        &self,
        host: &mut dyn Host,
        books: &dyn Books,
        number: InvoiceNumber,
        customer: CustomerId,
    ) -> Result<(), CallFailure> {
        let reference = self.reference();
        let name = reference.kind.name();
        let fails = |class, message: String| {
            CallFailure::new(class, Code::NotReadBack, reference.order.as_str(), message)
        };
        let Some(posted) = books.document(host, number)? else {
            // Written and not readable yet: the next delivery finds it by its reference.
            return Err(fails(
                FailureClass::Ambiguous,
                format!("{name} {number} was written and cannot be read back yet"),
            ));
        };
        let (written, read) = (reference.to_string(), &posted.reference);
        let wanted = self.document.amounts();
        if (read, posted.amounts(), posted.customer) == (&written, wanted, customer) {
            return Ok(());
        }
        Err(fails(
            FailureClass::Conflict,
            format!(
                "{name} {number} was written for customer {customer} with the reference `{written}` and {wanted}, and \
                 reads back for customer {} with `{read}` and {}: correct it in KashFlow, then release the event",
                posted.customer,
                posted.amounts()
            ),
        ))
    }
}

/// Fails while an earlier creation may still be on its way: an answer that was lost says nothing about when
/// the books will have carried it out, so until then they are looked at and nothing is created.
pub(super) fn await_settled(
    host: &mut dyn Host,
    known: Option<&ChainDocument>,
    asked: &Asked<'_>,
) -> Result<(), CallFailure> {
    let Some(Phase::Intended(at)) = known.map(|known| known.phase) else { return Ok(()) };
    let age_ms = u64::try_from((host.now() - at).num_milliseconds()).unwrap_or(0);
    if age_ms >= SETTLING_MS {
        return Ok(());
    }
    Err(CallFailure::new(
        FailureClass::Throttled { retry_after_ms: Some(SETTLING_MS - age_ms) },
        Code::AnswerLost,
        asked.order.as_str(),
        "an earlier delivery may have created a document and the books do not show it yet: they are looked at again",
    ))
}

/// The document that carries the reference.
///
/// A person who credits an invoice by hand may give the credit note its invoice's reference: what has the
/// other sign is another document.
pub(super) fn the_one(
    reference: &DocumentReference,
    found: Vec<PostedDocument>,
) -> Result<Option<PostedDocument>, CallFailure> {
    let mut found: Vec<PostedDocument> =
        found.into_iter().filter(|posted| is_of(reference.kind, posted)).collect();
    found.sort_by_key(|posted| posted.number);
    found.dedup_by_key(|posted| posted.number);
    if found.len() > 1 {
        let numbers: Vec<String> = found.iter().map(|posted| posted.number.to_string()).collect();
        return Err(CallFailure::new(
            FailureClass::Conflict,
            Code::InvoiceDoubled,
            reference.order.as_str(),
            format!(
                "the books hold the {}s {} with the reference {reference}: keep one of them, then release the event",
                reference.kind.name(),
                numbers.join(" and ")
            ),
        ));
    }
    Ok(found.pop())
}

fn is_of(kind: DocumentKind, posted: &PostedDocument) -> bool {
    let gross = posted.gross().map_or(0, Money::minor);
    match kind {
        DocumentKind::Invoice => gross >= 0,
        DocumentKind::CreditNote => gross <= 0,
    }
}

/// The books hold something else under the reference: both versions, for a person to decide.
pub(super) fn differs(
    reference: &DocumentReference,
    posted: &PostedDocument,
    wanted: Option<Amounts>,
) -> CallFailure {
    let name = reference.kind.name();
    let wanted = wanted.map_or_else(
        || "Amazon's order sells nothing any more".to_owned(),
        |amounts| format!("Amazon's figures make {amounts}"),
    );
    conflict(
        reference,
        format!(
            "stands in the books as {name} {} with {}; {wanted}: correct the one that is wrong, then release the \
             event; nothing was changed",
            posted.number,
            posted.amounts()
        ),
    )
}

pub(super) fn conflict(reference: &DocumentReference, message: String) -> CallFailure {
    CallFailure::new(FailureClass::Conflict, Code::InvoiceDiffers, reference.order.as_str(), message)
}
