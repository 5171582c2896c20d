//! Journals: movements between nominals as a person states them.
//!
//! Source: KashFlow SOAP API, JournalEntry and JournalLine classes: a line names its nominal by id, and a positive
//! amount is a debit. That a journal has to balance follows from the ledger. A number that exists is refused, since
//! KashFlow has an operation of its own for changing a journal. Changing and deleting are absent.

use chrono::NaiveDateTime;

use super::account::Account;
use super::decimal::Decimal;
use super::identifiers::{JournalId, JournalNumber, NominalCode, NominalId, Sequence};
use super::ledger::{Document, Entry, Posting};
use super::money::Pence;
use super::refusal::Refusal;

const FIRST_JOURNAL_ID: i32 = 6_207_731;

#[derive(Debug, Clone)]
pub struct Journal {
    pub id: JournalId,
    pub number: JournalNumber,
    pub date: NaiveDateTime,
    pub comment: String,
    pub lines: Vec<JournalLine>,
}

#[derive(Debug, Clone)]
pub struct JournalLine {
    pub nominal_id: NominalId,
    pub nominal: NominalCode,
    /// Positive for a debit.
    pub amount: Pence,
    pub comment: String,
    pub project: i32,
}

/// A journal as a client states it.
#[derive(Debug)]
pub struct JournalDraft {
    /// None for the next number.
    pub number: Option<JournalNumber>,
    pub date: NaiveDateTime,
    pub comment: String,
    pub lines: Vec<JournalLineDraft>,
}

#[derive(Debug)]
pub struct JournalLineDraft {
    pub nominal_id: i32,
    pub amount: Decimal,
    pub comment: String,
    pub project: i32,
}

/// All journals of the account.
#[derive(Debug, Clone)]
pub struct JournalBook {
    journals: Vec<Journal>,
    ids: Sequence,
}

impl Default for JournalBook {
    fn default() -> Self {
        Self { journals: Vec::new(), ids: Sequence::starting_at(FIRST_JOURNAL_ID) }
    }
}

impl JournalBook {
    pub fn iter(&self) -> impl Iterator<Item = &Journal> {
        self.journals.iter()
    }

    /// # Errors
    /// `NoJournalWithNumber`.
    pub fn by_number(&self, number: JournalNumber) -> Result<&Journal, Refusal> {
        let found = self.journals.iter().find(|journal| journal.number == number);
        found.ok_or(Refusal::NoJournalWithNumber(number))
    }

    fn accept_number(&self, stated: Option<JournalNumber>) -> Result<JournalNumber, Refusal> {
        match stated {
            Some(number) if number.get() < 0 || self.by_number(number).is_ok() => {
                Err(Refusal::JournalNumberInvalid(number))
            }
            Some(number) => Ok(number),
            None => {
                let highest = self.journals.iter().map(|journal| journal.number.get()).max().unwrap_or(0);
                Ok(JournalNumber::new(highest.saturating_add(1)))
            }
        }
    }
}

impl Account {
    /// Keeps and posts a journal.
    ///
    /// # Errors
    /// When a nominal does not exist, the number is taken, the date is locked, or the lines are fewer than two or
    /// out of balance.
    pub fn insert_journal(&mut self, draft: JournalDraft) -> Result<JournalNumber, Refusal> {
        let number = self.journals.accept_number(draft.number)?;
        self.check_date(draft.date)?;
        if draft.lines.len() < 2 {
            return Err(Refusal::JournalTooShort);
        }
        let lines = draft.lines.into_iter().map(|line| self.accept_journal_line(line));
        let lines: Vec<JournalLine> = lines.collect::<Result<_, Refusal>>()?;
        let entries = lines.iter().map(|line| Entry::debit(line.nominal, line.amount)).collect();
        let id = JournalId::new(self.journals.ids.take());
        let posting = Posting::new(Document::Journal(id), draft.date.date(), entries);
        self.ledger.post(posting.map_err(|unbalanced| Refusal::JournalUnbalanced(unbalanced.difference))?);
        let journal = Journal { id, number, date: draft.date, comment: draft.comment, lines };
        self.journals.journals.push(journal);
        Ok(number)
    }

    fn accept_journal_line(&self, line: JournalLineDraft) -> Result<JournalLine, Refusal> {
        let nominal = self.chart.by_id(line.nominal_id)?;
        Ok(JournalLine {
            nominal_id: nominal.id,
            nominal: nominal.code,
            amount: line.amount.pence()?,
            comment: line.comment,
            project: line.project,
        })
    }
}
