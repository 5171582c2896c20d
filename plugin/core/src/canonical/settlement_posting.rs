//! What a settlement leads to in the books, as values that can be printed, compared, kept and posted later.
//!
//! Each posting says what it does to the clearing account, and a plan exists only if all of them together leave
//! nothing there: what comes in for orders goes out as fees, refunds and the payout. Absent on purpose: numbers that
//! only the books know (invoices, nominal ids), and the order of calls.

use std::fmt;

use chrono::NaiveDate;

use super::ids::{NominalCode, OrderId, SettlementId};
use super::money::{Money, MoneyError};
use super::settlement::Settlement;
use super::vat::VatRate;

/// What buyers paid for one order, as far as this settlement pays it out: pays the invoice from the clearing account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderPayment {
    pub order: OrderId,
    /// Positive.
    pub amount: Money,
}

/// What a buyer got back of one order: a credit note, paid out of the clearing account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderRefund {
    pub order: OrderId,
    /// The last day on which something was paid back.
    pub refunded_on: NaiveDate,
    pub items: Vec<RefundedItem>,
    /// Paid beyond the price, or for the way back: not a part of the sale.
    pub goodwill: Money,
    /// The VAT in the items as Amazon states it; zero where it states none.
    pub stated_vat: Money,
}

/// What was paid back of one SKU, with its VAT. Amounts are positive.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundedItem {
    /// As the settlement writes it; empty where it says none.
    pub sku: String,
    pub goods: Money,
    pub delivery: Money,
    pub gift_wrap: Money,
}

impl RefundedItem {
    pub fn amount(&self) -> Result<Money, MoneyError> {
        self.goods.checked_add(self.delivery)?.checked_add(self.gift_wrap)
    }
}

impl OrderRefund {
    /// What is paid back of the sale itself. Positive.
    pub fn of_the_sale(&self) -> Result<Money, MoneyError> {
        self.items
            .iter()
            .try_fold(Money::zero(self.goodwill.currency()), |sum, item| sum.checked_add(item.amount()?))
    }

    /// All that is paid back.
    pub fn amount(&self) -> Result<Money, MoneyError> {
        self.of_the_sale()?.checked_add(self.goodwill)
    }
}

/// The fees of one calendar month, because VAT periods end with months: a purchase, paid from the clearing account.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeePurchase {
    /// The last day of the month on which a fee was charged.
    pub date: NaiveDate,
    pub lines: Vec<FeeLine>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeeLine {
    pub nominal: NominalCode,
    /// Positive for a cost.
    pub net: Money,
    pub vat: Money,
    /// `None` for a line without VAT.
    pub vat_rate: Option<VatRate>,
    pub description: String,
}

impl FeePurchase {
    /// What is paid for them. Negative where Amazon gives back more than it charges.
    pub fn amount(&self) -> Result<Money, MoneyError> {
        let first = self.lines.first().map_or(Err(MoneyError::Overflow), |line| Ok(line.net.currency()))?;
        self.lines
            .iter()
            .try_fold(Money::zero(first), |sum, line| sum.checked_add(line.net)?.checked_add(line.vat))
    }
}

/// What a transaction on the clearing account is for.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum TransactionPurpose {
    Income,
    Suspense,
    /// To or from the seller's own bank, beside the payout.
    Bank,
    Payout,
}

impl TransactionPurpose {
    /// The word that stands in the business key.
    pub fn word(self) -> &'static str {
        match self {
            TransactionPurpose::Income => "INCOME",
            TransactionPurpose::Suspense => "SUSPENSE",
            TransactionPurpose::Bank => "BANK",
            TransactionPurpose::Payout => "PAYOUT",
        }
    }
}

/// Money in or out of the clearing account against one nominal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ClearingTransaction {
    pub purpose: TransactionPurpose,
    /// From 1, among those of one purpose.
    pub ordinal: u32,
    pub date: NaiveDate,
    /// Positive for money in; with its VAT.
    pub amount: Money,
    pub vat: Money,
    pub vat_rate: Option<VatRate>,
    pub nominal: NominalCode,
    pub description: String,
}

