//! The stored form of a posting. Amounts are minor units of the part's currency.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::canonical::{
    BalanceLine, BalanceMovements, ClearingTransaction, Currency, FeeLine, FeePurchase, Money, NominalCode,
    OrderId, OrderPayment, OrderRefund, RefundedItem, SettlementPosting, TransactionPurpose, VatRate,
};

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub(super) enum StoredPosting {
    Payment { order: String, amount: i64 },
    Refund { order: String, date: NaiveDateText, items: Vec<StoredRefunded>, goodwill: i64, vat: i64 },
    Purchase { date: NaiveDateText, lines: Vec<StoredFee> },
    Transaction(StoredTransaction),
    Movements { date: NaiveDateText, lines: Vec<StoredBalance> },
}

/// ISO 8601.
type NaiveDateText = String;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredRefunded {
    sku: String,
    goods: i64,
    delivery: i64,
    gift_wrap: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredFee {
    nominal: i64,
    net: i64,
    vat: i64,
    /// Basis points.
    vat_rate: Option<u32>,
    description: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredTransaction {
    purpose: String,
    ordinal: u32,
    date: NaiveDateText,
    amount: i64,
    vat: i64,
    /// Basis points.
    vat_rate: Option<u32>,
    nominal: i64,
    description: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct StoredBalance {
    nominal: i64,
    amount: i64,
    description: String,
}

const PURPOSES: [TransactionPurpose; 4] = [
    TransactionPurpose::Income,
    TransactionPurpose::Suspense,
    TransactionPurpose::Bank,
    TransactionPurpose::Payout,
];

impl StoredPosting {
    pub fn of(posting: &SettlementPosting) -> Self {
        match posting {
            SettlementPosting::Payment(payment) => {
                StoredPosting::Payment { order: payment.order.to_string(), amount: payment.amount.minor() }
            }
            SettlementPosting::Refund(refund) => StoredPosting::Refund {
                order: refund.order.to_string(),
                date: refund.refunded_on.to_string(),
                items: refund.items.iter().map(store_refunded).collect(),
                goodwill: refund.goodwill.minor(),
                vat: refund.stated_vat.minor(),
            },
            SettlementPosting::Purchase(purchase) => StoredPosting::Purchase {
                date: purchase.date.to_string(),
                lines: purchase.lines.iter().map(store_fee).collect(),
            },
            SettlementPosting::Transaction(transaction) => {
                StoredPosting::Transaction(store_transaction(transaction))
            }
            SettlementPosting::Movements(movements) => StoredPosting::Movements {
                date: movements.date.to_string(),
                lines: movements.lines.iter().map(store_balance).collect(),
            },
        }
    }

    pub fn restore(self, currency: Currency) -> Option<SettlementPosting> {
        let money = |minor| Money::new(minor, currency);
        let date = |text: &str| text.parse::<NaiveDate>().ok();
        Some(match self {
            StoredPosting::Payment { order, amount } => SettlementPosting::Payment(OrderPayment {
                order: OrderId::new(order)?,
                amount: money(amount),
            }),
            StoredPosting::Refund { order, date: text, items, goodwill, vat } => {
                SettlementPosting::Refund(OrderRefund {
                    order: OrderId::new(order)?,
                    refunded_on: date(&text)?,
                    items: items.into_iter().map(|item| restore_refunded(item, currency)).collect(),
                    goodwill: money(goodwill),
                    stated_vat: money(vat),
                })
            }
            StoredPosting::Purchase { date: text, lines } => SettlementPosting::Purchase(FeePurchase {
                date: date(&text)?,
                lines: lines.into_iter().map(|line| restore_fee(line, currency)).collect(),
            }),
            StoredPosting::Transaction(stored) => SettlementPosting::Transaction(ClearingTransaction {
                purpose: PURPOSES.into_iter().find(|purpose| purpose.word() == stored.purpose)?,
                ordinal: stored.ordinal,
                date: date(&stored.date)?,
                amount: money(stored.amount),
                vat: money(stored.vat),
                vat_rate: stored.vat_rate.map(VatRate::from_basis_points),
                nominal: NominalCode(stored.nominal),
                description: stored.description,
            }),
            StoredPosting::Movements { date: text, lines } => {
                SettlementPosting::Movements(BalanceMovements {
                    date: date(&text)?,
                    lines: lines.into_iter().map(|line| restore_balance(line, currency)).collect(),
                })
            }
        })
    }
}

fn store_refunded(item: &RefundedItem) -> StoredRefunded {
    StoredRefunded {
        sku: item.sku.clone(),
        goods: item.goods.minor(),
        delivery: item.delivery.minor(),
        gift_wrap: item.gift_wrap.minor(),
    }
}

fn restore_refunded(stored: StoredRefunded, currency: Currency) -> RefundedItem {
    let money = |minor| Money::new(minor, currency);
    RefundedItem {
        sku: stored.sku,
        goods: money(stored.goods),
        delivery: money(stored.delivery),
        gift_wrap: money(stored.gift_wrap),
    }
}

fn store_fee(line: &FeeLine) -> StoredFee {
    StoredFee {
        nominal: line.nominal.0,
        net: line.net.minor(),
        vat: line.vat.minor(),
        vat_rate: line.vat_rate.map(VatRate::basis_points),
        description: line.description.clone(),
    }
}

fn restore_fee(stored: StoredFee, currency: Currency) -> FeeLine {
    FeeLine {
        nominal: NominalCode(stored.nominal),
        net: Money::new(stored.net, currency),
        vat: Money::new(stored.vat, currency),
        vat_rate: stored.vat_rate.map(VatRate::from_basis_points),
        description: stored.description,
    }
}

fn store_transaction(transaction: &ClearingTransaction) -> StoredTransaction {
    StoredTransaction {
        purpose: transaction.purpose.word().to_owned(),
        ordinal: transaction.ordinal,
        date: transaction.date.to_string(),
        amount: transaction.amount.minor(),
        vat: transaction.vat.minor(),
        vat_rate: transaction.vat_rate.map(VatRate::basis_points),
        nominal: transaction.nominal.0,
        description: transaction.description.clone(),
    }
}

fn store_balance(line: &BalanceLine) -> StoredBalance {
    StoredBalance {
        nominal: line.nominal.0,
        amount: line.amount.minor(),
        description: line.description.clone(),
    }
}

fn restore_balance(stored: StoredBalance, currency: Currency) -> BalanceLine {
    BalanceLine {
        nominal: NominalCode(stored.nominal),
        amount: Money::new(stored.amount, currency),
        description: stored.description,
    }
}
