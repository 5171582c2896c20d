//! The chart of accounts.
//!
//! Every KashFlow account edits its own chart, so ids and codes differ from account to account. This one follows
//! the usual British plan, with the sales and purchase nominals that a marketplace seller adds.
//! Archiving and classification are absent.

use super::identifiers::{NominalCode, NominalId};
use super::refusal::Refusal;

pub const DEBTORS_CONTROL: NominalCode = NominalCode::new(1100);
pub const CREDITORS_CONTROL: NominalCode = NominalCode::new(2100);
pub const SALES_TAX_CONTROL: NominalCode = NominalCode::new(2200);
pub const PURCHASE_TAX_CONTROL: NominalCode = NominalCode::new(2201);
/// Where a line with `ChargeType` 0 ("Other") is posted.
pub const OTHER_INCOME: NominalCode = NominalCode::new(4910);

const FIRST_NOMINAL_ID: i32 = 17_387_826;

/// Where KashFlow offers the nominal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NominalKind {
    /// A sales type: what KashFlow's API calls a product.
    Sales,
    /// An outgoing type.
    Purchase,
    /// Behind a bank account.
    Bank,
    /// An asset or a liability that people post to.
    BalanceSheet,
    /// Posted to by KashFlow itself.
    Control,
}

#[derive(Debug, Clone)]
pub struct Nominal {
    pub id: NominalId,
    pub code: NominalCode,
    pub name: String,
    pub kind: NominalKind,
}

#[derive(Debug, Clone)]
pub struct Chart(Vec<Nominal>);

impl Chart {
    pub fn standard_uk() -> Self {
        let mut chart = Self(Vec::new());
        for (code, name, kind) in STANDARD_UK {
            chart.push(NominalCode::new(*code), (*name).to_owned(), *kind);
        }
        chart
    }

    /// # Errors
    /// `NominalCodeNotUnique` when the chart has the code already.
    pub fn add(
        &mut self,
        code: NominalCode,
        name: impl Into<String>,
        kind: NominalKind,
    ) -> Result<NominalId, Refusal> {
        match self.by_code(code) {
            Ok(_) => Err(Refusal::NominalCodeNotUnique(code)),
            Err(_) => Ok(self.push(code, name.into(), kind)),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = &Nominal> {
        self.0.iter()
    }

    /// # Errors
    /// `NoNominalWithId` when the account has no such nominal; a code is no id.
    pub fn by_id(&self, id: i32) -> Result<&Nominal, Refusal> {
        self.0.iter().find(|nominal| nominal.id.get() == id).ok_or(Refusal::NoNominalWithId(id))
    }

    /// # Errors
    /// `NoNominalWithCode` when the chart does not have the code.
    pub fn by_code(&self, code: NominalCode) -> Result<&Nominal, Refusal> {
        self.0.iter().find(|nominal| nominal.code == code).ok_or(Refusal::NoNominalWithCode(code))
    }

    fn push(&mut self, code: NominalCode, name: String, kind: NominalKind) -> NominalId {
        let position = i32::try_from(self.0.len()).expect("a chart is short");
        let id = NominalId::new(FIRST_NOMINAL_ID + position);
        self.0.push(Nominal { id, code, name, kind });
        id
    }
}

use NominalKind::{BalanceSheet, Bank, Control, Purchase, Sales};

const STANDARD_UK: &[(i32, &str, NominalKind)] = &[
    (4000, "Sales", Sales),
    (4001, "Gift wrap", Sales),
    (4009, "Discounts", Sales),
    (4010, "Marketplace-liable sales", Sales),
    (4020, "Exports", Sales),
    (4030, "Sales outside the UK", Sales),
    (4100, "Earlier Amazon sales", Sales),
    (4905, "Distribution and Carriage", Sales),
    (4910, "Other income", Sales),
    (5000, "Materials Purchased", Purchase),
    (5100, "Carriage", Purchase),
    (6100, "Sales Commissions", Purchase),
    (6110, "Fulfilment fees", Purchase),
    (6120, "Marketplace storage", Purchase),
    (6201, "Advertising", Purchase),
    (7501, "Postage", Purchase),
    (1200, "Bank current account", Bank),
    (1249, "Amazon UK clearing", Bank),
    (1260, "Amazon EU clearing", Bank),
    (1100, "Debtors Control Account", Control),
    (2100, "Creditors Control Account", Control),
    (2200, "Sales Tax Control Account", Control),
    (2201, "Purchase Tax Control Account", Control),
    (9998, "Suspense Account", Control),
    (1250, "Amazon reserve", BalanceSheet),
    (1253, "Amazon inter-marketplace", BalanceSheet),
    (2300, "Amazon loan", BalanceSheet),
    (4040, "Liquidations", Sales),
    (4101, "Goodwill to buyers", Sales),
    (6130, "Eco contributions", Purchase),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_never_ids() {
        let chart = Chart::standard_uk();
        for nominal in chart.iter() {
            assert_eq!(chart.by_code(nominal.code).unwrap().id, nominal.id);
            assert!(chart.by_id(nominal.code.get()).is_err());
        }
        for code in
            [DEBTORS_CONTROL, CREDITORS_CONTROL, SALES_TAX_CONTROL, PURCHASE_TAX_CONTROL, OTHER_INCOME]
        {
            assert!(chart.by_code(code).is_ok(), "{code}");
        }
    }

    #[test]
    fn an_added_nominal_must_be_new() {
        let mut chart = Chart::standard_uk();
        let refused = chart.add(NominalCode::new(4000), "Again", Sales);
        assert_eq!(refused, Err(Refusal::NominalCodeNotUnique(NominalCode::new(4000))));
        let id = chart.add(NominalCode::new(4050), "Wholesale", Sales).unwrap();
        assert_eq!(chart.by_id(id.get()).unwrap().name, "Wholesale");
    }
}