/// Movements between the clearing account and other balances: one journal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BalanceMovements {
    pub date: NaiveDate,
    pub lines: Vec<BalanceLine>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BalanceLine {
    pub nominal: NominalCode,
    /// What it does to the clearing account: positive for money that comes back from the balance.
    pub amount: Money,
    pub description: String,
}

impl BalanceMovements {
    pub fn amount(&self) -> Result<Money, MoneyError> {
        let first =
            self.lines.first().map_or(Err(MoneyError::Overflow), |line| Ok(line.amount.currency()))?;
        Money::sum(first, self.lines.iter().map(|line| line.amount))
    }
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub enum SettlementPosting {
    Payment(OrderPayment),
    Refund(OrderRefund),
    Purchase(FeePurchase),
    Transaction(ClearingTransaction),
    Movements(BalanceMovements),
}

impl SettlementPosting {
    /// What it does to the clearing account: positive for money in.
    pub fn clearing(&self) -> Result<Money, MoneyError> {
        match self {
            SettlementPosting::Payment(payment) => Ok(payment.amount),
            SettlementPosting::Refund(refund) => refund.amount().map(Money::negated),
            SettlementPosting::Purchase(purchase) => purchase.amount().map(Money::negated),
            SettlementPosting::Transaction(transaction) => Ok(transaction.amount),
            SettlementPosting::Movements(movements) => movements.amount(),
        }
    }

    /// The business key, as it is written into the books.
    pub fn reference(&self, settlement: SettlementId) -> String {
        match self {
            SettlementPosting::Payment(_) => payment_note(settlement),
            SettlementPosting::Refund(refund) => format!("{} RF{settlement}", refund.order),
            SettlementPosting::Purchase(purchase) => {
                format!("AMZ {settlement} FEES {}", purchase.date.format("%Y-%m"))
            }
            SettlementPosting::Transaction(ClearingTransaction { purpose, ordinal, .. }) => {
                format!("AMZ {settlement} {} {ordinal}", purpose.word())
            }
            SettlementPosting::Movements(_) => format!("AMZ {settlement} BALANCES"),
        }
    }
}

/// What stands on every payment that a settlement makes.
pub fn payment_note(settlement: SettlementId) -> String {
    format!("Amazon settlement {settlement}")
}

/// All that a settlement leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettlementPlan {
    settlement: Settlement,
    postings: Vec<SettlementPosting>,
}

/// Why postings are no plan of a settlement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UnbalancedPlan {
    #[error("the postings leave {0} on the clearing account")]
    Leaves(Money),
    #[error("the postings cannot be added up")]
    Amounts(#[source] MoneyError),
}

impl SettlementPlan {
    pub fn new(settlement: Settlement, postings: Vec<SettlementPosting>) -> Result<Self, UnbalancedPlan> {
        let mut left = Money::zero(settlement.total.currency());
        for posting in &postings {
            let amount = posting.clearing().map_err(UnbalancedPlan::Amounts)?;
            left = left.checked_add(amount).map_err(UnbalancedPlan::Amounts)?;
        }
        if left.is_zero() {
            Ok(SettlementPlan { settlement, postings })
        } else {
            Err(UnbalancedPlan::Leaves(left))
        }
    }

    pub fn settlement(&self) -> &Settlement {
        &self.settlement
    }

    pub fn postings(&self) -> &[SettlementPosting] {
        &self.postings
    }

    pub fn into_postings(self) -> Vec<SettlementPosting> {
        self.postings
    }
}

impl fmt::Display for SettlementPosting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettlementPosting::Payment(payment) => write!(f, "payment of order {}", payment.order),
            SettlementPosting::Refund(refund) => write!(f, "refund of order {}", refund.order),
            SettlementPosting::Purchase(purchase) => write!(f, "fees of {}", purchase.date.format("%B %Y")),
            SettlementPosting::Transaction(transaction) => f.write_str(&transaction.description),
            SettlementPosting::Movements(_) => f.write_str("movements between balances"),
        }
    }
}

#[cfg(test)]
mod tests;
