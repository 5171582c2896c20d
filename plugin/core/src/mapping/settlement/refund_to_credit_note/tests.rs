//! Golden cases of credit notes, and what holds for any refund.

use proptest::prelude::*;

use super::*;
use crate::canonical::{
    CustomerId, DocumentId, ExchangeRate, InvoiceNumber, NominalCode, NominalId, OrderId, ProductId, VatRate,
};

const STANDARD: Option<VatRate> = Some(VatRate::from_basis_points(2000));
const ZERO: Option<VatRate> = Some(VatRate::ZERO);

fn gbp(minor: i64) -> Money {
    Money::new(minor, crate::canonical::Currency::GBP)
}

fn line(description: &str, quantity: i64, price: i64, vat: i64, vat_rate: Option<VatRate>) -> DocumentLine {
    DocumentLine {
        description: description.to_owned(),
        quantity,
        unit_price: gbp(price),
        vat: gbp(vat),
        vat_rate,
        nominal: NominalId(4000),
        product: Some(ProductId(9)),
    }
}

/// The invoice of these lines.
fn invoice(lines: &[DocumentLine]) -> PostedDocument {
    let net: i64 = lines.iter().map(|line| line.net().expect("pence").minor()).sum();
    let vat: i64 = lines.iter().map(|line| line.vat.minor()).sum();
    PostedDocument {
        id: DocumentId(901),
        number: InvoiceNumber(1),
        customer: CustomerId(7),
        reference: "026-1".to_owned(),
        date: "2026-10-20".parse().expect("a date"),
        exchange_rate: ExchangeRate::home(),
        net: gbp(net),
        vat: gbp(vat),
        paid: gbp(0),
        lines: Some(lines.to_vec()),
    }
}

/// A refund of goods, delivery and gift wrap, by SKU.
fn refund(items: &[(&str, [i64; 3])], goodwill: i64) -> OrderRefund {
    let item = |(sku, [goods, delivery, gift_wrap]): &(&str, [i64; 3])| RefundedItem {
        sku: (*sku).to_owned(),
        goods: gbp(*goods),
        delivery: gbp(*delivery),
        gift_wrap: gbp(*gift_wrap),
    };
    OrderRefund {
        order: OrderId::new("026-1").expect("an id"),
        refunded_on: "2026-10-26".parse().expect("a date"),
        items: items.iter().map(item).collect(),
        goodwill: gbp(goodwill),
        stated_vat: gbp(0),
    }
}

fn drafted(refund: &OrderRefund, posted: &PostedDocument) -> Result<RefundDraft, NoCreditNote> {
    let goodwill = Nominal { code: NominalCode(7008), id: NominalId(17_007_008) };
    map(refund, posted, RefundTerms { settlement: SettlementId(50_011_020_300), goodwill })
}

/// Each line in words.
fn written(draft: &RefundDraft) -> Vec<String> {
    let rate = |rate: Option<VatRate>| rate.map_or("-".to_owned(), VatRate::to_percent);
    let write = |line: &DocumentLine| {
        assert_eq!((line.quantity, line.product), (1, None), "no units move");
        let (net, vat) = (line.unit_price.to_decimal(), line.vat.to_decimal());
        format!("{net} + {vat} at {}: {}", rate(line.vat_rate), line.description)
    };
    draft.credit_note.lines().iter().map(write).collect()
}

fn mug() -> DocumentLine {
    line("MUG: Red mug", 1, 1000, 200, STANDARD)
}

fn atlas() -> DocumentLine {
    line("ATLAS: Atlas", 1, 999, 0, ZERO)
}

