//! Journals: movements between nominals without VAT.
//!
//! KashFlow cannot search journals, so a lookup reads all of them. Absent on purpose: changing or deleting a
//! journal.

use crate::canonical::{
    Currency, JournalNumber, LedgerJournal, LedgerJournalLine, Money, NominalId, PostedLedgerJournal,
};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse};

use super::soap::{Content, Operation, Record, answer, envelope};

/// The journals whose comment begins so; KashFlow gives all of them, and what people entered there is not read.
#[derive(Clone, Copy, Debug)]
pub struct GetJournals<'a> {
    pub comment_begins: &'a str,
    /// Of their amounts: the home currency of the books.
    pub currency: Currency,
}

impl GetJournals<'_> {
    fn operation() -> Operation {
        Operation::reading("GetJournals", "journals")
    }
}

impl Call for GetJournals<'_> {
    type Answer = Vec<PostedLedgerJournal>;

    fn request(&self) -> HttpRequest {
        envelope::request(&Self::operation(), |_| {})
    }

    /// No refusal means "none": books without journals have an empty list.
    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let wanted = |row: &Record<'_>| row.text("Comment").starts_with(self.comment_begins);
        let read = |row: &Record<'_>| wanted(row).then(|| journal(row, self.currency)).transpose();
        let rows = answer::rows(&Self::operation(), response, "JournalEntry", read)?;
        Ok(rows.into_iter().flatten().collect())
    }
}

/// Creates a journal and answers its number.
#[derive(Clone, Copy, Debug)]
pub struct InsertJournal<'a> {
    pub journal: &'a LedgerJournal,
}

impl InsertJournal<'_> {
    /// Named by its comment, which holds the business key.
    fn operation(&self) -> Operation {
        Operation::writing("InsertJournal", format!("journal {}", self.journal.comment))
    }

    /// Every element of the type `JournalEntry`, in the order of the service description. The number is 0 for
    /// "the next one".
    fn write(&self, content: &mut Content) {
        content.value("DBID", 0);
        content.value("JournalNumber", 0);
        content.date("JournalDate", self.journal.date);
        content.text("Comment", &self.journal.comment);
        content.group("Lines", |lines| {
            for line in self.journal.lines() {
                lines.any_type("JournalLine", |content| write_line(content, line));
            }
        });
    }
}

impl Call for InsertJournal<'_> {
    type Answer = JournalNumber;

    fn request(&self) -> HttpRequest {
        envelope::request(&self.operation(), |content| content.group("Jnl", |journal| self.write(journal)))
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        answer::created(&self.operation(), response).map(JournalNumber)
    }
}

/// A debit is positive, to KashFlow as well.
fn write_line(content: &mut Content, line: &LedgerJournalLine) {
    content.value("NominalID", line.nominal);
    content.text("Amount", &line.amount.to_decimal());
    content.text("Comment", &line.comment);
    content.value("ProjId", 0);
}

fn journal(row: &Record<'_>, currency: Currency) -> Result<PostedLedgerJournal, CallFailure> {
    let lines = row.element.child("Lines").map_or(&[][..], |lines| &lines.children);
    let lines = lines.iter().map(|element| line(&Record { element, operation: row.operation }, currency));
    Ok(PostedLedgerJournal {
        number: JournalNumber(row.integer("JournalNumber")?),
        date: row.date("JournalDate")?,
        comment: row.text("Comment").to_owned(),
        lines: lines.collect::<Result<_, _>>()?,
    })
}

fn line(line: &Record<'_>, currency: Currency) -> Result<(NominalId, Money), CallFailure> {
    Ok((NominalId(line.integer("NominalID")?), line.amount("Amount", currency)?))
}

#[cfg(test)]
mod tests;
