//! The settings of settlements: where each kind of money goes.
//!
//! They exist where any key begins with `settlement.`. Absent on purpose: what the tables of rules mean
//! (`mapping::settlement::RuleBook`), which are kept as text here.

use std::collections::BTreeMap;

use crate::canonical::{NominalCode, SupplierCode};

use super::reader::Reader;

/// What begins the keys of settlements.
pub(super) const SECTION: &str = "settlement.";

/// Who charges the fees to a seller in the United Kingdom since 1 August 2024, in Amazon's words.
const SUPPLIER_NAME: &str = "Amazon EU S.à r.l., UK Branch";

/// The nominals that settlements are posted to, by what they are for. Codes are the connection's.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum NominalRole {
    SellingFees,
    FulfilmentFees,
    StorageFees,
    Advertising,
    Postage,
    EcoContributions,
    OtherIncome,
    Liquidations,
    /// What is given to buyers beyond the price.
    Goodwill,
    /// Sales of before the connection, already in the books in another way.
    EarlierSales,
    /// What Amazon keeps back, or is owed.
    Reserve,
    Loan,
    InterMarketplace,
    Suspense,
}

impl NominalRole {
    pub const ALL: [NominalRole; 14] = [
        NominalRole::SellingFees,
        NominalRole::FulfilmentFees,
        NominalRole::StorageFees,
        NominalRole::Advertising,
        NominalRole::Postage,
        NominalRole::EcoContributions,
        NominalRole::OtherIncome,
        NominalRole::Liquidations,
        NominalRole::Goodwill,
        NominalRole::EarlierSales,
        NominalRole::Reserve,
        NominalRole::Loan,
        NominalRole::InterMarketplace,
        NominalRole::Suspense,
    ];

    /// The name of its setting, below `nominals.`, and its word in a table of rules.
    pub fn name(self) -> &'static str {
        match self {
            NominalRole::SellingFees => "selling-fees",
            NominalRole::FulfilmentFees => "fulfilment-fees",
            NominalRole::StorageFees => "storage-fees",
            NominalRole::Advertising => "advertising",
            NominalRole::Postage => "postage",
            NominalRole::EcoContributions => "eco-contributions",
            NominalRole::OtherIncome => "other-income",
            NominalRole::Liquidations => "liquidations",
            NominalRole::Goodwill => "goodwill",
            NominalRole::EarlierSales => "earlier-sales",
            NominalRole::Reserve => "reserve",
            NominalRole::Loan => "loan",
            NominalRole::InterMarketplace => "inter-marketplace",
            NominalRole::Suspense => "suspense",
        }
    }

    /// The role of a [`name`](Self::name). Case does not matter.
    pub fn parse(text: &str) -> Option<Self> {
        NominalRole::ALL.into_iter().find(|role| role.name().eq_ignore_ascii_case(text.trim()))
    }

    /// The key of its setting.
    fn key(self) -> String {
        format!("nominals.{}", self.name())
    }
}

/// What happens to a payment or refund of an order that is not in the books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum UnknownOrders {
    /// It waits for a person, and the rest is posted.
    Hold,
    /// It goes to the suspense nominal, and a person is told.
    Suspense,
    /// It goes to the nominal of earlier sales.
    EarlierSales,
}

/// How settlements are posted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settlements {
    pub supplier_code: SupplierCode,
    pub supplier_name: String,
    /// The name of a payment method in KashFlow; the first of the account's where none is set.
    pub payment_method: Option<String>,
    pub unknown_orders: UnknownOrders,
    pub nominals: BTreeMap<NominalRole, NominalCode>,
    /// Rules of the connection's own, as tables; they go before the built-in ones.
    pub category_rules: String,
    pub posting_rules: String,
}

impl Settlements {
    /// The nominal of a role. Every role has one but that of earlier sales where nothing goes there; suspense then.
    pub fn nominal(&self, role: NominalRole) -> NominalCode {
        let suspense = || self.nominals.get(&NominalRole::Suspense);
        self.nominals
            .get(&role)
            .or_else(suspense)
            .copied()
            .expect("settings without a suspense nominal are refused")
    }

    /// Each configured nominal with the name of its setting.
    pub fn named(&self) -> Vec<(String, NominalCode)> {
        self.nominals.iter().map(|(role, code)| (role.key(), *code)).collect()
    }
}

/// `None` where settlements are not configured, `Some(None)` where they are and something is wrong.
pub(super) fn read(reader: &mut Reader<'_>) -> Option<Option<Settlements>> {
    reader.has_below(SECTION).then(|| read_configured(reader))
}

fn read_configured(reader: &mut Reader<'_>) -> Option<Settlements> {
    let not_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let supplier_code = reader.parsed(
        "settlement.supplier-code",
        None,
        "a KashFlow supplier code of letters and digits, for example AMAZONEU",
        |text| SupplierCode::new(text),
    );
    let supplier_name =
        reader.parsed("settlement.supplier-name", Some(SUPPLIER_NAME.to_owned()), "a name", not_empty);
    let payment_method = reader.parsed(
        "settlement.payment-method",
        Some(None),
        "the name of a payment method of KashFlow, or remove it",
        |text| not_empty(text).map(Some),
    );
    let unknown_orders = reader.choice(
        "settlement.unknown-orders",
        Some(UnknownOrders::Hold),
        &[
            ("hold", UnknownOrders::Hold),
            ("suspense", UnknownOrders::Suspense),
            ("earlier-sales", UnknownOrders::EarlierSales),
        ],
    );
    let nominals = read_nominals(reader, unknown_orders);
    let category_rules = reader.text("settlement.category-rules").unwrap_or_default().to_owned();
    let posting_rules = reader.text("settlement.posting-rules").unwrap_or_default().to_owned();
    Some(Settlements {
        supplier_code: supplier_code?,
        supplier_name: supplier_name?,
        payment_method: payment_method?,
        unknown_orders: unknown_orders?,
        nominals: nominals?,
        category_rules,
        posting_rules,
    })
}

/// Every role has its nominal, except that of earlier sales where the policy needs none.
fn read_nominals(
    reader: &mut Reader<'_>,
    unknown_orders: Option<UnknownOrders>,
) -> Option<BTreeMap<NominalRole, NominalCode>> {
    let mut nominals = BTreeMap::new();
    let mut complete = true;
    for role in NominalRole::ALL {
        let key = role.key();
        let needed = role != NominalRole::EarlierSales || unknown_orders == Some(UnknownOrders::EarlierSales);
        if !needed && !reader.has(&key) {
            continue;
        }
        match reader.nominal(&key) {
            Some(code) => drop(nominals.insert(role, code)),
            None => complete = false,
        }
    }
    complete.then_some(nominals)
}

#[cfg(test)]
mod tests;
