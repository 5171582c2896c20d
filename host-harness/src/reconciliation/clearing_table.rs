//! The clearing account explained: what a settlement put on it and what it took off.
//!
//! Every figure is read from the books. Absent on purpose: what it should be (`settlement_rules`).

use std::collections::BTreeSet;

use super::SettlementNominals;
use super::settlement_documents::{Purpose, SettlementDocuments};

/// Amounts are what they do to the clearing account: positive for money in. All of them together leave nothing.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ClearingTable {
    /// Orders whose invoices were paid.
    pub paid_orders: usize,
    pub sales_pence: i64,
    /// Credit notes that were paid out.
    pub refunded_orders: usize,
    pub refunds_pence: i64,
    /// With their VAT.
    pub fees_pence: i64,
    /// The VAT in the fees: positive for what is reclaimed.
    pub fees_vat_pence: i64,
    pub income_pence: i64,
    /// To and from other balances: what Amazon keeps back.
    pub balances_pence: i64,
    /// To and from the seller's bank, beside the payout.
    pub bank_pence: i64,
    /// Orders whose money waits for a person.
    pub suspended_orders: usize,
    pub suspense_pence: i64,
    pub payout_pence: i64,
}

impl ClearingTable {
    pub(super) fn of(found: &SettlementDocuments<'_>, nominals: &SettlementNominals) -> Self {
        let transactions = |wanted: fn(&Purpose<'_>) -> bool| {
            let of_purpose = found.transactions.iter().filter(move |(purpose, _)| wanted(purpose));
            of_purpose.flat_map(|(_, found)| found).map(|transaction| transaction.amount_pence).sum::<i64>()
        };
        let is_suspense = |purpose: &Purpose<'_>| {
            matches!(purpose, Purpose::Suspense | Purpose::Order(_) | Purpose::Refund(_))
        };
        let suspended: BTreeSet<&str> = found
            .transactions
            .keys()
            .filter_map(|purpose| match purpose {
                Purpose::Order(order) | Purpose::Refund(order) => Some(*order),
                _ => None,
            })
            .collect();
        let journal_lines = found.journals.iter().flat_map(|journal| &journal.lines);
        ClearingTable {
            paid_orders: found.payments.len(),
            sales_pence: found.payments.values().flatten().map(|payment| payment.amount_pence).sum(),
            refunded_orders: found.refunds.len(),
            refunds_pence: found.refunds.values().flatten().map(|credit_note| credit_note.paid_pence).sum(),
            fees_pence: -found.purchases.iter().map(|purchase| purchase.paid_pence).sum::<i64>(),
            fees_vat_pence: found.purchases.iter().map(|purchase| purchase.vat_pence).sum(),
            income_pence: transactions(|purpose| *purpose == Purpose::Income),
            balances_pence: journal_lines
                .filter(|line| line.nominal_code == nominals.clearing)
                .map(|line| line.amount_pence)
                .sum(),
            bank_pence: transactions(|purpose| *purpose == Purpose::Bank),
            suspended_orders: suspended.len(),
            suspense_pence: transactions(is_suspense),
            payout_pence: transactions(|purpose| *purpose == Purpose::Payout),
        }
    }

    /// What is left of the settlement on the clearing account.
    pub fn left_pence(&self) -> i64 {
        self.sales_pence
            + self.refunds_pence
            + self.fees_pence
            + self.income_pence
            + self.balances_pence
            + self.bank_pence
            + self.suspense_pence
            + self.payout_pence
    }
}
