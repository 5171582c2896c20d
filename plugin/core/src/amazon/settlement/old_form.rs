//! The old form of settlement files (V1), whose rows hold several amounts: which of V2's three words each is.
//!
//! Amazon's changelog on the end of V1 (November 2026) maps the old columns to the new ones. In V1 `transaction-type`
//! carries for other transactions what V2 puts into `amount-description`. Where Amazon's text names no counterpart
//! (`misc-fee-amount`, `direct-payment-amount`) the words are the column's, so that a rule can be made for them and
//! nothing takes them for something else.

use super::columns::Names;
use crate::canonical::settlement::{NotASettlement, SettlementProblem, TransactionKind};

/// An amount column of V1.
#[derive(Clone, Copy)]
pub struct OldAmount {
    pub name: &'static str,
    pub amount: usize,
    /// The column that says what the amount is; `misc-fee-amount` and `other-amount` have none.
    pub type_column: Option<usize>,
    group: Group,
}

/// What the amounts of a column are in V2.
#[derive(Clone, Copy)]
enum Group {
    /// `ItemPrice`, or a tax that Amazon withholds.
    Price,
    /// `ItemFees`, or a tax that Amazon withholds.
    Fee,
    Promotion,
    DirectPayment,
    /// `other-transaction`.
    Other,
}

/// Amount, type and group of the columns that a V1 file can have.
const COLUMNS: [(&str, Option<&str>, Group); 9] = [
    ("shipment-fee-amount", Some("shipment-fee-type"), Group::Fee),
    ("order-fee-amount", Some("order-fee-type"), Group::Fee),
    ("price-amount", Some("price-type"), Group::Price),
    ("item-related-fee-amount", Some("item-related-fee-type"), Group::Fee),
    ("misc-fee-amount", None, Group::Fee),
    ("other-fee-amount", Some("other-fee-reason-description"), Group::Fee),
    ("promotion-amount", Some("promotion-type"), Group::Promotion),
    ("direct-payment-amount", Some("direct-payment-type"), Group::DirectPayment),
    ("other-amount", None, Group::Other),
];

/// Taxes that Amazon withholds because it owes them, by how their names begin. V2 has them apart.
const WITHHELD: [&str; 4] =
    ["MarketplaceFacilitatorVAT-", "MarketplaceFacilitatorTax-", "LowValueGoodsTax-", "TCS-"];

/// Reimbursements, for which V1 has no word beside the reason.
const INVENTORY_REIMBURSEMENTS: [&str; 11] = [
    "COMPENSATED_CLAWBACK",
    "CS_ERROR_ITEMS",
    "FREE_REPLACEMENT_REFUND_ITEMS",
    "MISSING_FROM_INBOUND",
    "MISSING_FROM_INBOUND_CLAWBACK",
    "RE_EVALUATION",
    "REVERSAL_REIMBURSEMENT",
    "WAREHOUSE_DAMAGE",
    "WAREHOUSE_DAMAGE_EXCEPTION",
    "WAREHOUSE_LOST",
    "WAREHOUSE_LOST_MANUAL",
];

const OTHER_TRANSACTION: &str = "other-transaction";

/// The amount columns of a V1 header. Those of promotions are missing where there were none; the three that every
/// file has must be there.
pub fn columns(names: &Names) -> Result<Vec<OldAmount>, SettlementProblem> {
    let every_file_has = ["price-amount", "item-related-fee-amount", "other-amount"];
    if every_file_has.iter().all(|name| !matches!(names.find(name), Ok(Some(_)))) {
        // It is neither form: what every file of today has is what should be looked for.
        return Err(SettlementProblem::NotASettlement(NotASettlement::ColumnMissing("amount")));
    }
    for name in every_file_has {
        names.require(name)?;
    }
    let mut found = Vec::new();
    for (name, type_name, group) in COLUMNS {
        if let Some(amount) = names.find(name)? {
            let type_column = type_name.map(|name| names.require(name)).transpose()?;
            found.push(OldAmount { name, amount, type_column, group });
        }
    }
    Ok(found)
}

