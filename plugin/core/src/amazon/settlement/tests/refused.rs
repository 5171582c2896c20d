//! Every way in which a file is no settlement, with its code and line.

use super::read;
use super::sheet::{Sheet, gzip};
use crate::amazon::settlement::finding;
use crate::limits::SETTLEMENT_LINE_BYTES_MAX;

/// The file is refused under `code`, and the message says `words`.
fn refused(case: &str, bytes: &[u8], code: &str, words: &str) {
    let problem = read(bytes).map(|(settlement, _)| settlement).expect_err(case);
    let finding = finding(&problem, "settlement.txt");
    assert_eq!(finding.code.as_str(), code, "{case}: {finding}");
    assert!(finding.message.contains(words), "{case}: {finding}");
    assert!(!finding.message.contains("026-1234567"), "{case} quotes a row: {finding}");
}

#[test]
fn what_is_no_settlement_report_is_refused() {
    let small = Sheet::small();
    let text = small.text();
    let utf_16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let cases: Vec<(&str, Vec<u8>, &str)> = vec![
        ("nothing", Vec::new(), "it is empty"),
        ("blank", b"\n \n".to_vec(), "it is empty"),
        ("a workbook", b"PK\x03\x04rest".to_vec(), "workbook"),
        ("a document", b"%PDF-1.7".to_vec(), "PDF"),
        ("a page", b"<html>".to_vec(), "web page"),
        ("UTF-16 with its mark", [b"\xff\xfe".to_vec(), utf_16.clone()].concat(), "UTF-16"),
        ("UTF-16 without its mark", utf_16, "line 1 has bytes that no text has"),
        ("zeros", [text.as_bytes(), b"1\0"].concat(), "line 7 has bytes that no text has"),
        ("another report", b"order-id\tsku\n1\t2\n".to_vec(), "not the header"),
        ("one long line", vec![b'x'; SETTLEMENT_LINE_BYTES_MAX + 1], "not the header"),
        ("commas", text.replace('\t', ",").into_bytes(), "not by tabs"),
        ("semicolons", text.replace('\t', "\";\"").into_bytes(), "not by tabs"),
        ("no total", small.clone().without("total-amount").bytes(), "`total-amount`"),
        ("no amount", small.clone().without("amount").bytes(), "no column `amount`"),
        ("no type", small.clone().without("amount-type").bytes(), "`amount-type`"),
        (
            "no dates",
            small.clone().without("posted-date").without("posted-date-time").bytes(),
            "`posted-date`",
        ),
        ("two amounts", small.changed(1, "promotion-id", "Amount").bytes(), "`amount` twice"),
    ];
    for (case, bytes, words) in cases {
        refused(case, &bytes, "KA-0801", words);
    }
}

#[test]
fn what_is_cut_off_is_refused() {
    let text = Sheet::small().text();
    let packed = gzip(text.as_bytes());
    let mut damaged = packed.clone();
    let checksum = damaged.len() - 8;
    damaged[checksum] ^= 1;
    // The quantity is the last column, and 12 could be the beginning of 120.
    let of_23 = Sheet::small().without("promotion-id").text();
    let cases: Vec<(&str, &[u8], &str)> = vec![
        ("within a row", &text.as_bytes()[..text.len() - 40], "line 6, the last, has"),
        ("compression", &packed[..packed.len() - 9], "compression"),
        ("checksum", &damaged, "compression"),
        ("only the beginning of gzip", &packed[..2], "compression"),
        ("within the last column", &of_23.as_bytes()[..of_23.len() - 1], "line 6, the last, has no line end"),
    ];
    for (case, bytes, words) in cases {
        refused(case, bytes, "KA-0802", words);
    }
}

#[test]
fn what_does_not_come_to_the_total_is_refused() {
    let mut sheet = Sheet::small();
    sheet.0.pop();
    refused(
        "a row less",
        &sheet.bytes(),
        "KA-0803",
        "the 3 rows come to 8.49 GBP, but the summary row says 7.49 GBP",
    );
    refused("no rows", &Sheet::of_total("5.00").bytes(), "KA-0803", "the 0 rows come to 0.00 GBP");
}

