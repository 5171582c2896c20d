//! Listings Items API 2021-08-01: `patchListingsItem`.
//!
//! Accepted is not done: the answer says that Amazon has understood, and the offer changes later or gets an issue
//! (`stock`). A preview changes nothing. Stating an availability of the channel `DEFAULT` for goods that Amazon sends
//! turns the offer into one that the merchant fulfils, which Amazon does without a word. Absent on purpose: the
//! identifiers of a preview.

use serde_json::{Value, json};

use super::listing_json::{ListingDataset, included_data, issues_json};
use super::listing_patch::{PatchRefusal, patches};
use super::operation::Call;
use super::parameters::one_marketplace;
use super::problem::Problem;
use crate::twin::world::ids::Sku;
use crate::twin::world::marketplace::UNITED_KINGDOM;

pub(super) fn patch_listings_item(call: &Call<'_>) -> Result<Value, Problem> {
    call.require_own_seller()?;
    let included = included_data(&call.query, ListingDataset::Issues)?;
    if included.iter().any(|dataset| *dataset != ListingDataset::Issues) {
        return Err(Problem::invalid_input("includedData has an invalid value."));
    }
    let marketplace = one_marketplace(&call.query, "marketplaceIds")?;
    let preview = match call.query.one("mode")? {
        None => false,
        Some("VALIDATION_PREVIEW") => true,
        Some(_) => return Err(Problem::invalid_input("mode has an invalid value.")),
    };
    let request: Value = serde_json::from_slice(&call.body).map_err(|_| Problem::cannot_be_parsed())?;
    let sku = Sku::new(call.path_parameter("sku"));
    let mut stock = call.service.stock();
    let listing = stock.offers.get(&sku).filter(|_| marketplace == UNITED_KINGDOM.id);
    let (status, issues) = match patches(&request, listing.ok_or_else(Problem::not_found)?) {
        Err(PatchRefusal::Malformed(details)) => return Err(Problem::invalid_input(details)),
        Err(PatchRefusal::Invalid(issues)) => ("INVALID", issues),
        Ok(_) if preview => ("VALID", Vec::new()),
        Ok(patches) => {
            stock.offers.submit(sku.clone(), patches, call.now);
            ("ACCEPTED", Vec::new())
        }
    };
    Ok(json!({
        "sku": sku.as_str(),
        "status": status,
        "submissionId": stock.submission_id(),
        "issues": issues_json(&issues),
    }))
}