impl OldAmount {
    /// The V2 words of an amount in this column. `kind` is what the type column says, empty where there is none.
    pub fn kind<'t>(&self, transaction_type: &'t str, kind: &'t str) -> TransactionKind<'t> {
        let words = |amount_type, amount_description| TransactionKind {
            transaction_type,
            amount_type,
            amount_description,
        };
        let described = if kind.is_empty() { self.name.trim_end_matches("-amount") } else { kind };
        let withheld = WITHHELD.iter().any(|start| kind.starts_with(start));
        match self.group {
            Group::Price | Group::Fee if withheld => words("ItemWithheldTax", kind),
            Group::Price => words("ItemPrice", described),
            Group::Fee => words("ItemFees", described),
            Group::Promotion => words("Promotion", described),
            Group::DirectPayment => words("DirectPayment", described),
            Group::Other => TransactionKind {
                transaction_type: OTHER_TRANSACTION,
                amount_type: other_amount_type(transaction_type),
                amount_description: transaction_type,
            },
        }
    }
}

fn other_amount_type(transaction_type: &str) -> &'static str {
    if INVENTORY_REIMBURSEMENTS.contains(&transaction_type) {
        "FBA Inventory Reimbursement"
    } else if transaction_type == "MULTICHANNEL_ORDER_LOST" {
        "MCF Inventory Reimbursement"
    } else {
        OTHER_TRANSACTION
    }
}

/// Whether a cell has no amount, or a zero of which no type says what it would be: some tools write 0.00 where
/// Amazon writes nothing.
pub fn says_nothing(amount: &[u8], kind: &[u8]) -> bool {
    kind.is_empty() && amount.iter().all(|byte| matches!(byte, b'0' | b'.' | b',' | b'+' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_columns_become_the_words_of_today() {
        let cases = [
            ("price-amount", "Order", "Principal", "Order / ItemPrice / Principal"),
            (
                "price-amount",
                "Order",
                "MarketplaceFacilitatorVAT-Principal",
                "Order / ItemWithheldTax / MarketplaceFacilitatorVAT-Principal",
            ),
            ("price-amount", "Order", "TCS-IGST", "Order / ItemWithheldTax / TCS-IGST"),
            ("item-related-fee-amount", "Refund", "Commission", "Refund / ItemFees / Commission"),
            (
                "item-related-fee-amount",
                "Order",
                "LowValueGoodsTax-Other",
                "Order / ItemWithheldTax / LowValueGoodsTax-Other",
            ),
            ("order-fee-amount", "Order", "SalesTaxServiceFee", "Order / ItemFees / SalesTaxServiceFee"),
            ("shipment-fee-amount", "Order", "FBAWeightBasedFee", "Order / ItemFees / FBAWeightBasedFee"),
            ("misc-fee-amount", "Order", "", "Order / ItemFees / misc-fee"),
            ("other-fee-amount", "Order", "Label", "Order / ItemFees / Label"),
            ("promotion-amount", "Order", "Shipping", "Order / Promotion / Shipping"),
            ("direct-payment-amount", "Order", "", "Order / DirectPayment / direct-payment"),
            ("other-amount", "Storage Fee", "", "other-transaction / other-transaction / Storage Fee"),
            (
                "other-amount",
                "WAREHOUSE_LOST",
                "",
                "other-transaction / FBA Inventory Reimbursement / WAREHOUSE_LOST",
            ),
        ];
        for (column, transaction_type, kind, expected) in cases {
            let (name, _, group) = COLUMNS.into_iter().find(|(name, ..)| *name == column).expect("a column");
            let old = OldAmount { name, amount: 0, type_column: None, group };
            assert_eq!(old.kind(transaction_type, kind).to_string(), expected);
        }
    }
}
