//! What holds for every settlement file, not only for those that somebody thought of.

use proptest::prelude::*;

use super::sheet::{Sheet, gzip};
use super::{Collected, read};
use crate::amazon::settlement::SettlementFile;

/// Settlements of some rows whose amounts are all positive: a part of them never comes to the total.
fn sheets() -> impl Strategy<Value = Sheet> {
    let texts = prop::sample::select(vec!["Principal", "Shipping", "Größe", "Fee – other", "a \"b\""]);
    let row = (1_i64..2_000_000, texts, 1_u8..28, 0_u8..3, prop::option::of(1_u32..500));
    prop::collection::vec(row, 1..12).prop_map(|rows| {
        let decimal = |minor: i64| format!("{}.{:02}", minor / 100, minor % 100);
        let total: i64 = rows.iter().map(|row| row.0).sum();
        let mut sheet = Sheet::of_total(&decimal(total));
        for (amount, text, day, fulfilment, quantity) in rows {
            sheet.add(&[
                ("transaction-type", "Order"),
                ("amount-type", "ItemPrice"),
                ("amount-description", text),
                ("amount", &decimal(amount)),
                ("sku", &text.repeat(usize::from(fulfilment))),
                ("fulfillment-id", ["AFN", "MFN", ""][usize::from(fulfilment)]),
                ("posted-date-time", &format!("2026-03-{day:02} 23:30:00 UTC")),
                ("quantity-purchased", &quantity.map_or_else(String::new, |quantity| quantity.to_string())),
            ]);
        }
        sheet
    })
}

/// A sheet, and the same with its rows and columns in another order.
fn shuffled() -> impl Strategy<Value = (Sheet, Sheet)> {
    sheets().prop_flat_map(|sheet| {
        let rows: Vec<usize> = (1..sheet.0.len()).collect();
        let columns: Vec<usize> = (0..sheet.0[0].len()).collect();
        (Just(sheet), Just(rows).prop_shuffle(), Just(columns).prop_shuffle()).prop_map(
            |(sheet, rows, columns)| {
                let lines = [0].into_iter().chain(rows);
                let pick =
                    |line: usize| columns.iter().map(|column| sheet.0[line][*column].clone()).collect();
                let other = Sheet(lines.map(pick).collect());
                (sheet, other)
            },
        )
    })
}

fn sorted(mut rows: Vec<String>) -> Vec<String> {
    rows.sort();
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_rows_and_columns_changes_nothing((sheet, other) in shuffled()) {
        let (settlement, rows) = read(&sheet.bytes()).expect("a settlement");
        let (of_other, rows_of_other) = read(&other.bytes()).expect("a settlement");
        prop_assert_eq!(settlement, of_other);
        prop_assert_eq!(sorted(rows), sorted(rows_of_other));
    }

    #[test]
    fn encoding_decimal_mark_and_compression_change_nothing(sheet in sheets()) {
        let expected = read(&sheet.bytes()).expect("a settlement");
        // Where all amounts are whole or of three digits, two marks could be meant; here all have two decimals.
        for bytes in [sheet.windows_1252(), sheet.clone().with_commas().bytes(), gzip(&sheet.bytes())] {
            prop_assert_eq!(&read(&bytes).expect("a settlement"), &expected);
        }
    }

    #[test]
    fn another_content_has_another_digest(sheet in sheets(), row in any::<prop::sample::Index>()) {
        let line = row.index(sheet.0.len() - 2) + 3;
        let settlement = read(&sheet.bytes()).expect("a settlement").0;
        for (column, text) in [("sku", "X"), ("order-id", "026-9"), ("amount-description", "X"), ("quantity-purchased", "501")] {
            let changed = read(&sheet.clone().changed(line, column, text).bytes()).expect("a settlement").0;
            prop_assert_ne!(settlement.digest, changed.digest);
        }
    }

    /// Whatever is missing at the end, nothing else is taken for the settlement. (Rows that cancel out and are cut
    /// off whole leave a file that adds up: only its transfer can show that.)
    #[test]
    fn a_file_that_is_cut_off_never_shows_another_settlement((_, sheet) in shuffled(), packed in any::<bool>()) {
        let bytes = if packed { gzip(&sheet.bytes()) } else { sheet.bytes() };
        let (whole, rows) = read(&bytes).expect("a settlement");
        for end in 0..bytes.len() {
            if let Ok((settlement, rows_of_part)) = read(&bytes[..end]) {
                prop_assert_eq!(&settlement, &whole, "cut at {} of {}", end, bytes.len());
                prop_assert_eq!(&rows_of_part, &rows);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..600), packed in any::<bool>()) {
        let _ = read(&if packed { gzip(&bytes) } else { bytes });
    }

    #[test]
    fn a_damaged_file_is_read_without_a_panic(
        sheet in sheets(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), any::<bool>()), 1..8),
    ) {
        let mut bytes = sheet.bytes();
        for (at, byte, insert) in changes {
            let at = at.index(bytes.len());
            if insert { bytes.insert(at, byte) } else { bytes[at] = byte }
        }
        if let Ok(file) = SettlementFile::open(&bytes) {
            let _ = file.read(Collected::default());
        }
    }
}
