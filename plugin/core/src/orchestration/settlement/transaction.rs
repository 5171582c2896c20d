//! Bank transactions of the clearing account, and the journal of movements between balances.

use crate::canonical::{
    BalanceMovements, BankTransaction, ClearingTransaction, LedgerJournal, LedgerJournalLine, Money,
    NominalCode, VatRate,
};
use crate::remote::CallFailure;

use chrono::NaiveDate;

use super::ensure::{Ensurable, Sought};
use super::session::{Session, holds_another, the_only};

/// A transaction that is known by the beginning of its comment.
pub(super) struct WantedTransaction {
    pub reference: String,
    pub description: String,
    pub date: NaiveDate,
    pub amount: Money,
    pub vat: Money,
    pub vat_rate: Option<VatRate>,
    pub nominal: NominalCode,
}

impl WantedTransaction {
    pub fn of(reference: String, transaction: &ClearingTransaction) -> Self {
        WantedTransaction {
            reference,
            description: transaction.description.clone(),
            date: transaction.date,
            amount: transaction.amount,
            vat: transaction.vat,
            vat_rate: transaction.vat_rate,
            nominal: transaction.nominal,
        }
    }
}

impl Ensurable for WantedTransaction {
    fn subject(&self) -> String {
        self.reference.clone()
    }

    fn find(&self, session: &mut Session<'_>) -> Result<Sought, CallFailure> {
        let (looked_at, found) = session.transactions(&self.reference)?;
        let Some(posted) = the_only(&self.reference, "bank transactions", found)? else {
            return Ok(Sought::Absent { looked_at });
        };
        if (posted.amount, posted.nominal) != (self.amount, self.nominal) {
            let message = format!(
                "is to be {} against nominal {}, and the books hold {} against {}: correct it in KashFlow, then release \
                 the event",
                self.amount, self.nominal, posted.amount, posted.nominal
            );
            return Err(holds_another(&self.reference, message));
        }
        Ok(Sought::Found { number: posted.id.0, remark: None })
    }

    fn create(&self, session: &mut Session<'_>) -> Result<(), CallFailure> {
        let transaction = BankTransaction {
            account: session.terms.clearing.clone(),
            date: self.date,
            amount: self.amount,
            vat: self.vat,
            vat_rate: self.vat_rate,
            nominal: self.nominal,
            comment: format!("{}: {}", self.reference, self.description),
        };
        session.money.create_bank_transaction(session.host, &transaction).map(drop)
    }
}

/// A journal that is known by its comment.
pub(super) struct WantedJournal {
    pub reference: String,
    pub movements: BalanceMovements,
}

impl WantedJournal {
    fn journal(&self, session: &Session<'_>) -> Result<LedgerJournal, CallFailure> {
        let failed = |problem: String| holds_another(&self.reference, problem);
        let on_clearing = self.movements.amount().map_err(|error| failed(error.to_string()))?;
        let mut lines = Vec::with_capacity(self.movements.lines.len() + 1);
        if !on_clearing.is_zero() {
            lines.push(LedgerJournalLine {
                nominal: session.nominal(session.terms.clearing.code)?.id,
                amount: on_clearing,
                comment: "Amazon clearing".to_owned(),
            });
        }
        for line in &self.movements.lines {
            lines.push(LedgerJournalLine {
                nominal: session.nominal(line.nominal)?.id,
                amount: line.amount.negated(),
                comment: line.description.clone(),
            });
        }
        let journal = LedgerJournal::new(self.movements.date, self.reference.clone(), lines);
        journal.map_err(|error| failed(error.to_string()))
    }
}

impl Ensurable for WantedJournal {
    fn subject(&self) -> String {
        self.reference.clone()
    }

    fn find(&self, session: &mut Session<'_>) -> Result<Sought, CallFailure> {
        let (looked_at, found) = session.journals(&self.reference)?;
        let Some(posted) = the_only(&self.reference, "journals", found)? else {
            return Ok(Sought::Absent { looked_at });
        };
        let mut wanted: Vec<(i64, i64)> = Vec::new();
        for line in self.journal(session)?.lines() {
            wanted.push((line.nominal.0, line.amount.minor()));
        }
        let mut held: Vec<(i64, i64)> =
            posted.lines.iter().map(|(nominal, amount)| (nominal.0, amount.minor())).collect();
        wanted.sort_unstable();
        held.sort_unstable();
        if wanted != held {
            let message = format!(
                "journal {} in the books has other lines than the settlement: correct it in KashFlow, then release the event",
                posted.number
            );
            return Err(holds_another(&self.reference, message));
        }
        Ok(Sought::Found { number: posted.number.0, remark: None })
    }

    fn create(&self, session: &mut Session<'_>) -> Result<(), CallFailure> {
        let journal = self.journal(session)?;
        session.money.create_journal(session.host, &journal).map(drop)
    }
}
