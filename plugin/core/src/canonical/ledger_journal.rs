//! A journal: a movement between nominals without VAT, whose debits and credits are the same.

use chrono::NaiveDate;

use super::currency::Currency;
use super::ids::{JournalNumber, NominalId};
use super::money::{Money, MoneyError};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerJournalLine {
    pub nominal: NominalId,
    /// Positive for a debit.
    pub amount: Money,
    pub comment: String,
}

/// A journal to be created. It balances.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LedgerJournal {
    pub date: NaiveDate,
    /// Holds the business key.
    pub comment: String,
    lines: Vec<LedgerJournalLine>,
}

/// Why lines make no journal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnbalancedJournal {
    #[error("a journal needs two lines or more")]
    TooShort,
    #[error("the debits and credits of a journal differ by {0}")]
    Unbalanced(Money),
    #[error("the amounts of a journal cannot be added")]
    Amounts(#[source] MoneyError),
}

impl LedgerJournal {
    pub fn new(
        date: NaiveDate,
        comment: String,
        lines: Vec<LedgerJournalLine>,
    ) -> Result<Self, UnbalancedJournal> {
        let currency = match lines.as_slice() {
            [first, _, ..] => first.amount.currency(),
            _ => return Err(UnbalancedJournal::TooShort),
        };
        let sum = Money::sum(currency, lines.iter().map(|line| line.amount));
        let sum = sum.map_err(UnbalancedJournal::Amounts)?;
        if !sum.is_zero() {
            return Err(UnbalancedJournal::Unbalanced(sum));
        }
        Ok(LedgerJournal { date, comment, lines })
    }

    pub fn lines(&self) -> &[LedgerJournalLine] {
        &self.lines
    }

    pub fn currency(&self) -> Currency {
        self.lines[0].amount.currency()
    }
}

/// A journal as the books show it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PostedLedgerJournal {
    pub number: JournalNumber,
    pub date: NaiveDate,
    pub comment: String,
    /// Nominal and amount of each line, positive for a debit.
    pub lines: Vec<(NominalId, Money)>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn journal(lines: &[(i64, Currency)]) -> Result<LedgerJournal, UnbalancedJournal> {
        let line = |(minor, currency): &(i64, Currency)| LedgerJournalLine {
            nominal: NominalId(1),
            amount: Money::new(*minor, *currency),
            comment: String::new(),
        };
        let date = NaiveDate::from_ymd_opt(2026, 10, 29).expect("a date");
        LedgerJournal::new(date, "AMZ 1 BALANCES".to_owned(), lines.iter().map(line).collect())
    }

    #[test]
    fn only_lines_that_balance_make_a_journal() {
        let pounds = |minor| (minor, Currency::GBP);
        let sound = journal(&[pounds(500), pounds(-300), pounds(-200)]).expect("it balances");
        assert_eq!((sound.lines().len(), sound.currency()), (3, Currency::GBP));
        let unbalanced = UnbalancedJournal::Unbalanced(Money::new(1, Currency::GBP));
        assert_eq!(journal(&[pounds(500), pounds(-499)]), Err(unbalanced));
        assert_eq!(journal(&[]), Err(UnbalancedJournal::TooShort));
        assert_eq!(journal(&[pounds(0)]), Err(UnbalancedJournal::TooShort));
        for lines in [[pounds(5), (-5, Currency::EUR)], [pounds(i64::MAX), pounds(i64::MAX)]] {
            assert!(matches!(journal(&lines), Err(UnbalancedJournal::Amounts(_))));
        }
    }
}
