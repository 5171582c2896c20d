//! What an invoice and a purchase have in common: lines that make its totals, payments that make its paid state.
//!
//! Nothing else is ever stored for either. Which side of the ledger it stands on is absent.

use super::currencies::ExchangeRate;
use super::decimal::{OutOfRange, proportion};
use super::invoices::InvoiceLine;
use super::money::Pence;
use super::payments::Payment;

pub trait Payable {
    fn lines(&self) -> &[InvoiceLine];
    fn payments(&self) -> &[Payment];
    fn exchange_rate(&self) -> ExchangeRate;

    fn net(&self) -> Pence {
        self.lines().iter().map(|line| line.net).sum()
    }

    fn vat(&self) -> Pence {
        self.lines().iter().map(|line| line.vat).sum()
    }

    fn gross(&self) -> Pence {
        self.net() + self.vat()
    }

    fn paid(&self) -> Pence {
        self.payments().iter().map(|payment| payment.amount).sum()
    }

    /// What is still owed; negative when a credit note is still to be used, or an invoice is overpaid.
    fn outstanding(&self) -> Pence {
        self.gross() - self.paid()
    }

    fn is_credit_note(&self) -> bool {
        self.gross().is_negative()
    }

    fn is_paid(&self) -> bool {
        if self.is_credit_note() { self.paid() <= self.gross() } else { self.paid() >= self.gross() }
    }

    /// The gross amount in the home currency, each line converted and rounded on its own.
    ///
    /// # Errors
    /// `OutOfRange` when an amount is too large to be kept.
    fn home_gross(&self) -> Result<Pence, OutOfRange> {
        let rate = self.exchange_rate();
        self.lines().iter().map(|line| Ok(rate.to_home(line.net)? + rate.to_home(line.vat)?)).sum()
    }

    /// The home value of a part of this document, so that paying all of it clears all of its debt.
    ///
    /// # Errors
    /// `OutOfRange` when an amount is too large to be kept.
    fn home_share(&self, part: Pence) -> Result<Pence, OutOfRange> {
        if self.gross().is_zero() {
            return self.exchange_rate().to_home(part);
        }
        proportion(self.home_gross()?, part, self.gross())
    }

    /// The home value of one more payment: the share of everything paid so far less the share paid before, so
    /// that rounding never leaves a penny of a paid foreign document on the debtors or creditors account.
    ///
    /// # Errors
    /// `OutOfRange` when an amount is too large to be kept.
    fn home_value_of_next(&self, amount: Pence) -> Result<Pence, OutOfRange> {
        let before = self.paid();
        Ok(self.home_share(before + amount)? - self.home_share(before)?)
    }
}
