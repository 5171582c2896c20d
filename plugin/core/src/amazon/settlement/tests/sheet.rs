//! An invented V2 settlement as a table, written in the ways in which files differ.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

pub const COLUMNS: [&str; 24] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

/// The header and the rows, cell by cell.
#[derive(Clone, Debug)]
pub struct Sheet(pub Vec<Vec<String>>);

impl Sheet {
    /// The header and a summary row of a fortnight in March 2026.
    pub fn of_total(total: &str) -> Self {
        let header = COLUMNS.map(str::to_owned).to_vec();
        let mut sheet = Sheet(vec![header]);
        sheet.add(&[
            ("settlement-start-date", "2026-03-01 20:21:38 UTC"),
            ("settlement-end-date", "2026-03-15 20:21:38 UTC"),
            ("deposit-date", "2026-03-17 20:21:38 UTC"),
            ("total-amount", total),
            ("currency", "GBP"),
        ]);
        sheet
    }

    /// A small settlement with an order, a refund and a fee.
    pub fn small() -> Self {
        let mut sheet = Sheet::of_total("7.49");
        sheet.sold("Order", "ItemPrice", "Principal", "12.99");
        sheet.sold("Order", "ItemFees", "Commission", "-2.00");
        sheet.sold("Refund", "ItemPrice", "Principal", "-2.50");
        sheet.add(&[
            ("transaction-type", "other-transaction"),
            ("amount-type", "other-transaction"),
            ("amount-description", "Storage Fee"),
            ("amount", "-1.00"),
            ("posted-date", "2026-03-14"),
            ("posted-date-time", "2026-03-14 08:49:04 UTC"),
        ]);
        sheet
    }

    pub fn sold(&mut self, transaction_type: &str, amount_type: &str, description: &str, amount: &str) {
        self.add(&[
            ("transaction-type", transaction_type),
            ("order-id", "026-1234567-1234567"),
            ("marketplace-name", "Amazon.co.uk"),
            ("amount-type", amount_type),
            ("amount-description", description),
            ("amount", amount),
            ("fulfillment-id", "AFN"),
            ("posted-date", "2026-03-12"),
            ("posted-date-time", "2026-03-12 08:49:04 UTC"),
            ("sku", "TASSE-GRÜN 7\""),
            ("quantity-purchased", "12"),
        ]);
    }

    /// A row of settlement 12345678901 with these cells.
    pub fn add(&mut self, cells: &[(&str, &str)]) {
        let row = vec![String::new(); self.0[0].len()];
        self.0.push(row);
        let line = self.0.len();
        self.set(line, "settlement-id", "12345678901");
        for (column, text) in cells {
            self.set(line, column, text);
        }
    }

    /// Writes into a cell. Line 1 is the header.
    pub fn set(&mut self, line: usize, column: &str, text: &str) {
        let at = self.at(column);
        self.0[line - 1][at] = text.to_owned();
    }

    pub fn changed(mut self, line: usize, column: &str, text: &str) -> Self {
        self.set(line, column, text);
        self
    }

    pub fn without(mut self, column: &str) -> Self {
        let at = self.at(column);
        self.0.iter_mut().for_each(|row| _ = row.remove(at));
        self
    }

    /// Changes every cell of the columns, except in the header.
    pub fn each(mut self, columns: &[&str], change: impl Fn(&str) -> String) -> Self {
        for column in columns {
            let at = self.at(column);
            self.0.iter_mut().skip(1).for_each(|row| row[at] = change(&row[at]));
        }
        self
    }

    pub fn with_commas(self) -> Self {
        self.each(&["total-amount", "amount"], |amount| amount.replace('.', ","))
    }

    pub fn text(&self) -> String {
        self.0.iter().map(|row| format!("{}\n", row.join("\t"))).collect()
    }

    pub fn bytes(&self) -> Vec<u8> {
        self.text().into_bytes()
    }

    pub fn windows_1252(&self) -> Vec<u8> {
        encoding_rs::WINDOWS_1252.encode(&self.text()).0.into_owned()
    }

    fn at(&self, column: &str) -> usize {
        self.0[0].iter().position(|name| name == column).expect("a column of the sheet")
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}
