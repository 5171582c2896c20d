//! What must be true of every settlement, whatever the seed.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use super::big::write_big_settlement;
use super::expected::{ExpectedSettlement, expected_settlement};
use super::file::{Dress, FileForm, HEADER, LineEnd};
use super::*;
use crate::twin::world::WorldSize;
use crate::twin::world::expected_sale::{Expected, PostOn, PostingPolicy, UnknownSku};
use crate::twin::world::ids::OrderId;
use crate::twin::world::money::decimal_text;

fn worlds() -> impl Iterator<Item = World> {
    [1, 2, 77, u64::MAX].into_iter().map(|seed| World::generate(seed, WorldSize::orders(300)))
}

fn only(world: &World) -> Settlement {
    let mut settlements = world.settlements();
    assert_eq!(settlements.len(), 1);
    settlements.remove(0)
}

#[test]
fn an_order_is_paid_as_its_invoice_comes_to() {
    for world in worlds() {
        let settlement = only(&world);
        let expected = expected_settlement(&settlement);
        let (mut posted, mut held) = (0, 0);
        for order in world.orders() {
            let policy = PostingPolicy { post_on: PostOn::Shipped, unknown_sku: UnknownSku::Hold };
            let paid_pence = expected.payments.get(&order.id).copied();
            match world.expected_sale(order, &policy) {
                Expected::Posted(posting) => {
                    posted += 1;
                    assert_eq!(paid_pence.unwrap_or(0), posting.gross_pence, "{}", order.id);
                }
                Expected::Held(_) => held += usize::from(paid_pence.is_some()),
                Expected::NotPosted(_) => assert_eq!(paid_pence, None, "{}", order.id),
            }
        }
        assert!(posted > 150 && held > 0, "{posted} posted, {held} held");
    }
}

#[test]
fn the_parts_of_a_settlement_come_to_its_total() {
    for world in worlds() {
        let settlement = only(&world);
        let rows: i64 = settlement.rows.iter().map(|row| row.amount_pence).sum();
        assert_eq!(rows, settlement.total_pence);
        let expected = expected_settlement(&settlement);
        assert_eq!(sum(&expected), expected.payout_pence);
        assert_eq!(expected.other_pence, 0);
        assert!(expected.payout_pence > 0, "300 orders earn more than they cost");
        let more = SettlementRow { amount_pence: -5, ..SettlementRow::default() };
        let with_more = expected_settlement(&settlement.with(more));
        assert_eq!((with_more.payout_pence, with_more.other_pence), (rows - 5, -5));
    }
}

fn sum(expected: &ExpectedSettlement) -> i64 {
    let refunds: i64 = expected.refunds.values().map(|refund| refund.total_pence()).sum();
    let fees: i64 = expected.fees.values().map(|fee| fee.gross_pence()).sum();
    expected.payments.values().sum::<i64>()
        + refunds
        + fees
        + expected.reimbursements_pence
        + expected.movements_pence
        + expected.other_pence
}

#[test]
fn no_more_is_refunded_than_was_paid_but_for_goodwill() {
    for world in worlds() {
        let expected = expected_settlement(&only(&world));
        for (order, refund) in &expected.refunds {
            let paid_pence = expected.payments[order];
            assert!((1..=paid_pence).contains(&-refund.of_the_sale_pence), "{order}");
            assert!(refund.restocking_pence < -refund.of_the_sale_pence, "{order}");
        }
        let whole = expected
            .refunds
            .iter()
            .filter(|(order, refund)| expected.payments[*order] == -refund.of_the_sale_pence);
        let whole = whole.count();
        assert!(whole > 3 && whole < expected.refunds.len(), "{whole} of {}", expected.refunds.len());
    }
}

