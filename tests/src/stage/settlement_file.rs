//! A story's settlement as a file: the form of a British seller, 24 columns, tab-separated.

use crate::story::SettlementStory;

const HEADER: &str = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\t\
    transaction-type\torder-id\tmerchant-order-id\tadjustment-id\tshipment-id\tmarketplace-name\tamount-type\t\
    amount-description\tamount\tfulfillment-id\tposted-date\tposted-date-time\torder-item-code\t\
    merchant-order-item-id\tmerchant-adjustment-item-id\tsku\tquantity-purchased\tpromotion-id";

/// The day of rows that name none.
const USUAL_DAY: &str = "22.10.2026";

pub(super) fn bytes(settlement: &SettlementStory) -> Vec<u8> {
    let mut bytes = match &settlement.text {
        Some(text) => text.clone().into_bytes(),
        None => rendered(settlement).into_bytes(),
    };
    bytes.truncate(bytes.len() - settlement.cut_off);
    bytes
}

fn rendered(settlement: &SettlementStory) -> String {
    let rows: Vec<Vec<String>> = cells(&settlement.rows);
    let pence: i64 = rows.iter().map(|row| pence(&row[3])).sum();
    let sign = if pence < 0 { "-" } else { "" };
    let sum = format!("{sign}{}.{:02}", pence.abs() / 100, pence.abs() % 100);
    let total = settlement.total.as_ref().unwrap_or(&sum);
    let SettlementStory { id, deposit, currency, .. } = settlement;
    let (begins, ends) = ("14.10.2026 09:10:07 UTC", "28.10.2026 09:10:07 UTC");
    let empty = "\t".repeat(18);
    let mut text = format!("{HEADER}\n{id}\t{begins}\t{ends}\t{deposit}\t{total}\t{currency}{empty}\n");
    for row in rows {
        let cell = |index: usize| row.get(index).map_or("", String::as_str);
        let day = if cell(6).is_empty() { USUAL_DAY } else { cell(6) };
        let marketplace = if cell(4).is_empty() { "" } else { "Amazon.co.uk" };
        text.push_str(&format!(
            "{id}\t\t\t\t\t\t{}\t{}\t\t\t\t{marketplace}\t{}\t{}\t{}\tMFN\t{day}\t{day} 17:12:22 UTC\t\t\t\t{}\t\t\n",
            cell(0),
            cell(4),
            cell(1),
            cell(2),
            cell(3),
            cell(5),
        ));
    }
    text
}

/// The cells of each row, with those that stand for the row before filled in. A bar of its own (`-`) is empty.
fn cells(rows: &str) -> Vec<Vec<String>> {
    let mut all: Vec<Vec<String>> = Vec::new();
    for line in rows.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let mut row: Vec<String> = line.split('|').map(|cell| cell.trim().to_owned()).collect();
        let before = all.last().cloned().unwrap_or_default();
        for (index, cell) in row.iter_mut().enumerate().filter(|(_, cell)| cell.is_empty()) {
            *cell = before.get(index).cloned().unwrap_or_default();
        }
        for cell in row.iter_mut().filter(|cell| *cell == "-") {
            cell.clear();
        }
        all.push(row);
    }
    all
}

fn pence(amount: &str) -> i64 {
    let digits: String = amount.chars().filter(|character| *character != '.').collect();
    digits.parse().unwrap_or_else(|error| panic!("the amount `{amount}` needs two decimals: {error}"))
}
