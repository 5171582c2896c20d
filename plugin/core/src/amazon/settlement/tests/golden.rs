//! What the files of each country and form say.

use super::sheet::{Sheet, gzip};
use super::{described, read};
use crate::amazon::settlement::SettlementFile;
use crate::canonical::settlement::{RowSink, SettlementProblem, SettlementRow};

fn tabs(lines: &[&str]) -> Vec<u8> {
    lines.iter().map(|line| format!("{}\r\n", line.replace('|', "\t"))).collect::<String>().into_bytes()
}

#[test]
fn a_british_file_is_read() {
    let mut sheet = Sheet::small();
    for column in
        ["settlement-start-date", "settlement-end-date", "deposit-date", "posted-date", "posted-date-time"]
    {
        sheet = sheet.each(&[column], |date| {
            let Some((day, rest)) = date.split_at_checked(10) else { return date.to_owned() };
            let parts: Vec<&str> = day.split('-').rev().collect();
            format!("{}{rest}", parts.join("."))
        });
    }
    assert!(sheet.text().contains("\t01.03.2026 20:21:38 UTC\t"), "as Amazon writes it in Europe");
    let (settlement, rows) = read(&sheet.bytes()).expect("a settlement");
    assert_eq!(settlement.id.to_string(), "12345678901");
    assert_eq!(settlement.total.to_string(), "7.49 GBP");
    assert_eq!(settlement.starts_at.to_string(), "2026-03-01 20:21:38 UTC");
    assert_eq!(settlement.ends_at.to_string(), "2026-03-15 20:21:38 UTC");
    assert_eq!(settlement.deposited_at.to_string(), "2026-03-17 20:21:38 UTC");
    let order = "026-1234567-1234567||Amazon.co.uk|ByAmazon|TASSE-GRÜN 7\"|12";
    assert_eq!(
        rows,
        [
            format!("Order / ItemPrice / Principal | 12.99 GBP | 2026-03-12 | {order}"),
            format!("Order / ItemFees / Commission | -2.00 GBP | 2026-03-12 | {order}"),
            format!("Refund / ItemPrice / Principal | -2.50 GBP | 2026-03-12 | {order}"),
            "other-transaction / other-transaction / Storage Fee | -1.00 GBP | 2026-03-14 | |||||".to_owned(),
        ]
    );
    assert_eq!(settlement, read(&Sheet::small().bytes()).expect("a settlement").0, "dates are no content");
}

#[test]
fn a_german_file_of_2018_is_read() {
    let bytes = tabs(&[
        "settlement-id|settlement-start-date|settlement-end-date|deposit-date|total-amount|currency|transaction-type|order-id|merchant-order-id|adjustment-id|shipment-id|marketplace-name|amount-type|amount-description|amount|fulfillment-id|posted-date|posted-date-time|order-item-code|merchant-order-item-id|merchant-adjustment-item-id|sku|quantity-purchased",
        "4711|03.05.2018 09:10:07 UTC|17.05.2018 09:10:07 UTC|19.05.2018 09:10:07 UTC|1147,59|EUR|||||||||||||||||",
        "4711||||||Order|302-1||||Amazon.de|ItemPrice|Principal|1.179,99  |MFN|03.05.2018|03.05.2018 22:12:22 UTC||||LAMPE|1",
        "4711||||||Order|302-1||||Amazon.de|ItemFees|Commission|-32,40|MFN|03.05.2018|03.05.2018 22:12:22 UTC||||LAMPE|1",
    ]);
    let (settlement, rows) = read(&bytes).expect("a settlement");
    assert_eq!(settlement.total.to_string(), "1147.59 EUR");
    assert_eq!(
        rows[0],
        "Order / ItemPrice / Principal | 1179.99 EUR | 2018-05-03 | 302-1||Amazon.de|ByMerchant|LAMPE|1"
    );
}

