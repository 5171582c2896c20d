//! What a patch of a listing says, and whether Amazon accepts it.
//!
//! A patch that is no patch is a bad request; one that says something impossible of the listing is understood and
//! invalid. Codes and messages of issues are those that integrators report from production. Sources: Listings Items
//! API 2021-08-01, `ListingsItemPatchRequest`, and its use case guide. Absent on purpose: all attributes but the
//! availability, `delete`, and offers with two channels at once.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::stock::{AVAILABILITY, AvailabilityPatch, AvailabilityValue, PatchKind};
use crate::twin::world::stock::{Availability, IssueSeverity, Listing, ListingIssue};

/// The product type that fits every product where only the offer is patched.
const ANY_PRODUCT_TYPE: &str = "PRODUCT";

/// Why patches are not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum PatchRefusal {
    /// The request is none, with what is wrong with it.
    Malformed(String),
    /// The request is understood, and says what cannot be.
    Invalid(Vec<ListingIssue>),
}

impl From<ListingIssue> for PatchRefusal {
    fn from(issue: ListingIssue) -> Self {
        PatchRefusal::Invalid(vec![issue])
    }
}

/// The patches of a request (a body of `patchListingsItem`, or a message of a feed) for this listing.
pub(super) fn patches(request: &Value, listing: &Listing) -> Result<Vec<AvailabilityPatch>, PatchRefusal> {
    let product_type = request["productType"].as_str().filter(|text| !text.is_empty());
    let product_type = product_type.ok_or_else(|| malformed("productType is missing."))?;
    let stated = request["patches"].as_array().filter(|patches| !patches.is_empty());
    let stated = stated.ok_or_else(|| malformed("patches is missing."))?;
    let mut understood = Vec::with_capacity(stated.len());
    for (index, patch) in stated.iter().enumerate() {
        understood.push(understand(patch, index)?);
    }
    if ![ANY_PRODUCT_TYPE, &listing.product_type].contains(&product_type) {
        return Err(issue("4000001", "The provided value for 'productType' is invalid.", &[]).into());
    }
    let mut present = listing.availability.clone();
    let mut patches = Vec::with_capacity(understood.len());
    for (kind, attribute, values) in understood {
        if attribute != AVAILABILITY {
            return Err(issue("90000900", "The attributes are invalid.", &[attribute]).into());
        }
        let patch = AvailabilityPatch { kind, value: availability(values, kind, &present)? };
        present = patch.applied_to(&present);
        patches.push(patch);
    }
    Ok(patches)
}

fn malformed(details: impl Into<String>) -> PatchRefusal {
    PatchRefusal::Malformed(details.into())
}

/// Operation, attribute and value of a patch.
fn understand(patch: &Value, index: usize) -> Result<(PatchKind, &str, &[Value]), PatchRefusal> {
    let kind = match patch["op"].as_str() {
        Some("merge") => PatchKind::Merge,
        // To add is to replace (description of the operation in the model).
        Some("replace" | "add") => PatchKind::Replace,
        _ => return Err(malformed(format!("Operation is invalid for patch at index of {index}."))),
    };
    let path = patch["path"].as_str().and_then(|path| path.strip_prefix("/attributes/"));
    let attribute = path.filter(|attribute| !attribute.is_empty() && !attribute.contains('/'));
    let attribute =
        attribute.ok_or_else(|| malformed(format!("Path is invalid for patch at index of {index}.")))?;
    let values = patch["value"].as_array().filter(|values| !values.is_empty());
    let values = values.filter(|values| values.iter().all(Value::is_object));
    let values =
        values.ok_or_else(|| malformed(format!("Value is missing for patch at index of {index}.")))?;
    Ok((kind, attribute, values))
}

/// The one availability that a patch states.
fn availability(
    values: &[Value],
    kind: PatchKind,
    present: &Availability,
) -> Result<AvailabilityValue, ListingIssue> {
    let [Value::Object(fields)] = values else { return Err(invalid(AVAILABILITY)) };
    match fields.get("fulfillment_channel_code").map(Value::as_str) {
        None => Err(missing("fulfillment_channel_code")),
        // Amazon counts what it sends itself.
        Some(Some("AMAZON_EU")) if fields.get("quantity").is_none_or(|quantity| *quantity == 0) => {
            Ok(AvailabilityValue::Amazon)
        }
        Some(Some("DEFAULT")) => {
            let quantity = whole_number(fields, "quantity")?;
            let is_kept = kind == PatchKind::Merge && *present != Availability::Amazon;
            if quantity.is_none() && !is_kept {
                return Err(missing("quantity"));
            }
            let restock_date = match fields.get("restock_date") {
                None => None,
                Some(date) => Some(day(date).ok_or_else(|| invalid("restock_date"))?),
            };
            let lead_time_to_ship_max_days = whole_number(fields, "lead_time_to_ship_max_days")?;
            Ok(AvailabilityValue::Merchant { quantity, restock_date, lead_time_to_ship_max_days })
        }
        Some(_) => Err(invalid("fulfillment_channel_code")),
    }
}

/// A field that is a number from nothing upwards, if it is there.
fn whole_number(fields: &Map<String, Value>, name: &str) -> Result<Option<u32>, ListingIssue> {
    let Some(value) = fields.get(name) else { return Ok(None) };
    let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
    number.map(Some).ok_or_else(|| invalid(name))
}

/// A date, or the date of a time.
fn day(value: &Value) -> Option<NaiveDate> {
    value.as_str()?.get(..10)?.parse().ok()
}

fn invalid(field: &str) -> ListingIssue {
    issue("4000001", &format!("The provided value for '{field}' is invalid."), &[AVAILABILITY])
}

fn missing(field: &str) -> ListingIssue {
    let message = format!(
        "The field '{field}' for the attribute '{AVAILABILITY}' does not have enough values. \
         The required minimum is '1' value(s)."
    );
    ListingIssue {
        categories: vec!["INVALID_ATTRIBUTE".to_owned()],
        ..issue("99022", &message, &[AVAILABILITY])
    }
}

pub(super) fn issue(code: &str, message: &str, attributes: &[&str]) -> ListingIssue {
    ListingIssue {
        code: code.to_owned(),
        message: message.to_owned(),
        severity: IssueSeverity::Error,
        attribute_names: attributes.iter().map(|name| (*name).to_owned()).collect(),
        categories: Vec::new(),
    }
}
