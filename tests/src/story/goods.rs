//! The goods of a story: how many there are on either side, and what becomes of them.

use std::collections::BTreeMap;

use serde::Deserialize;

/// What both sides have of the seller's goods, or what becomes of them.
#[derive(Deserialize, Clone, Default)]
#[serde(rename_all = "kebab-case", deny_unknown_fields, default)]
pub struct StockStory {
    /// Units in Amazon's warehouse that can be sent, by SKU.
    pub warehouse: BTreeMap<String, u32>,
    /// Units on their way there, which change without a new time.
    pub inbound: BTreeMap<String, u32>,
    /// SKUs that Amazon's summaries leave out.
    pub hidden: Vec<String>,
    /// Whether the summaries show what was before the latest change.
    pub lags: Option<bool>,
    /// Offers of the merchant's, with their units.
    pub offer: BTreeMap<String, u32>,
    /// Offers whose goods Amazon sends.
    pub amazon_offer: Vec<String>,
    /// Offers that are taken away.
    pub removed: Vec<String>,
    /// Units of the merchant's offers that are bought: Amazon takes them off by itself.
    pub bought: BTreeMap<String, u32>,
    /// SKUs whose quantities Amazon accepts and then refuses, and what it says.
    pub refuses: BTreeMap<String, String>,
    /// SKUs whose quantities Amazon takes again.
    pub takes: Vec<String>,
    /// Stock levels that a person sets in KashFlow, by product.
    pub books: BTreeMap<String, i32>,
}
