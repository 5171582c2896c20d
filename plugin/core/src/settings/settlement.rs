//! The settings of settlements: where each kind of money goes.

use std::collections::BTreeMap;

use crate::canonical::{NominalCode, SupplierCode};

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
