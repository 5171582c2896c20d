//! The seller's own table from Amazon SKUs to KashFlow products.
//!
//! CSV with a header. `seller-sku` is required; `kashflow-product`, `vat-class` and `nominal` may be
//! empty or left out, so that a row can also only set the class of a SKU.

use std::collections::BTreeMap;

use crate::canonical::{NominalCode, ProductCode, SellerSku, VatClass};

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SkuMapping {
    pub product: Option<ProductCode>,
    pub vat_class: Option<VatClass>,
    pub nominal: Option<NominalCode>,
    /// The line of the table, for messages.
    pub line: u64,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SkuTable {
    rows: BTreeMap<SellerSku, SkuMapping>,
}

/// One thing that is wrong with the table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SkuTableError {
    #[error(
        "the header has no column `seller-sku`: the first line must name the columns, for example `seller-sku,kashflow-product,vat-class,nominal`"
    )]
    NoSkuColumn,
    #[error("the header has the column `{0}`: use seller-sku, kashflow-product, vat-class, nominal")]
    UnknownColumn(String),
    #[error("line {line}: {problem}")]
    Row { line: u64, problem: String },
}

impl SkuTable {
    /// Reads the table; an empty text is an empty table.
    pub fn parse(text: &str) -> Result<Self, Vec<SkuTableError>> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim().is_empty() {
            return Ok(SkuTable::default());
        }
        let mut reader =
            csv::ReaderBuilder::new().trim(csv::Trim::All).flexible(false).from_reader(text.as_bytes());
        let columns = Columns::from_header(&mut reader)?;
        let mut table = SkuTable::default();
        let mut problems = Vec::new();
        for record in reader.records() {
            if let Err(problem) = table.add(&columns, record) {
                problems.push(problem);
            }
        }
        if problems.is_empty() { Ok(table) } else { Err(problems) }
    }

    pub fn get(&self, sku: &SellerSku) -> Option<&SkuMapping> {
        self.rows.get(sku)
    }

    pub fn rows(&self) -> impl Iterator<Item = (&SellerSku, &SkuMapping)> {
        self.rows.iter()
    }

    fn add(
        &mut self,
        columns: &Columns,
        record: Result<csv::StringRecord, csv::Error>,
    ) -> Result<(), SkuTableError> {
        let record = record.map_err(|error| SkuTableError::Row {
            line: error.position().map_or(0, csv::Position::line),
            problem: "the row has another number of columns than the header, or is not text".into(),
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let wrong = |problem: String| SkuTableError::Row { line, problem };
        let cell = |column: Option<usize>| {
            column.and_then(|index| record.get(index)).filter(|text| !text.is_empty())
        };
        let sku = cell(Some(columns.sku))
            .and_then(SellerSku::new)
            .ok_or_else(|| wrong("the SKU is empty".into()))?;
        let product = cell(columns.product).and_then(ProductCode::new);
        let vat_class = cell(columns.vat_class)
            .map(|text| {
                VatClass::parse(text).ok_or_else(|| {
                    wrong(format!("`{text}` is no VAT class: use standard, reduced, zero or exempt"))
                })
            })
            .transpose()?;
        let nominal = cell(columns.nominal)
            .map(|text| {
                text.parse()
                    .map(NominalCode)
                    .map_err(|_| wrong(format!("`{text}` is no nominal code: use a number such as 4000")))
            })
            .transpose()?;
        if let Some(earlier) = self.rows.get(&sku) {
            return Err(wrong(format!(
                "the SKU `{sku}` stands on line {} already: keep one of them",
                earlier.line
            )));
        }
        self.rows.insert(sku, SkuMapping { product, vat_class, nominal, line });
        Ok(())
    }
}

/// Where each column stands.
struct Columns {
    sku: usize,
    product: Option<usize>,
    vat_class: Option<usize>,
    nominal: Option<usize>,
}

impl Columns {
    fn from_header(reader: &mut csv::Reader<&[u8]>) -> Result<Self, Vec<SkuTableError>> {
        let header = reader.headers().map_err(|_| vec![SkuTableError::NoSkuColumn])?;
        let unknown: Vec<SkuTableError> = header
            .iter()
            .filter(|name| !["seller-sku", "kashflow-product", "vat-class", "nominal"].contains(name))
            .map(|name| SkuTableError::UnknownColumn(name.to_owned()))
            .collect();
        let position = |wanted: &str| header.iter().position(|name| name == wanted);
        let Some(sku) = position("seller-sku") else { return Err(vec![SkuTableError::NoSkuColumn]) };
        if !unknown.is_empty() {
            return Err(unknown);
        }
        Ok(Columns {
            sku,
            product: position("kashflow-product"),
            vat_class: position("vat-class"),
            nominal: position("nominal"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_read_and_cells_may_be_empty() {
        let table =
            SkuTable::parse("seller-sku,kashflow-product,vat-class\nA 1, MUG ,\nB,,zero\n").expect("a table");
        let row = |sku: &str| table.get(&SellerSku::new(sku).expect("a sku")).expect(sku).clone();
        assert_eq!(row("A 1").product, ProductCode::new("MUG"));
        assert_eq!((row("B").product, row("B").vat_class, row("B").line), (None, Some(VatClass::Zero), 3));
    }

    #[test]
    fn every_bad_row_is_named_with_its_line() {
        let problems = SkuTable::parse("seller-sku,vat-class\nA,luxury\n,zero\nB,zero\nB,zero\n")
            .expect_err("four rows");
        let texts: Vec<String> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "line 2: `luxury` is no VAT class: use standard, reduced, zero or exempt",
                "line 3: the SKU is empty",
                "line 5: the SKU `B` stands on line 4 already: keep one of them",
            ]
        );
    }

    #[test]
    fn a_header_without_the_sku_or_with_a_misspelt_column_is_refused() {
        assert_eq!(SkuTable::parse("sku,product\nA,B\n"), Err(vec![SkuTableError::NoSkuColumn]));
        assert!(matches!(
            SkuTable::parse("seller-sku,vatclass\nA,zero\n").expect_err("a misspelling").as_slice(),
            [SkuTableError::UnknownColumn(name)] if name == "vatclass"
        ));
    }
}
