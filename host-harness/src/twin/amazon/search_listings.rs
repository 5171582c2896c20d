//! Listings Items API 2021-08-01: `searchListingsItems` and `getListingsItem`.
//!
//! The latest change comes first. What is not listed is missing from a search, and not found by itself. The seller's
//! listings are in the United Kingdom: elsewhere in Europe there are none. Absent on purpose: searches by status, by
//! time or by kin, and the way back through pages.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::listing_json::{ListingDataset, included_data, item_json};
use super::operation::Call;
use super::parameters::{Query, one_marketplace};
use super::problem::Problem;
use crate::twin::world::ids::Sku;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::stock::Listing;

const PAGE_SIZE_DEFAULT: usize = 10;
const PAGE_SIZE_AT_MOST: usize = 20;
const IDENTIFIERS_AT_MOST: usize = 20;
/// A search gives out no more than so many listings, however many it finds.
const LISTINGS_AT_MOST: usize = 1000;

/// What identifiers are. Amazon knows more kinds; the twin's goods have no other.
const IDENTIFIER_TYPES: [&str; 9] = ["SKU", "ASIN", "EAN", "FNSKU", "GTIN", "ISBN", "JAN", "MINSAN", "UPC"];

/// What a search is for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Selection {
    marketplace: String,
    /// `None` for all listings.
    identifiers: Option<(String, Vec<String>)>,
}

/// Where a search goes on: after so many listings, and after the one with this key.
pub(super) struct ListingsPlace {
    selection: Selection,
    given: usize,
    last: SortKey,
}

type SortKey = (Reverse<DateTime<Utc>>, Sku);

impl Selection {
    fn parse(query: &Query) -> Result<Self, Problem> {
        let marketplace = one_marketplace(query, "marketplaceIds")?;
        let identifiers = query.list("identifiers", |text| Some(text.to_owned()))?;
        if identifiers.len() > IDENTIFIERS_AT_MOST {
            return Err(Problem::invalid_input("identifiers has more than 20 values."));
        }
        let identifiers = match query.one("identifiersType")? {
            _ if identifiers.is_empty() => None,
            Some(kind) if IDENTIFIER_TYPES.contains(&kind) => Some((kind.to_owned(), identifiers)),
            _ => return Err(Problem::invalid_input("identifiers need a valid identifiersType.")),
        };
        Ok(Selection { marketplace, identifiers })
    }

    fn includes(&self, sku: &Sku, listing: &Listing) -> bool {
        let Some((kind, identifiers)) = &self.identifiers else { return true };
        let own = match kind.as_str() {
            "SKU" => sku.as_str(),
            "ASIN" => listing.asin.as_str(),
            _ => return false,
        };
        identifiers.iter().any(|wanted| wanted == own)
    }
}

pub(super) fn search_listings_items(call: &Call<'_>) -> Result<Value, Problem> {
    call.require_own_seller()?;
    let included = included_data(&call.query, ListingDataset::Summaries)?;
    let size = page_size(&call.query)?;
    let selection = Selection::parse(&call.query)?;
    let mut stock = call.service.stock();
    let (given, last) = match call.query.one("pageToken")? {
        None => (0, None),
        Some(token) => {
            let unknown = || Problem::invalid_input("pageToken has an invalid value.");
            let (place, _) = stock.listings_pages.find(token).ok_or_else(unknown)?;
            if place.selection != selection {
                let details = "The other parameters must be those of the request that gave the pageToken.";
                return Err(Problem::invalid_input(details));
            }
            (place.given, Some(place.last.clone()))
        }
    };
    let is_here = selection.marketplace == UNITED_KINGDOM.id;
    let listed = stock.offers.all().filter(|(sku, listing)| is_here && selection.includes(sku, listing));
    let mut found: Vec<(SortKey, &Listing)> =
        listed.map(|(sku, listing)| ((Reverse(listing.last_updated_at), sku.clone()), listing)).collect();
    found.sort_by(|(left, _), (right, _)| left.cmp(right));
    let number = found.len();
    let left = found.into_iter().filter(|(key, _)| last.as_ref().is_none_or(|last| key > last));
    let mut left: Vec<(SortKey, &Listing)> = left.take(LISTINGS_AT_MOST - given).collect();
    let more = left.len() > size;
    left.truncate(size);
    let items: Vec<Value> =
        left.iter().map(|((_, sku), listing)| item_json(&stock, sku, listing, &included)).collect();
    let (given, last) = (given + left.len(), left.pop().filter(|_| more).map(|(key, _)| key));
    let mut answer = json!({ "numberOfResults": number, "pagination": {}, "items": items });
    if let Some(last) = last {
        let place = ListingsPlace { selection, given, last };
        let token = stock.listings_pages.issue(place, (call.service.seed(), call.now));
        answer["pagination"]["nextToken"] = token.into();
    }
    Ok(answer)
}

pub(super) fn get_listings_item(call: &Call<'_>) -> Result<Value, Problem> {
    call.require_own_seller()?;
    let included = included_data(&call.query, ListingDataset::Summaries)?;
    let marketplace = one_marketplace(&call.query, "marketplaceIds")?;
    let sku = Sku::new(call.path_parameter("sku"));
    let stock = call.service.stock();
    let listing = stock.offers.get(&sku).filter(|_| marketplace == UNITED_KINGDOM.id);
    let listing = listing.ok_or_else(Problem::not_found)?;
    Ok(item_json(&stock, &sku, listing, &included))
}

fn page_size(query: &Query) -> Result<usize, Problem> {
    let Some(text) = query.one("pageSize")? else { return Ok(PAGE_SIZE_DEFAULT) };
    let size = text.parse().ok().filter(|size| (1..=PAGE_SIZE_AT_MOST).contains(size));
    size.ok_or_else(|| Problem::invalid_input("pageSize has an invalid value."))
}
