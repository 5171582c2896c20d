//! The chart of accounts and the VAT rates of one set of books.
//!
//! Nominal ids differ from account to account, so a posting is made with both: the code that people
//! know and the id that the books want. Absent on purpose: which nominal a posting takes.

use std::collections::BTreeMap;

use super::ids::{NominalCode, NominalId};
use super::vat::VatRate;

/// A nominal account.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Nominal {
    pub code: NominalCode,
    pub id: NominalId,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Chart {
    nominals: BTreeMap<NominalCode, NominalId>,
    vat_rates: Vec<VatRate>,
}

impl Chart {
    pub fn new(nominals: impl IntoIterator<Item = Nominal>, vat_rates: Vec<VatRate>) -> Self {
        let nominals = nominals.into_iter().map(|nominal| (nominal.code, nominal.id)).collect();
        Chart { nominals, vat_rates }
    }

    pub fn nominal(&self, code: NominalCode) -> Option<Nominal> {
        self.nominals.get(&code).map(|id| Nominal { code, id: *id })
    }

    pub fn nominals(&self) -> impl Iterator<Item = Nominal> + '_ {
        self.nominals.iter().map(|(code, id)| Nominal { code: *code, id: *id })
    }

    pub fn vat_rates(&self) -> &[VatRate] {
        &self.vat_rates
    }

    pub fn has_vat_rate(&self, rate: VatRate) -> bool {
        self.vat_rates.contains(&rate)
    }
}
