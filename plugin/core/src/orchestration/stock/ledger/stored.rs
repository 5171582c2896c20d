//! The stored form of standings: it outlives releases.
//!
//! `samples` keeps bytes of each version, and the tests read them all. Names are short because there are thousands.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::canonical::{
    Counted, Intended, MarketplaceId, OfferKind, OfferStanding, OnItsWay, ProductCode, ProductStanding,
    SellerSku, SkuStanding, Told, Unheeded, Units, Written,
};

use super::super::stored_time;

const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
struct Stored {
    version: u32,
    products: BTreeMap<String, StoredProduct>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredProduct {
    #[serde(skip_serializing_if = "Option::is_none")]
    written: Option<StoredUnits>,
    #[serde(default, skip_serializing_if = "is_default")]
    at_amazon: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    intended: Option<StoredIntended>,
    skus: BTreeMap<String, StoredSku>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<(String, String)>,
}

#[derive(Serialize, Deserialize)]
struct StoredUnits {
    units: i64,
    #[serde(with = "stored_time")]
    at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredIntended {
    units: i64,
    at_amazon: i64,
    #[serde(with = "stored_time")]
    at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
struct StoredSku {
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    counted: BTreeMap<String, StoredCounted>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offer: Option<StoredOffer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    told: Option<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredCounted {
    units: i64,
    #[serde(default, with = "stored_time::optional", skip_serializing_if = "Option::is_none")]
    as_of: Option<DateTime<Utc>>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredOffer {
    kind: StoredKind,
    #[serde(with = "stored_time")]
    read_at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    on_its_way: Option<StoredOnItsWay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unheeded: Option<(i64, u32)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<(i64, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum StoredKind {
    Absent,
    ByAmazon,
    ByMerchant(i64),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredOnItsWay {
    units: i64,
    #[serde(with = "stored_time")]
    at: DateTime<Utc>,
    #[serde(skip_serializing_if = "Option::is_none")]
    feed_message: Option<u32>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

pub(super) fn to_bytes(standings: &BTreeMap<ProductCode, ProductStanding>) -> Vec<u8> {
    let products = standings.iter().map(|(code, standing)| (code.to_string(), stored(standing))).collect();
    serde_json::to_vec(&Stored { version: VERSION, products }).expect("a struct of texts serialises")
}

/// `None` where the bytes are of a version or form that this release does not know.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<BTreeMap<ProductCode, ProductStanding>> {
    let Versioned { version } = serde_json::from_slice(bytes).ok()?;
    if version != VERSION {
        return None;
    }
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    let restore =
        |(code, product): (String, StoredProduct)| Some((ProductCode::new(code)?, restored(product)?));
    stored.products.into_iter().map(restore).collect()
}

fn stored(standing: &ProductStanding) -> StoredProduct {
    StoredProduct {
        written: standing.written.map(|written| StoredUnits { units: written.units.0, at: written.at }),
        at_amazon: standing.at_amazon.0,
        intended: standing.intended.map(|intended| StoredIntended {
            units: intended.units.0,
            at_amazon: intended.at_amazon.0,
            at: intended.at,
        }),
        skus: standing.skus.iter().map(|(sku, standing)| (sku.to_string(), stored_sku(standing))).collect(),
        told: standing.told.as_ref().map(|told| (told.code.clone(), told.event.clone())),
    }
}

fn stored_sku(standing: &SkuStanding) -> StoredSku {
    let counted = |(pool, counted): (&MarketplaceId, &Counted)| {
        (pool.to_string(), StoredCounted { units: counted.units.0, as_of: counted.as_of })
    };
    StoredSku {
        counted: standing.counted.iter().map(counted).collect(),
        offer: standing.offer.as_ref().map(|offer| StoredOffer {
            kind: match offer.kind {
                OfferKind::Absent => StoredKind::Absent,
                OfferKind::ByAmazon => StoredKind::ByAmazon,
                OfferKind::ByMerchant(units) => StoredKind::ByMerchant(units.0),
            },
            read_at: offer.read_at,
            on_its_way: offer.on_its_way.map(|on_its_way| StoredOnItsWay {
                units: on_its_way.units.0,
                at: on_its_way.at,
                feed_message: on_its_way.feed_message,
            }),
            unheeded: offer.unheeded.map(|unheeded| (unheeded.units.0, unheeded.times)),
            refused: offer.refused.as_ref().map(|(units, why)| (units.0, why.clone())),
        }),
        told: standing.told.as_ref().map(|told| (told.code.clone(), told.event.clone())),
    }
}

fn restored(stored: StoredProduct) -> Option<ProductStanding> {
    let skus =
        stored.skus.into_iter().map(|(sku, stored)| Some((SellerSku::new(sku)?, restored_sku(stored)?)));
    Some(ProductStanding {
        written: stored.written.map(|written| Written { units: Units(written.units), at: written.at }),
        at_amazon: Units(stored.at_amazon),
        intended: stored.intended.map(|intended| Intended {
            units: Units(intended.units),
            at_amazon: Units(intended.at_amazon),
            at: intended.at,
        }),
        skus: skus.collect::<Option<_>>()?,
        told: restored_told(stored.told),
    })
}

fn restored_told(told: Option<(String, String)>) -> Option<Told> {
    told.map(|(code, event)| Told { code, event })
}

fn restored_sku(stored: StoredSku) -> Option<SkuStanding> {
    let counted = stored.counted.into_iter().map(|(pool, counted)| {
        Some((MarketplaceId::new(pool)?, Counted { units: Units(counted.units), as_of: counted.as_of }))
    });
    let offer = stored.offer.map(|offer| OfferStanding {
        kind: match offer.kind {
            StoredKind::Absent => OfferKind::Absent,
            StoredKind::ByAmazon => OfferKind::ByAmazon,
            StoredKind::ByMerchant(units) => OfferKind::ByMerchant(Units(units)),
        },
        read_at: offer.read_at,
        on_its_way: offer.on_its_way.map(|on_its_way| OnItsWay {
            units: Units(on_its_way.units),
            at: on_its_way.at,
            feed_message: on_its_way.feed_message,
        }),
        unheeded: offer.unheeded.map(|(units, times)| Unheeded { units: Units(units), times }),
        refused: offer.refused.map(|(units, why)| (Units(units), why)),
    });
    Some(SkuStanding { counted: counted.collect::<Option<_>>()?, offer, told: restored_told(stored.told) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEDGER: &str = include_str!("../samples/ledger-version-1.json");

    /// Entries outlive releases: these bytes were written by the version that they are named after.
    #[test]
    fn samples_of_every_version_are_read_and_written_as_they_are() {
        let standings = from_bytes(LEDGER.as_bytes()).expect("a ledger");
        assert_eq!(String::from_utf8(to_bytes(&standings)).expect("JSON"), LEDGER.trim_end());
        let mug = &standings[&ProductCode::new("MUG").expect("a code")];
        assert_eq!((mug.at_amazon, mug.intended.map(|intended| intended.units)), (Units(7), Some(Units(9))));
        assert_eq!(mug.skus.len(), 3);
    }

    #[test]
    fn what_is_newer_or_damaged_is_refused() {
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("2026-10-28T11:00:00Z", "yesterday"),
            ("\"byAmazon\"", "\"byNobody\""),
            ("\"MUG\"", "\"\""),
            ("}", ""),
        ] {
            let damaged = LEDGER.replace(from, to);
            assert_ne!(damaged, LEDGER, "the sample has {from}");
            assert_eq!(from_bytes(damaged.as_bytes()), None, "{damaged}");
        }
    }
}