#[test]
fn three_hundred_orders_show_every_kind_of_row() {
    let mut seen = BTreeSet::new();
    for world in worlds() {
        for row in only(&world).rows {
            assert_ne!(row.amount_pence, 0, "{row:?}");
            assert!(row.posted_at >= world.epoch() - Duration::days(14), "{row:?}");
            assert!(row.posted_at < world.epoch(), "{row:?}");
            seen.insert(format!("{}/{}/{}", row.transaction_type, row.amount_type, row.amount_description));
        }
    }
    for kind in [
        "Order/ItemPrice/Principal",
        "Order/ItemPrice/Tax",
        "Order/ItemPrice/Shipping",
        "Order/ItemPrice/ShippingTax",
        "Order/ItemPrice/GiftWrap",
        "Order/ItemPrice/GiftWrapTax",
        "Order/Promotion/Principal",
        "Order/Promotion/Shipping",
        "Order/Promotion/TaxDiscount",
        "Order/ItemWithheldTax/MarketplaceFacilitatorVAT-Principal",
        "Order/ItemFees/Commission",
        "Order/ItemFees/FBAPerUnitFulfillmentFee",
        "Order/ItemFees/ShippingChargeback",
        "Order/ItemFees/GiftwrapChargeback",
        "Order/ItemFees/ShippingHB",
        "Refund/ItemPrice/Principal",
        "Refund/ItemFees/Commission",
        "Refund/ItemFees/RefundCommission",
        "Refund/ItemPrice/Goodwill",
        "Refund/ItemPrice/RestockingFee",
        "A-to-z Guarantee Refund/ItemPrice/Principal",
        "Chargeback Refund/ItemPrice/Principal",
        "ServiceFee/Cost of Advertising/TransactionTotalAmount",
        "FBAFees/FBA Inventory Storage Fee/Base fee",
        "FBAFees/FBA Inventory Storage Fee/Tax on fee",
        "other-transaction/other-transaction/Subscription Fee",
        "other-transaction/FBA Inventory Reimbursement/WAREHOUSE_LOST",
        "other-transaction/other-transaction/Current Reserve Amount",
        "other-transaction/other-transaction/Previous Reserve Amount Balance",
        "other-transaction/other-transaction/Shipping label purchase for return",
    ] {
        assert!(seen.contains(kind), "{kind}");
    }
}

#[test]
fn a_seed_makes_the_same_settlement_and_two_rows_of_it_are_the_same() {
    let world = World::generate(5, WorldSize::orders(60));
    let settlement = only(&world);
    assert_eq!(settlement, only(&world.clone()));
    assert_ne!(settlement.id, only(&World::generate(6, WorldSize::orders(60))).id);
    let lost: Vec<_> = settlement.rows.iter().filter(|row| row.meaning == Meaning::Reimbursement).collect();
    assert_eq!((lost.len(), lost[0]), (2, lost[1]));
    assert_eq!(settlement.id.len(), 11);
    only(&World::generate(5, WorldSize::orders(0)));
}

#[test]
fn the_vat_in_a_fee_is_rounded_half_up_away_from_zero() {
    let fee = |pence, amount| SettlementRow {
        amount_pence: pence,
        meaning: Meaning::Fee(FeeClass::Selling, amount),
        ..SettlementRow::default()
    };
    let empty =
        Settlement { rows: Vec::new(), total_pence: 0, ..only(&World::generate(1, WorldSize::orders(0))) };
    // 0.03 / 6 = 0.005; 10.00 / 6 = 1.667.
    for (pence, amount, net, vat) in [
        (-3, FeeAmount::Gross, -2, -1),
        (3, FeeAmount::Gross, 2, 1),
        (-2, FeeAmount::Gross, -2, 0),
        (-1000, FeeAmount::Gross, -833, -167),
        (-1000, FeeAmount::Net, -1000, 0),
        (-200, FeeAmount::Vat, 0, -200),
    ] {
        let expected = expected_settlement(&empty.clone().with(fee(pence, amount)));
        let total = expected.fees[&FeeClass::Selling];
        assert_eq!((total.net_pence, total.vat_pence), (net, vat), "{pence} {amount:?}");
    }
}