#[test]
fn an_old_file_shows_each_of_its_amounts() {
    let bytes = tabs(&[
        "settlement-id|settlement-start-date|settlement-end-date|deposit-date|total-amount|currency|transaction-type|order-id|merchant-order-id|adjustment-id|shipment-id|marketplace-name|shipment-fee-type|shipment-fee-amount|order-fee-type|order-fee-amount|fulfillment-id|posted-date|order-item-code|merchant-order-item-id|merchant-adjustment-item-id|sku|quantity-purchased|price-type|price-amount|item-related-fee-type|item-related-fee-amount|misc-fee-amount|other-fee-amount|other-fee-reason-description|promotion-id|promotion-type|promotion-amount|direct-payment-type|direct-payment-amount|other-amount",
        "815|2025-06-05T22:07:18+00:00|2025-06-19T22:07:18+00:00|2025-06-21T22:07:18+00:00|10.50|CAD||||||||||||||||||||||||||||||",
        "815||||||Order|701-1|||S1|Amazon.ca|||||AFN|2025-06-30T23:30:00+00:00|I1|||MUG|2|Principal|20.00|Commission|-3.00||||||||| ",
        "815||||||Order|701-1|||S1|Amazon.ca|||||AFN|2025-06-30T23:30:00+00:00|I1|||MUG|2|MarketplaceFacilitatorTax-Principal|-1.00|||0.00|||P1|Shipping|-0.50|||",
        "815||||||Subscription Fee|||||||||||2025-06-09T10:00:00+00:00||||||||||||||||||-5.00    ",
        "815||||||Storage Fee|||||||||||2025-06-09T10:00:00+00:00||||||||||||||||||0.00    ",
    ]);
    let (settlement, rows) = read(&bytes).expect("a settlement");
    for end in 0..bytes.len() {
        let is_another = read(&bytes[..end]).is_ok_and(|(part, _)| part != settlement);
        assert!(!is_another, "cut at {end}");
    }
    let order = "2025-07-01 | 701-1||Amazon.ca|ByAmazon|MUG|2";
    assert_eq!(
        rows,
        [
            format!("Order / ItemPrice / Principal | 20.00 CAD | {order}"),
            format!("Order / ItemFees / Commission | -3.00 CAD | {order}"),
            format!("Order / ItemWithheldTax / MarketplaceFacilitatorTax-Principal | -1.00 CAD | {order}"),
            format!("Order / Promotion / Shipping | -0.50 CAD | {order}"),
            "other-transaction / other-transaction / Subscription Fee | -5.00 CAD | 2025-06-09 | |||||"
                .to_owned(),
        ]
    );
}

/// The columns of promotions vanish from an old file that has none.
#[test]
fn an_old_file_without_promotions_is_read() {
    let bytes = tabs(&[
        "settlement-id|settlement-start-date|settlement-end-date|deposit-date|total-amount|currency|transaction-type|order-id|posted-date|price-type|price-amount|item-related-fee-type|item-related-fee-amount|other-amount",
        "815|2025-06-05T22:07:18+00:00|2025-06-19T22:07:18+00:00|2025-06-21T22:07:18+00:00|17.00|CAD||||||||",
        "815||||||Order|701-1|2025-06-09T10:00:00+00:00|Principal|20.00|Commission|-3.00|",
    ]);
    assert_eq!(read(&bytes).expect("a settlement").1.len(), 2);
}

