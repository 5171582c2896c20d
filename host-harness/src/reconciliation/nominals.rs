//! The nominals that a connection posts settlements to.
//!
//! Absent on purpose: nominals of sales. Each order is compared as a whole.

use crate::twin::world::settlement::FeeClass;

/// By what they are for. Codes, as in the books.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SettlementNominals {
    pub clearing: i32,
    /// The bank account that Amazon pays out to.
    pub bank: i32,
    pub suspense: i32,
    pub other_income: i32,
    /// What Amazon keeps back, or is owed.
    pub reserve: i32,
    pub purchase_tax_control: i32,
    pub selling_fees: i32,
    pub fulfilment_fees: i32,
    pub storage_fees: i32,
    pub advertising: i32,
    pub postage: i32,
}

/// What the connection folder of the twins configures.
pub const NOMINALS_OF_THE_TWINS: SettlementNominals = SettlementNominals {
    clearing: 1249,
    bank: 1200,
    suspense: 9998,
    other_income: 4910,
    reserve: 1250,
    purchase_tax_control: 2201,
    selling_fees: 6100,
    fulfilment_fees: 6110,
    storage_fees: 6120,
    advertising: 6201,
    postage: 7501,
};

impl SettlementNominals {
    /// The nominal of a class of fees; two classes have one.
    pub fn of_fee(&self, class: FeeClass) -> i32 {
        match class {
            FeeClass::Selling | FeeClass::Subscription => self.selling_fees,
            FeeClass::Fulfilment => self.fulfilment_fees,
            FeeClass::Storage => self.storage_fees,
            FeeClass::Advertising => self.advertising,
            FeeClass::Postage => self.postage,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NOMINALS_OF_THE_TWINS as NOMINALS;

    #[test]
    fn they_are_those_of_the_connection_folder() {
        let configured = include_str!("../twin/connection.toml");
        for (key, code) in [
            ("clearing-account", NOMINALS.clearing),
            ("payout-account", NOMINALS.bank),
            ("nominals.suspense", NOMINALS.suspense),
            ("nominals.other-income", NOMINALS.other_income),
            ("nominals.reserve", NOMINALS.reserve),
            ("nominals.selling-fees", NOMINALS.selling_fees),
            ("nominals.fulfilment-fees", NOMINALS.fulfilment_fees),
            ("nominals.storage-fees", NOMINALS.storage_fees),
            ("nominals.advertising", NOMINALS.advertising),
            ("nominals.postage", NOMINALS.postage),
        ] {
            let line = format!("{key} = {code}");
            assert!(configured.lines().any(|configured| configured == line), "{line}");
        }
    }
}
