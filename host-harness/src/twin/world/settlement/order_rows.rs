//! The rows of one order: what its buyer paid, and what Amazon charges for the sale.
//!
//! With Amazon's VAT Calculation Service on, `Principal` and the like are without VAT, and the VAT stands beside
//! them. Where Amazon owes the VAT it keeps it: `ItemWithheldTax` takes back what `Tax` gave. Rows of nothing are
//! left out, as Amazon does.

use chrono::{DateTime, Utc};

use super::{FeeAmount, FeeClass, Meaning, SettlementRow};
use crate::twin::world::World;
use crate::twin::world::order::{Line, Order, TaxCollector};
use crate::twin::world::product::Fulfilment;
use crate::twin::world::stream::{Purpose, Stream};

const SELLING: Meaning = Meaning::Fee(FeeClass::Selling, FeeAmount::Gross);

pub(super) fn of(world: &World, order: &Order, index: u64) -> Vec<SettlementRow> {
    let mut stream = Stream::new(world.seed(), Purpose::SettledOrder, index);
    let shipment_id = format!("D{}", stream.text(8, "bcdfghjkmnpqrstvwxyzBCDFGHJKLMNPQRSTVWXYZ23456789"));
    let commission_percent = stream.between(8, 15);
    let mut rows = Vec::new();
    for line in &order.lines {
        let parts = line_parts(order, line).into_iter().map(|part| (part, Meaning::Sale));
        let fees = fees(&mut stream, order, line, commission_percent);
        for ((amount_type, description, amount_pence), meaning) in parts.chain(fees) {
            let row = SettlementRow::new(
                ["Order", amount_type, description],
                amount_pence,
                order.last_updated_at,
                meaning,
            );
            rows.push(SettlementRow {
                shipment_id: shipment_id.clone(),
                ..about_line(row, world, order, line)
            });
        }
    }
    rows.retain(|row| row.amount_pence != 0);
    rows
}

/// Two words and an amount.
pub(super) type Part = (&'static str, &'static str, i64);

/// What the buyer paid for a line, less what Amazon keeps of it: all parts come to what the books must show.
pub(super) fn line_parts(order: &Order, line: &Line) -> Vec<Part> {
    let discounts_vat_pence = line.item_discount.vat_pence + line.shipping_discount.vat_pence;
    let mut parts = vec![
        ("ItemPrice", "Principal", line.item.net_pence()),
        ("ItemPrice", "Tax", line.item.vat_pence),
        ("ItemPrice", "Shipping", line.shipping.net_pence()),
        ("ItemPrice", "ShippingTax", line.shipping.vat_pence),
        ("ItemPrice", "GiftWrap", line.gift_wrap.net_pence()),
        ("ItemPrice", "GiftWrapTax", line.gift_wrap.vat_pence),
        ("Promotion", "Principal", -line.item_discount.net_pence()),
        ("Promotion", "Shipping", -line.shipping_discount.net_pence()),
        ("Promotion", "TaxDiscount", -discounts_vat_pence),
    ];
    if order.tax_collector != TaxCollector::Seller {
        let goods_pence = line.item.vat_pence + line.gift_wrap.vat_pence - line.item_discount.vat_pence;
        let delivery_pence = line.shipping.vat_pence - line.shipping_discount.vat_pence;
        parts.push(("ItemWithheldTax", "MarketplaceFacilitatorVAT-Principal", -goods_pence));
        parts.push(("ItemWithheldTax", "MarketplaceFacilitatorVAT-Shipping", -delivery_pence));
    }
    parts
}

/// What Amazon charges for the sale of a line.
fn fees(stream: &mut Stream, order: &Order, line: &Line, commission_percent: i64) -> Vec<(Part, Meaning)> {
    let price_pence = line.item.gross_pence - line.item_discount.gross_pence;
    let fulfilment_pence = stream.between(175, 620) * i64::from(line.quantity);
    let mut fees =
        vec![(("ItemFees", "Commission", -commission_pence(price_pence, commission_percent)), SELLING)];
    match order.fulfilment {
        Fulfilment::Amazon => {
            let meaning = Meaning::Fee(FeeClass::Fulfilment, FeeAmount::Gross);
            fees.push((("ItemFees", "FBAPerUnitFulfillmentFee", -fulfilment_pence), meaning));
            // Amazon delivers and wraps itself, and so takes back what the buyer paid for it.
            fees.push((("ItemFees", "ShippingChargeback", -line.shipping.gross_pence), meaning));
            fees.push((("ItemFees", "GiftwrapChargeback", -line.gift_wrap.gross_pence), meaning));
        }
        Fulfilment::Merchant => {
            let share_pence = line.shipping.gross_pence * commission_percent / 100;
            fees.push((("ItemFees", "ShippingHB", -share_pence), SELLING));
        }
    }
    fees
}

/// A percentage of the price, and 25 pence at least, of what was sold for anything at all.
pub(super) fn commission_pence(price_pence: i64, percent: i64) -> i64 {
    if price_pence <= 0 { 0 } else { ((price_pence * percent + 50) / 100).max(25) }
}

/// The columns that say which line of which order it is.
pub(super) fn about_line(row: SettlementRow, world: &World, order: &Order, line: &Line) -> SettlementRow {
    let is_price = row.amount_type == "ItemPrice";
    let is_promotion = row.amount_type == "Promotion";
    SettlementRow {
        order_id: order.id.to_string(),
        merchant_order_id: order.seller_order_id.clone().unwrap_or_default(),
        marketplace_name: order.marketplace.name.to_owned(),
        fulfilment_id: fulfilment_id(order.fulfilment).to_owned(),
        order_item_code: line.item_id.to_string(),
        sku: world.product_of(line).sku.to_string(),
        quantity: is_price.then_some(line.quantity),
        promotion_id: line.promotion_ids.first().filter(|_| is_promotion).cloned().unwrap_or_default(),
        ..row
    }
}

fn fulfilment_id(fulfilment: Fulfilment) -> &'static str {
    match fulfilment {
        Fulfilment::Amazon => "AFN",
        Fulfilment::Merchant => "MFN",
    }
}

/// The present of a row that comes some time after another, within the settlement.
pub(super) fn later(stream: &mut Stream, world: &World, after: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = (world.epoch() - after).num_seconds() - 61;
    after + chrono::Duration::seconds(stream.between(1, seconds.max(1)))
}
