//! The oracle of a refund's credit note: the sale that it takes back, as the world sold it.
//!
//! A refund lowers the price of the supply, at the rate of the supply (VAT Regulations 1995, regulation 38). The VAT is
//! that of the lines that were paid back, less that of what the seller keeps of them. What is paid beyond the price is
//! no price and has none. Absent on purpose: how the credit note is laid out in lines.

use crate::twin::world::World;
use crate::twin::world::money::vat_contained;
use crate::twin::world::order::{Line, Order, TaxCollector};
use crate::twin::world::settlement::expected::ExpectedRefund;
use crate::twin::world::settlement::{Meaning, RefundPart, Settlement, SettlementRow};

/// What the credit note must come to; amounts are negative.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct ExpectedCreditNote {
    pub gross_pence: i64,
    pub vat_pence: i64,
    /// Whether the VAT is certain to the penny: that of the invoice where the sale is taken back whole, and otherwise
    /// the one that Amazon states. Where the seller keeps a part, Amazon states none of it: it is worked out, and may
    /// be rounded otherwise than the parts of the sale were.
    pub is_exact: bool,
}

pub(super) fn expected_credit_note(
    world: &World,
    order: &Order,
    settlement: &Settlement,
    refund: ExpectedRefund,
) -> ExpectedCreditNote {
    let rows = settlement.rows.iter().filter(|row| row.order_id == order.id.as_str());
    let rows: Vec<&SettlementRow> = rows.collect();
    let part = |row: &SettlementRow| match row.meaning {
        Meaning::Refund(part) => Some(part),
        _ => None,
    };
    let is_about = |row: &SettlementRow, line: &Line| row.order_item_code == line.item_id.as_str();
    let (mut refunded_pence, mut kept_pence) = (0, 0);
    for line in &order.lines {
        let of_line = || rows.iter().filter(|row| is_about(row, line));
        if of_line().any(|row| part(row) == Some(RefundPart::OfTheSale)) {
            refunded_pence += line.vat_pence();
        }
        let kept = of_line().filter(|row| part(row) == Some(RefundPart::Restocking));
        let rate = if line.item.vat_pence == 0 { 0 } else { world.product_of(line).vat_class.rate_percent() };
        kept_pence += kept.map(|row| vat_contained(row.amount_pence, rate)).sum::<i64>();
    }
    let of_the_seller = order.tax_collector == TaxCollector::Seller;
    let sold_pence = order.gross_pence() - if of_the_seller { 0 } else { order.vat_pence() };
    ExpectedCreditNote {
        gross_pence: refund.total_pence(),
        vat_pence: if of_the_seller { kept_pence - refunded_pence } else { 0 },
        is_exact: refund.restocking_pence == 0
            || refund.of_the_sale_pence + refund.restocking_pence == -sold_pence,
    }
}
