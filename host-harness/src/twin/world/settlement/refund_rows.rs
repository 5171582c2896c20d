//! Refunds of some of the shipped orders: whole or a line, now and then through a claim or the buyer's bank.

use super::order_rows::{about_line, commission_pence, later, line_parts};
use super::{FeeAmount, FeeClass, Meaning, RefundPart, SettlementRow};
use crate::twin::world::World;
use crate::twin::world::order::{Line, Order};
use crate::twin::world::product::Fulfilment;
use crate::twin::world::proportions;
use crate::twin::world::schedule::scheduled;
use crate::twin::world::stream::{Purpose, Stream};

const SELLING: Meaning = Meaning::Fee(FeeClass::Selling, FeeAmount::Gross);

/// Amazon keeps a fifth of the commission of what is refunded, and five pounds at most.
const REFUND_COMMISSION_PENCE_MAX: i64 = 500;

pub(super) fn of(world: &World, shipped: &[(u64, &Order)]) -> Vec<SettlementRow> {
    let mut rows = Vec::new();
    let mut number = 0;
    for (index, order) in shipped {
        let mut stream = Stream::new(world.seed(), Purpose::Refund, *index);
        if order.gross_pence() > 0 && stream.per_mille(proportions::REFUNDED) {
            let transaction_type =
                scheduled(world.seed(), Purpose::Refund, number, &proportions::REFUNDS_PER_TWENTY);
            number += 1;
            rows.extend(refund(&mut stream, world, order, transaction_type));
        }
    }
    rows
}

fn refund(
    stream: &mut Stream,
    world: &World,
    order: &Order,
    transaction_type: &'static str,
) -> Vec<SettlementRow> {
    let posted_at = later(stream, world, order.last_updated_at);
    let adjustment_id =
        format!("amzn1:crow:{}", stream.text(22, "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"));
    let whole = stream.per_mille(proportions::REFUNDED_WHOLE);
    let sold: Vec<&Line> = order.lines.iter().filter(|line| line.gross_pence() > 0).collect();
    let refunded: Vec<&Line> = if whole { sold } else { vec![*stream.pick(&sold)] };
    let (with_goodwill, with_restocking) =
        (stream.per_mille(proportions::GOODWILL), stream.per_mille(proportions::RESTOCKING_FEE));
    let mut rows = Vec::new();
    for (place, line) in refunded.into_iter().enumerate() {
        let item_id = format!("{}{place:02}", stream.digits(12));
        let mut parts: Vec<_> = line_parts(order, line)
            .into_iter()
            .map(|(kind, description, pence)| {
                ((kind, description, -pence), Meaning::Refund(RefundPart::OfTheSale))
            })
            .collect();
        let price_pence = line.item.gross_pence - line.item_discount.gross_pence;
        let commission = commission_pence(price_pence, 12);
        parts.push((("ItemFees", "Commission", commission), SELLING));
        let kept_pence = (commission / 5).min(REFUND_COMMISSION_PENCE_MAX);
        parts.push((("ItemFees", "RefundCommission", -kept_pence), SELLING));
        if with_goodwill && place == 0 {
            let goodwill = Meaning::Refund(RefundPart::Goodwill);
            parts.push((("ItemPrice", "Goodwill", -stream.between(100, 500)), goodwill));
        }
        if with_restocking && order.fulfilment == Fulfilment::Merchant {
            let restocking = Meaning::Refund(RefundPart::Restocking);
            parts.push((("ItemPrice", "RestockingFee", price_pence / 5), restocking));
        }
        for ((kind, description, pence), meaning) in parts {
            let row = SettlementRow::new([transaction_type, kind, description], pence, posted_at, meaning);
            rows.push(SettlementRow {
                adjustment_id: adjustment_id.clone(),
                merchant_adjustment_item_id: item_id.clone(),
                ..about_line(row, world, order, line)
            });
        }
    }
    rows.retain(|row| row.amount_pence != 0);
    rows
}