#[test]
fn what_was_joined_or_edited_is_refused() {
    let small = Sheet::small();
    let text = small.text();
    let mut without_summary = small.clone();
    let summary = without_summary.0.remove(1);
    let mut with_two = small.clone();
    with_two.0.push(summary);
    let mut zero = small.clone();
    zero.0.truncate(1);
    let change = |line, column: &str, text: &str| small.clone().changed(line, column, text).bytes();
    let amounts = |amounts: &[&str]| {
        let mut sheet = Sheet::of_total("1");
        amounts.iter().for_each(|amount| sheet.sold("Order", "ItemPrice", "Principal", amount));
        sheet.bytes()
    };
    let dates = |dates: &[&str]| {
        let mut sheet = Sheet::of_total("1").without("posted-date-time");
        sheet = sheet.changed(2, "settlement-end-date", "2026-12-31");
        for date in dates {
            sheet.add(&[("transaction-type", "Order"), ("amount", "1"), ("posted-date", date)]);
        }
        sheet.bytes()
    };
    let twice = format!("{text}{text}").into_bytes();
    let cut_within = text.replacen("\tOrder\t", "\tOrder\n12345678901\t", 1).into_bytes();
    let too_long = change(4, "order-item-code", &"x".repeat(SETTLEMENT_LINE_BYTES_MAX));
    let cases: Vec<(&str, Vec<u8>, &str, &str)> = vec![
        ("another id", change(4, "settlement-id", "99"), "KA-0804", "line 4 is of settlement 99"),
        ("no summary", without_summary.bytes(), "KA-0805", "no row has the period"),
        ("two summaries", with_two.bytes(), "KA-0805", "line 7 is a second summary row; the first is line 2"),
        ("no currency", change(2, "currency", ""), "KA-0806", "line 2"),
        ("a currency that is none", change(2, "currency", "Pound"), "KA-0806", "line 2"),
        ("the header again", twice, "KA-0807", "line 7"),
        ("both marks", amounts(&["1.50", "1,50"]), "KA-0808", "line 4 has a decimal comma, and line 3"),
        ("either mark", amounts(&["1,500"]), "KA-0808", "line 3"),
        (
            "both orders",
            dates(&["13/03/2026", "03/13/2026"]),
            "KA-0809",
            "line 3 has a date with the day first",
        ),
        ("either order", dates(&["05/06/2026"]), "KA-0809", "line 3"),
        ("no rows", zero.bytes(), "KA-0810", "nothing after the header"),
        ("no id", change(4, "settlement-id", ""), "KA-0811", "line 4 has no settlement number"),
        ("an id that is none", change(4, "settlement-id", "A1"), "KA-0811", "line 4"),
        ("no amount", change(4, "amount", " "), "KA-0811", "line 4 has a transaction and no amount"),
        ("an amount that is none", change(5, "amount", "n/a"), "KA-0811", "line 5 has no amount in `amount`"),
        (
            "a total that is none",
            change(2, "total-amount", "n/a"),
            "KA-0811",
            "line 2 has no amount in `total-amount`",
        ),
        ("a third decimal", change(3, "amount", "12.991"), "KA-0811", "line 3"),
        ("a date that is none", change(3, "posted-date-time", "soon"), "KA-0811", "`posted-date-time`"),
        ("no deposit date", change(2, "deposit-date", ""), "KA-0811", "line 2 has no date in `deposit-date`"),
        ("no date", dates(&[""]), "KA-0811", "line 3 has neither"),
        ("a quantity that is none", change(3, "quantity-purchased", "two"), "KA-0811", "line 3"),
        ("a row in two lines", cut_within, "KA-0811", "line 3 has 7 of 23 columns"),
        ("a sum beyond all", amounts(&["90000000000000000", "90000000000000000"]), "KA-0811", "added up"),
        ("a line too long", too_long, "KA-0812", "line 4"),
    ];
    for (case, bytes, code, words) in cases {
        refused(case, &bytes, code, words);
    }
}
