//! Settlement files of several countries and years, and how they should be read. All of them are invented.

mod golden;
mod properties;
mod refused;
pub(super) mod sheet;

use super::SettlementFile;
use crate::canonical::settlement::{RowSink, Settlement, SettlementProblem, SettlementRow};

/// Keeps of each row a line of text, without the number of its line.
#[derive(Default)]
struct Collected(Vec<String>);

impl RowSink for Collected {
    fn row(&mut self, row: &SettlementRow<'_>) -> Result<(), SettlementProblem> {
        self.0.push(described(row));
        Ok(())
    }
}

fn described(row: &SettlementRow<'_>) -> String {
    let fulfilment = row.fulfilment.map_or_else(String::new, |fulfilment| format!("{fulfilment:?}"));
    let quantity = row.quantity.map_or_else(String::new, |quantity| quantity.to_string());
    let texts = [row.order_id, row.adjustment_id, row.marketplace_name, &fulfilment, row.sku, &quantity];
    format!("{} | {} | {} | {}", row.kind, row.amount, row.posted_on, texts.join("|"))
}

fn read(bytes: &[u8]) -> Result<(Settlement, Vec<String>), SettlementProblem> {
    let file = SettlementFile::open(bytes)?;
    let (settlement, collected) = file.read(Collected::default())?;
    assert_eq!(file.rows(), settlement.rows, "the survey counts what is shown");
    assert_eq!(collected.0.len() as u64, settlement.rows);
    assert_eq!((file.id(), file.total()), (settlement.id, settlement.total));
    Ok((settlement, collected.0))
}