#[test]
fn the_form_of_a_file_is_no_content() {
    let sheet = Sheet::small();
    let expected = read(&sheet.bytes()).expect("a settlement");
    let text = sheet.text();
    let underscored =
        text.replacen("settlement-id\tsettlement-start-date", "Settlement ID \tSETTLEMENT_START_DATE", 1);
    let summary_last = {
        let mut moved = sheet.clone();
        let summary = moved.0.remove(1);
        moved.0.push(summary);
        moved.bytes()
    };
    let forms: Vec<(&str, Vec<u8>)> = vec![
        ("gzip", gzip(&sheet.bytes())),
        ("gzip in two members", [gzip(&text.as_bytes()[..300]), gzip(&text.as_bytes()[300..])].concat()),
        ("Windows-1252", sheet.windows_1252()),
        ("a byte order mark", format!("\u{feff}{text}").into_bytes()),
        ("CRLF", text.replace('\n', "\r\n").into_bytes()),
        ("blank lines", text.replace('\n', "\n\n \t \n\r\n").into_bytes()),
        ("no line end", text.trim_end_matches('\n').as_bytes().to_vec()),
        ("trailing blanks", text.replace('\t', "  \t").into_bytes()),
        ("23 columns", sheet.clone().without("promotion-id").bytes()),
        ("a column more", text.replace('\n', "\tx\n").into_bytes()),
        ("decimal commas", sheet.clone().with_commas().bytes()),
        ("names in another style", underscored.into_bytes()),
        ("the summary last", summary_last),
        ("no posted-date", sheet.clone().without("posted-date").bytes()),
    ];
    for (form, bytes) in forms {
        assert_eq!(read(&bytes).as_ref(), Ok(&expected), "{form}");
    }
}

#[test]
fn equal_rows_are_as_many_as_they_are() {
    let mut sheet = Sheet::of_total("4.00");
    sheet.sold("Order", "ItemPrice", "Principal", "2.00");
    sheet.sold("Order", "ItemPrice", "Principal", "2.00");
    assert_eq!(read(&sheet.bytes()).expect("a settlement").1.len(), 2);
}

#[test]
fn a_settlement_without_rows_is_one_if_it_comes_to_nothing() {
    let (settlement, rows) = read(&Sheet::of_total("0.00").bytes()).expect("a settlement");
    assert_eq!((settlement.rows, rows.len()), (0, 0));
}

#[test]
fn american_dates_are_told_by_their_numbers() {
    let american = |date: &str| {
        let parts: Vec<&str> = date.split('-').collect();
        if let [year, month, day] = parts[..] {
            format!("{month}/{day}/{}", &year[2..])
        } else {
            String::new()
        }
    };
    let sheet = Sheet::small().without("posted-date-time").each(&["posted-date"], american);
    let (_, rows) = read(&sheet.bytes()).expect("a settlement");
    assert!(rows[0].contains("2026-03-12"), "{}", rows[0]);
    assert!(rows[3].contains("2026-03-14"), "{}", rows[3]);
}

/// Line numbers are what a person looks for in an editor.
#[test]
fn rows_know_their_line() {
    struct LinesOf(Vec<(u64, String)>);
    impl RowSink for LinesOf {
        fn row(&mut self, row: &SettlementRow<'_>) -> Result<(), SettlementProblem> {
            self.0.push((row.line, described(row)));
            Ok(())
        }
    }
    let text = Sheet::small().text();
    let first_rows: Vec<&str> = text.lines().collect();
    for line_end in ["\n", "\r\n"] {
        let joined = [
            first_rows[0],
            first_rows[1],
            "",
            first_rows[2],
            first_rows[3],
            "",
            "",
            first_rows[4],
            first_rows[5],
        ]
        .join(line_end);
        let bom = format!("\u{feff}{joined}");
        for bytes in [joined.as_bytes(), bom.as_bytes()] {
            let file = SettlementFile::open(bytes).expect("a settlement");
            let (_, lines) = file.read(LinesOf(Vec::new())).expect("a settlement");
            let numbers: Vec<u64> = lines.0.iter().map(|(line, _)| *line).collect();
            assert_eq!(numbers, [4, 5, 8, 9], "the last line without a line end");
        }
    }
}

#[test]
fn a_sink_can_end_the_reading() {
    struct Refuses;
    impl RowSink for Refuses {
        fn row(&mut self, _: &SettlementRow<'_>) -> Result<(), SettlementProblem> {
            Err(SettlementProblem::Empty)
        }
    }
    let bytes = Sheet::small().bytes();
    let file = SettlementFile::open(&bytes).expect("a settlement");
    assert!(matches!(file.read(Refuses), Err(SettlementProblem::Empty)));
}