/// The lines of a file, by column.
fn read(file: &[u8], end: &str) -> Vec<BTreeMap<String, String>> {
    let text = String::from_utf8(file.to_vec()).expect("UTF-8");
    let mut lines = text.strip_suffix(end).expect("the last line ends").split(end);
    let header: Vec<&str> = lines.next().expect("a header").split('\t').collect();
    let line = |line: &str| {
        let fields: Vec<&str> = line.split('\t').collect();
        assert_eq!(fields.len(), header.len(), "{line}");
        header.iter().zip(fields).map(|(name, field)| ((*name).to_owned(), field.to_owned())).collect()
    };
    lines.map(line).collect()
}

#[test]
fn a_file_has_the_dates_and_amounts_of_its_country() {
    let world = World::generate(3, WorldSize::orders(40));
    let settlement = only(&world);
    let total = decimal_text(settlement.total_pence);
    for (dress, end, total) in [
        (Dress::UnitedKingdom, "28.10.2026 12:00:00 UTC", total.clone()),
        (Dress::Germany, "28.10.2026 12:00:00 UTC", total.replace('.', ",")),
        (Dress::UnitedStates, "2026-10-28 12:00:00 UTC", total),
    ] {
        let lines = read(&settlement.to_file(dress), "\r\n");
        assert_eq!(lines.len(), settlement.rows.len() + 1);
        assert_eq!((&lines[0]["settlement-end-date"][..], &lines[0]["total-amount"]), (end, &total));
        assert_eq!((&lines[0]["currency"][..], &lines[0]["amount"][..]), ("GBP", ""));
        let (first, row) = (&lines[1], &settlement.rows[0]);
        assert_eq!((&first["total-amount"][..], &first["order-id"]), ("", &row.order_id));
        assert!(first["posted-date-time"].starts_with(&first["posted-date"]), "{first:?}");
        assert!(first["posted-date-time"].ends_with(&row.posted_at.format("%H:%M:%S UTC").to_string()));
        let pence: i64 = lines[1..].iter().map(|line| digits(&line["amount"])).sum();
        assert_eq!(pence, settlement.total_pence);
    }
}

fn digits(amount: &str) -> i64 {
    amount.replace(['.', ','], "").parse().expect("an amount")
}

#[test]
fn a_file_can_be_older_shorter_and_packed() {
    let settlement = only(&World::generate(3, WorldSize::orders(10)));
    let form = FileForm { line_end: LineEnd::Lf, promotion_column: false, ..Dress::UnitedKingdom.into() };
    let plain = settlement.to_file(form);
    assert_eq!(read(&plain, "\n")[0].len(), HEADER.len() - 1);
    let packed = settlement.to_file(FileForm { packed: true, ..form });
    assert!(packed.len() < plain.len() && packed.starts_with(&[0x1f, 0x8b]));
    let mut unpacked = Vec::new();
    flate2::read::GzDecoder::new(&packed[..]).read_to_end(&mut unpacked).expect("it is whole");
    assert_eq!(unpacked, plain);
}

#[test]
fn a_big_settlement_has_its_rows_and_comes_to_its_total() {
    for rows in [0, 1, 4, 1_003] {
        let mut file = Vec::new();
        let big = write_big_settlement(1, rows, Dress::UnitedKingdom, &mut file).expect("memory takes it");
        let lines = read(&file, "\r\n");
        assert_eq!(u64::try_from(lines.len()), Ok(rows + 1));
        let pence: i64 = lines[1..].iter().map(|line| digits(&line["amount"])).sum();
        assert_eq!((pence, digits(&lines[0]["total-amount"])), (big.total_pence, big.total_pence));
        let orders: BTreeSet<OrderId> =
            lines[1..].iter().map(|line| OrderId::new(&line["order-id"])).collect();
        assert_eq!(u64::try_from(orders.len()), Ok(rows.div_ceil(4)));
        let mut again = Vec::new();
        write_big_settlement(1, rows, Dress::UnitedKingdom, &mut again).expect("memory takes it");
        assert_eq!(file, again);
    }
}
