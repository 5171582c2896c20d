//! What a person names a row by on the command line, and the nominal that a rule means for a connection.

use plugin_core::canonical::{CountryCode, MarketplaceId};
use plugin_core::mapping::settlement::{PostingNominal, PostingRule, country_of};

use super::Terms;

/// The nominal of a rule in words, and its code where there is one.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExplainedNominal {
    pub name: &'static str,
    pub code: Option<i64>,
}

/// The country of a marketplace, by its code (`GB`, or Amazon's `UK`) or by the marketplace's id.
pub fn country(text: &str) -> Option<CountryCode> {
    if text.eq_ignore_ascii_case("UK") {
        return Some(CountryCode::GB);
    }
    CountryCode::parse(text).or_else(|| country_of(&MarketplaceId::new(text)?))
}

/// Where a rule posts to, with the nominal code of the connection whose `terms` are given.
pub fn nominal(rule: &PostingRule, terms: Option<&Terms>, marketplace: CountryCode) -> ExplainedNominal {
    let code = terms.and_then(|terms| match rule.nominal {
        PostingNominal::Role(role) => Some(terms.settlements.nominal(role)),
        PostingNominal::PayoutAccount => {
            let is_of_it = |id: &&MarketplaceId| country_of(id) == Some(marketplace);
            let id = terms.settings.marketplaces.keys().find(is_of_it)?;
            terms.settings.marketplaces[id].payout_account
        }
        PostingNominal::Invoice | PostingNominal::OriginalSale => None,
    });
    ExplainedNominal { name: rule.nominal.name(), code: code.map(|code| code.0) }
}
