//! What is different about the stock of single SKUs.
//!
//! CSV with a header: `seller-sku` is required; `owner`, `buffer` and `cap` may be empty or left out, and are then
//! as for every other SKU. Absent on purpose: which product a SKU is, which the SKU table says.

use std::collections::BTreeMap;

use crate::canonical::{SellerSku, Units};

/// Who says how many units of a SKU there are; the other side follows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Owner {
    Amazon,
    KashFlow,
    /// Neither side follows the other.
    Nobody,
}

impl Owner {
    /// Its word in the table.
    pub fn name(self) -> &'static str {
        match self {
            Owner::Amazon => "amazon",
            Owner::KashFlow => "kashflow",
            Owner::Nobody => "nobody",
        }
    }
}

/// One row.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct StockRow {
    pub owner: Option<Owner>,
    /// Units that are never offered.
    pub buffer: Option<Units>,
    /// The most that is offered.
    pub cap: Option<Units>,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StockTable {
    rows: BTreeMap<SellerSku, StockRow>,
}

/// One thing that is wrong with the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StockTableError {
    #[error("the header has no column `seller-sku`: begin with, for example, `seller-sku,owner,buffer,cap`")]
    NoSkuColumn,
    #[error("the header has the column `{0}`: use seller-sku, owner, buffer, cap")]
    UnknownColumn(String),
    #[error("line {line}: {problem}")]
    Row { line: u64, problem: String },
}

const COLUMNS: [&str; 4] = ["seller-sku", "owner", "buffer", "cap"];

impl StockTable {
    /// Reads the table; an empty text is an empty table.
    pub fn parse(text: &str) -> Result<Self, Vec<StockTableError>> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Ok(StockTable::default());
        }
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|_| vec![StockTableError::NoSkuColumn])?.clone();
        let unknown: Vec<_> = header
            .iter()
            .filter(|name| !COLUMNS.contains(name))
            .map(|name| StockTableError::UnknownColumn(name.to_owned()))
            .collect();
        let [sku, owner, buffer, cap] = COLUMNS.map(|name| header.iter().position(|column| column == name));
        let Some(sku) = sku else { return Err(vec![StockTableError::NoSkuColumn]) };
        if !unknown.is_empty() {
            return Err(unknown);
        }
        let columns = Columns { sku, owner, buffer, cap };
        let mut table = StockTable::default();
        let mut problems = Vec::new();
        for record in reader.records() {
            problems.extend(table.add(&columns, record).err());
        }
        if problems.is_empty() { Ok(table) } else { Err(problems) }
    }

    pub fn get(&self, sku: &SellerSku) -> StockRow {
        self.rows.get(sku).copied().unwrap_or_default()
    }

    pub fn skus(&self) -> impl Iterator<Item = &SellerSku> {
        self.rows.keys()
    }

    fn add(
        &mut self,
        columns: &Columns,
        record: Result<csv::StringRecord, csv::Error>,
    ) -> Result<(), StockTableError> {
        let record = record.map_err(|error| StockTableError::Row {
            line: error.position().map_or(0, csv::Position::line),
            problem: "the row has another number of columns than the header, or is not text".into(),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |problem: String| StockTableError::Row { line, problem };
        let cell = |column: Option<usize>| {
            column.and_then(|index| record.get(index)).filter(|text| !text.is_empty())
        };
        let units = |column| {
            let whole = |text: &str| text.parse().ok().filter(|units: &i64| *units >= 0).map(Units);
            cell(column)
                .map(|text| {
                    whole(text).ok_or_else(|| wrong(format!("`{text}` is no number of units, 0 or more")))
                })
                .transpose()
        };
        let sku = cell(Some(columns.sku)).and_then(SellerSku::new);
        let sku = sku.ok_or_else(|| wrong("the SKU is empty".into()))?;
        let owner = cell(columns.owner)
            .map(|text| {
                [Owner::Amazon, Owner::KashFlow, Owner::Nobody]
                    .into_iter()
                    .find(|owner| owner.name().eq_ignore_ascii_case(text))
                    .ok_or_else(|| wrong(format!("`{text}` is no owner: use amazon, kashflow or nobody")))
            })
            .transpose()?;
        let row = StockRow { owner, buffer: units(columns.buffer)?, cap: units(columns.cap)? };
        if self.rows.contains_key(&sku) {
            return Err(wrong(format!("the SKU `{sku}` stands in the table already: keep one of them")));
        }
        self.rows.insert(sku, row);
        Ok(())
    }
}

/// Where each column stands.
struct Columns {
    sku: usize,
    owner: Option<usize>,
    buffer: Option<usize>,
    cap: Option<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_cells_may_be_empty() {
        let table =
            StockTable::parse("seller-sku,buffer,owner,cap\nMUG,1,,20\nLAMP,,Nobody,\n").expect("a table");
        let row = |sku: &str| table.get(&SellerSku::new(sku).expect("a sku"));
        assert_eq!(row("MUG"), StockRow { owner: None, buffer: Some(Units(1)), cap: Some(Units(20)) });
        assert_eq!(row("LAMP"), StockRow { owner: Some(Owner::Nobody), ..StockRow::default() });
        assert_eq!(row("VASE"), StockRow::default());
    }

    #[test]
    fn every_bad_row_is_named_with_its_line() {
        let problems = StockTable::parse("seller-sku,owner,buffer\nA,me,\n,,\nB,,-1\nC,,x\nD,,\nD,,\n");
        let texts: Vec<String> = problems.expect_err("five rows").iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "line 2: `me` is no owner: use amazon, kashflow or nobody",
                "line 3: the SKU is empty",
                "line 4: `-1` is no number of units, 0 or more",
                "line 5: `x` is no number of units, 0 or more",
                "line 7: the SKU `D` stands in the table already: keep one of them",
            ]
        );
    }

    #[test]
    fn a_header_without_the_sku_or_with_a_misspelt_column_is_refused() {
        assert_eq!(StockTable::parse("sku,cap\nA,1\n"), Err(vec![StockTableError::NoSkuColumn]));
        let misspelt = StockTable::parse("seller-sku,limit\nA,1\n");
        assert_eq!(misspelt, Err(vec![StockTableError::UnknownColumn("limit".into())]));
    }
}
