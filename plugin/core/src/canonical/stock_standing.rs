//! What is known of the stock of a product: what was counted, what was written where, and what is on its way.
//!
//! One standing a product, with one of each SKU that is this product. Absent on purpose: where it is kept
//! (`orchestration::stock`), and what follows from it (`mapping::stock`).

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::ids::{MarketplaceId, SellerSku};
use super::order::Fulfilment;
use super::stock::Units;

/// A product.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProductStanding {
    /// What this plugin last wrote into the books.
    pub written: Option<Written>,
    /// How many of the units in the books lie at Amazon, where the books hold the sum.
    pub at_amazon: Units,
    /// What was about to be written when a delivery last stopped, unless it is known to be written.
    pub intended: Option<Intended>,
    pub skus: BTreeMap<SellerSku, SkuStanding>,
    pub told: Option<Told>,
}

/// What a person was last told of something, and with which event: a delivery that died as it told it has to tell it
/// again.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Told {
    /// The code of the finding.
    pub code: String,
    pub event: String,
}

/// A number that stands on the other side because it was sent there.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Written {
    pub units: Units,
    pub at: DateTime<Utc>,
}

/// A number that may be in the books by now.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Intended {
    pub units: Units,
    /// What [`ProductStanding::at_amazon`] is once it is written.
    pub at_amazon: Units,
    pub at: DateTime<Utc>,
}

/// A SKU.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SkuStanding {
    /// The units that count in Amazon's warehouses, by pool.
    pub counted: BTreeMap<MarketplaceId, Counted>,
    /// `None` where nobody has looked yet.
    pub offer: Option<OfferStanding>,
    pub told: Option<Told>,
}

/// What lies in one pool.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Counted {
    pub units: Units,
    /// When Amazon counted; `None` where it does not say.
    pub as_of: Option<DateTime<Utc>>,
}

/// What is known of an offer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferStanding {
    pub kind: OfferKind,
    pub read_at: DateTime<Utc>,
    pub on_its_way: Option<OnItsWay>,
    /// What Amazon accepted and did not show.
    pub unheeded: Option<Unheeded>,
    /// A quantity that Amazon refuses, and why.
    pub refused: Option<(Units, String)>,
}

/// What an offer is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OfferKind {
    /// Amazon has none of this SKU.
    Absent,
    ByAmazon,
    /// With the units that the offer showed when it was read.
    ByMerchant(Units),
}

/// A quantity that Amazon accepted, and that no reading has shown yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OnItsWay {
    pub units: Units,
    pub at: DateTime<Utc>,
    /// Its number in the feed that is under way; `None` where it was sent alone, or the feed is done.
    pub feed_message: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unheeded {
    pub units: Units,
    pub times: u32,
}

impl SkuStanding {
    /// Who sends the SKU to buyers; `None` where neither is known to.
    ///
    /// What lies in Amazon's warehouses is Amazon's to send, unless the offer says otherwise: units can be left there
    /// after an offer has become the merchant's.
    pub fn fulfilment(&self) -> Option<Fulfilment> {
        match self.offer.as_ref().map(|offer| offer.kind) {
            Some(OfferKind::ByMerchant(_)) => Some(Fulfilment::ByMerchant),
            Some(OfferKind::ByAmazon) => Some(Fulfilment::ByAmazon),
            Some(OfferKind::Absent) | None => (!self.counted.is_empty()).then_some(Fulfilment::ByAmazon),
        }
    }

    /// The units at Amazon, of all pools.
    pub fn at_amazon(&self) -> Option<Units> {
        (!self.counted.is_empty()).then(|| self.counted.values().map(|counted| counted.units).sum())
    }

    /// Takes a count, unless it is older than the one that is known. Gives whether it was taken.
    pub fn count(&mut self, pool: &MarketplaceId, counted: Counted) -> bool {
        match self.counted.get(pool) {
            Some(known) if known.as_of > counted.as_of => false,
            _ => {
                self.counted.insert(pool.clone(), counted);
                true
            }
        }
    }
}

impl OfferStanding {
    /// An offer as it was just read, with nothing on its way.
    pub fn read(kind: OfferKind, read_at: DateTime<Utc>) -> Self {
        OfferStanding { kind, read_at, on_its_way: None, unheeded: None, refused: None }
    }

    /// What Amazon has, or is going to have, of the merchant's units.
    pub fn believed(&self) -> Option<Units> {
        match (self.kind, self.on_its_way) {
            (OfferKind::ByMerchant(_), Some(on_its_way)) => Some(on_its_way.units),
            (OfferKind::ByMerchant(units), None) => Some(units),
            (OfferKind::Absent | OfferKind::ByAmazon, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn pool() -> MarketplaceId {
        MarketplaceId::new("A1F83G8C2ARO7P").expect("an id")
    }

    #[test]
    fn an_older_count_never_takes_the_place_of_a_newer_one() {
        let counted = |units, as_of: Option<&str>| Counted { units: Units(units), as_of: as_of.map(at) };
        let mut sku = SkuStanding::default();
        assert!(sku.count(&pool(), counted(7, Some("2026-10-28T11:00:00Z"))));
        assert!(!sku.count(&pool(), counted(9, Some("2026-10-28T10:59:59Z"))));
        assert!(!sku.count(&pool(), counted(9, None)));
        assert_eq!(sku.at_amazon(), Some(Units(7)));
        // Inbound units change without a new time.
        assert!(sku.count(&pool(), counted(8, Some("2026-10-28T11:00:00Z"))));
        assert_eq!(sku.at_amazon(), Some(Units(8)));
    }

    #[test]
    fn the_offer_says_who_sends_and_a_count_says_it_where_there_is_no_offer() {
        let mut sku = SkuStanding::default();
        assert_eq!(sku.fulfilment(), None);
        sku.count(&pool(), Counted { units: Units(1), as_of: None });
        assert_eq!(sku.fulfilment(), Some(Fulfilment::ByAmazon));
        for (kind, fulfilment) in [
            (OfferKind::ByMerchant(Units(3)), Fulfilment::ByMerchant),
            (OfferKind::ByAmazon, Fulfilment::ByAmazon),
            (OfferKind::Absent, Fulfilment::ByAmazon),
        ] {
            sku.offer = Some(OfferStanding::read(kind, at("2026-10-28T11:00:00Z")));
            assert_eq!(sku.fulfilment(), Some(fulfilment));
        }
    }

    #[test]
    fn what_is_on_its_way_is_believed() {
        let now = at("2026-10-28T11:00:00Z");
        let mut offer = OfferStanding::read(OfferKind::ByMerchant(Units(3)), now);
        assert_eq!(offer.believed(), Some(Units(3)));
        offer.on_its_way = Some(OnItsWay { units: Units(2), at: now, feed_message: None });
        assert_eq!(offer.believed(), Some(Units(2)));
        offer.kind = OfferKind::ByAmazon;
        assert_eq!(offer.believed(), None);
    }
}