#[test]
fn golden_cases() {
    type Case =
        (&'static str, Vec<DocumentLine>, &'static [(&'static str, [i64; 3])], i64, &'static [&'static str]);
    let cases: Vec<Case> = vec![
        (
            "the whole mirrors the invoice, line by line, without units",
            vec![
                line("MUG: Red mug", 3, 333, 200, STANDARD),
                line("MUG: Red mug", 1, 1, 0, STANDARD),
                atlas(),
            ],
            &[("MUG", [1200, 0, 0]), ("ATLAS", [999, 0, 0])],
            0,
            &[
                "-9.99 + -2.00 at 20: MUG: Red mug",
                "-0.01 + 0.00 at 20: MUG: Red mug",
                "-9.99 + 0.00 at 0: ATLAS: Atlas",
            ],
        ),
        (
            "the whole takes discounts back, and leaves free lines out",
            vec![
                mug(),
                line("Discount on MUG: Red mug", 1, -100, -20, STANDARD),
                line("PEN: Pen", 1, 0, 0, STANDARD),
            ],
            &[("MUG", [1080, 0, 0])],
            0,
            &["-10.00 + -2.00 at 20: MUG: Red mug", "1.00 + 0.20 at 20: Discount on MUG: Red mug"],
        ),
        (
            "a part of one rate has its VAT contained in it",
            vec![mug()],
            &[("MUG", [500, 0, 0])],
            0,
            &["-4.17 + -0.83 at 20: MUG: Red mug"],
        ),
        (
            "of a mixed order each SKU has its own rate",
            vec![mug(), atlas()],
            &[("ATLAS", [400, 0, 0]), ("MUG", [600, 0, 0])],
            0,
            &["-4.00 + 0.00 at 0: ATLAS: Atlas", "-5.00 + -1.00 at 20: MUG: Red mug"],
        ),
        (
            "a SKU that begins another is another",
            vec![mug(), line("MUG-RED: Zero-rated mug", 1, 500, 0, ZERO)],
            &[("MUG-RED", [300, 0, 0])],
            0,
            &["-3.00 + 0.00 at 0: MUG-RED: Zero-rated mug"],
        ),
        (
            "delivery and gift wrap go back to their own lines",
            vec![
                atlas(),
                line("Delivery of ATLAS: Atlas", 1, 250, 50, STANDARD),
                line("Gift wrap of ATLAS: Atlas", 1, 100, 20, STANDARD),
            ],
            &[("ATLAS", [0, 300, 60])],
            0,
            &[
                "-2.50 + -0.50 at 20: Delivery of ATLAS: Atlas",
                "-0.50 + -0.10 at 20: Gift wrap of ATLAS: Atlas",
            ],
        ),
        (
            "a SKU that was sold at two rates goes back in proportion",
            vec![line("SET: Set", 1, 500, 100, STANDARD), line("SET: Set", 1, 300, 0, ZERO)],
            &[("SET", [300, 0, 0])],
            0,
            &["-1.67 + -0.33 at 20: SET: Set", "-1.00 + 0.00 at 0: SET: Set"],
        ),
        (
            "the whole of one SKU has the VAT that was posted, even where another is contained",
            vec![line("MUG: Red mug", 1, 1083, 216, STANDARD), line("JUG: Jug", 1, 1000, 200, STANDARD)],
            &[("MUG", [1299, 0, 0])],
            0,
            &["-10.83 + -2.16 at 20: MUG: Red mug"],
        ),
        (
            "an invoice in other words is clear if it has one rate",
            vec![line("Order from Amazon", 2, 1000, 400, STANDARD)],
            &[("MUG", [600, 0, 0])],
            0,
            &["-5.00 + -1.00 at 20: Order from Amazon"],
        ),
        (
            "lines without a price do not make the rate unclear",
            vec![mug(), line("PEN: Pen", 1, 0, 0, ZERO)],
            &[("PEN", [100, 0, 0])],
            0,
            &["-0.83 + -0.17 at 20: MUG: Red mug"],
        ),
        (
            "goodwill has no VAT",
            vec![mug()],
            &[("MUG", [600, 0, 0])],
            500,
            &["-5.00 + -1.00 at 20: MUG: Red mug", "-5.00 + 0.00 at -: Paid to the buyer beyond the price"],
        ),
        (
            "goodwill alone takes nothing of the sale back",
            vec![mug()],
            &[],
            500,
            &["-5.00 + 0.00 at -: Paid to the buyer beyond the price"],
        ),
        (
            "more than the sale comes to is goodwill",
            vec![mug()],
            &[("MUG", [1500, 0, 0])],
            100,
            &["-10.00 + -2.00 at 20: MUG: Red mug", "-4.00 + 0.00 at -: Paid to the buyer beyond the price"],
        ),
        (
            "more than was sold at a rate is goodwill too, although the order as a whole came to more",
            vec![mug(), atlas()],
            &[("MUG", [1500, 0, 0])],
            0,
            &["-10.00 + -2.00 at 20: MUG: Red mug", "-3.00 + 0.00 at -: Paid to the buyer beyond the price"],
        ),
        (
            "VAT of many small amounts is no more than the invoice has",
            vec![
                line("A: A", 1, 2, 1, STANDARD),
                line("B: B", 1, 3, 0, STANDARD),
                line("C: C", 1, 3, 0, STANDARD),
                line("D: D", 1, 500, 0, ZERO),
            ],
            &[("A", [3, 0, 0]), ("B", [3, 0, 0]), ("C", [2, 0, 0])],
            0,
            &["-0.02 + -0.01 at 20: A: A", "-0.03 + 0.00 at 20: B: B", "-0.02 + 0.00 at 20: C: C"],
        ),
    ];
    for (name, lines, items, goodwill, expected) in cases {
        let refund = refund(items, goodwill);
        let draft = drafted(&refund, &invoice(&lines)).expect(name);
        assert_eq!(written(&draft), expected, "{name}");
        let credited = draft.credit_note.net().checked_add(draft.credit_note.vat()).expect("pence");
        assert_eq!(credited, refund.amount().expect("pence").negated(), "{name}");
    }
}

#[test]
fn a_refund_that_says_not_what_of_several_rates_was_paid_back_is_unclear() {
    let unclear = drafted(&refund(&[("", [100, 0, 0])], 0), &invoice(&[mug(), atlas()]));
    assert_eq!(unclear, Err(NoCreditNote::VatUnclear));
    // Delivery that was sold for nothing, of an order of several rates.
    let unclear = drafted(&refund(&[("MUG", [0, 100, 0])], 0), &invoice(&[mug(), atlas()]));
    assert_eq!(unclear, Err(NoCreditNote::VatUnclear));
    // The whole is clear, whatever it is called.
    assert!(drafted(&refund(&[("", [2199, 0, 0])], 0), &invoice(&[mug(), atlas()])).is_ok());
}

#[test]
fn an_invoice_with_lines_of_a_foreign_form_is_left_to_a_person() {
    let posted = PostedDocument { lines: None, ..invoice(&[mug()]) };
    assert_eq!(drafted(&refund(&[("MUG", [1200, 0, 0])], 0), &posted), Err(NoCreditNote::ForeignLines));
}

#[test]
fn the_credit_note_is_dated_by_the_refund_and_named_by_its_settlement() {
    let draft = drafted(&refund(&[("MUG", [1200, 0, 0])], 0), &invoice(&[mug()])).expect("a credit note");
    assert_eq!(draft.credit_note.reference.to_string(), "026-1 RF50011020300");
    assert_eq!(draft.credit_note.date.to_string(), "2026-10-26");
    assert!(draft.excess.is_zero());
}

/// A sale of up to five SKUs, each of one rate, as the plugin posts it, and what is paid back of each, in per cent.
fn sale_and_refund() -> impl Strategy<Value = Vec<(i64, Option<VatRate>, i64)>> {
    let rate =
        prop_oneof![Just(STANDARD), Just(Some(VatRate::from_basis_points(500))), Just(ZERO), Just(None)];
    prop::collection::vec((1_i64..5_000, rate, 0_i64..=130), 1..6)
}

const SKUS: [&str; 5] = ["A", "B", "C", "D", "E"];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever is paid back: the credit note comes to it, takes back no more than was sold, and no more VAT than the
    /// invoice has; what goes beyond is shown as goodwill.
    #[test]
    fn no_credit_note_takes_more_back_than_its_invoice(sale in sale_and_refund(), goodwill in 0_i64..300) {
        let lines: Vec<DocumentLine> = sale.iter().zip(SKUS).map(|((gross, rate, _), sku)| {
            let vat = contained(*rate, gbp(*gross)).expect("pence").minor();
            line(&format!("{sku}: Thing"), 1, gross - vat, vat, *rate)
        }).collect();
        let posted = invoice(&lines);
        let items: Vec<(&str, [i64; 3])> =
            sale.iter().zip(SKUS).map(|((gross, _, percent), sku)| (sku, [gross * percent / 100, 0, 0])).collect();
        let refund = refund(&items, goodwill);
        prop_assume!(!refund.amount().expect("pence").is_zero());
        let draft = drafted(&refund, &posted).expect("each SKU is on the invoice");
        let note = &draft.credit_note;
        let credited = note.net().checked_add(note.vat()).expect("pence").minor();
        prop_assert_eq!(credited, -refund.amount().expect("pence").minor());
        prop_assert!(-note.vat().minor() <= posted.vat.minor(), "{} of {}", note.vat(), posted.vat);
        let beyond = goodwill + draft.excess.minor();
        prop_assert!(-credited - beyond <= posted.gross().expect("pence").minor());
        let shown: i64 = note.lines().iter()
            .filter(|line| line.description.starts_with("Paid to the buyer"))
            .map(|line| line.unit_price.minor()).sum();
        prop_assert_eq!(shown, -beyond);
    }

    /// An invoice that is paid back in two settlements, each a part: each has the VAT contained in it, so both
    /// together are at most a penny beside the VAT of the invoice.
    #[test]
    fn two_parts_have_the_vat_of_the_whole_to_the_penny(gross in 2_i64..100_000, percent in 1_i64..100) {
        let vat = contained(STANDARD, gbp(gross)).expect("pence").minor();
        let posted = invoice(&[line("A: Thing", 1, gross - vat, vat, STANDARD)]);
        let first = (gross * percent / 100).max(1);
        let vat_of = |pence| {
            let draft = drafted(&refund(&[("A", [pence, 0, 0])], 0), &posted).expect("one rate");
            -draft.credit_note.vat().minor()
        };
        let both = vat_of(first) + vat_of(gross - first);
        prop_assert!((both - vat).abs() <= 1, "{both} of {vat}");
    }
}

/// Amazon rounds by its own rules; what it shows a buyer is what was refunded.
#[test]
fn a_refund_has_the_vat_that_amazon_states_where_only_rounding_is_between() {
    let lines = [line("MUG: Mug", 1, 1000, 200, STANDARD), line("LAMP: Lamp", 1, 2500, 500, STANDARD)];
    let vat = |stated: i64| {
        let refund = OrderRefund {
            stated_vat: gbp(stated),
            ..refund(&[("MUG", [500, 0, 0]), ("LAMP", [701, 0, 0])], 0)
        };
        let note = drafted(&refund, &invoice(&lines)).expect("a credit note").credit_note;
        assert_eq!(note.net().checked_add(note.vat()), Ok(gbp(-1201)), "the money stays the same");
        note.vat().minor()
    };
    // 83 and 117 are contained in the two parts.
    for (stated, posted) in [(200, -200), (201, -201), (202, -202), (198, -198), (203, -200), (0, -200)] {
        assert_eq!(vat(stated), posted, "{stated} stated");
    }
}
