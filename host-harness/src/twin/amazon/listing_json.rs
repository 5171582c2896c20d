//! A listing as the Listings Items API 2021-08-01 shows it, and an issue.
//!
//! Only the datasets that were asked for are there. Absent on purpose: images, prices, offers, procurement and
//! relationships, which nothing here needs: asking for them is allowed and brings nothing.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::order_json::seconds;
use super::parameters::Query;
use super::problem::Problem;
use super::stock::{AVAILABILITY, Stock};
use crate::twin::world::ids::Sku;
use crate::twin::world::marketplace::UNITED_KINGDOM;
use crate::twin::world::stock::{Availability, Listing, ListingIssue};

/// A part of a listing that an answer contains only when asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum ListingDataset {
    Summaries,
    Attributes,
    Issues,
    Offers,
    FulfilmentAvailability,
    Procurement,
    Relationships,
    ProductTypes,
}

/// The datasets that a request asks for: `default` where it names none.
pub(super) fn included_data(
    query: &Query,
    default: ListingDataset,
) -> Result<BTreeSet<ListingDataset>, Problem> {
    let parse = |text: &str| match text {
        "summaries" => Some(ListingDataset::Summaries),
        "attributes" => Some(ListingDataset::Attributes),
        "issues" => Some(ListingDataset::Issues),
        "offers" => Some(ListingDataset::Offers),
        "fulfillmentAvailability" => Some(ListingDataset::FulfilmentAvailability),
        "procurement" => Some(ListingDataset::Procurement),
        "relationships" => Some(ListingDataset::Relationships),
        "productTypes" => Some(ListingDataset::ProductTypes),
        _ => None,
    };
    let mut included: BTreeSet<ListingDataset> = query.list("includedData", parse)?.into_iter().collect();
    if included.is_empty() {
        included.insert(default);
    }
    Ok(included)
}

pub(super) fn item_json(
    stock: &Stock,
    sku: &Sku,
    listing: &Listing,
    included: &BTreeSet<ListingDataset>,
) -> Value {
    let mut json = Map::new();
    json.insert("sku".to_owned(), sku.as_str().into());
    for dataset in included {
        let (name, value) = match dataset {
            ListingDataset::Summaries => ("summaries", json!([summary(stock, sku, listing)])),
            ListingDataset::Attributes => ("attributes", attributes(listing)),
            ListingDataset::Issues => ("issues", issues_json(&listing.issues)),
            ListingDataset::FulfilmentAvailability => {
                ("fulfillmentAvailability", json!([fulfilment_availability(&listing.availability)]))
            }
            ListingDataset::ProductTypes => {
                let product_type = &listing.product_type;
                ("productTypes", json!([{ "marketplaceId": UNITED_KINGDOM.id, "productType": product_type }]))
            }
            ListingDataset::Offers | ListingDataset::Procurement | ListingDataset::Relationships => continue,
        };
        json.insert(name.to_owned(), value);
    }
    Value::Object(json)
}

pub(super) fn issues_json(issues: &[ListingIssue]) -> Value {
    let issue = |issue: &ListingIssue| {
        json!({
            "code": issue.code,
            "message": issue.message,
            "severity": issue.severity.name(),
            "attributeNames": issue.attribute_names,
            "categories": issue.categories,
        })
    };
    issues.iter().map(issue).collect()
}

/// Buyers can find everything that is listed, and buy what there is some of.
fn summary(stock: &Stock, sku: &Sku, listing: &Listing) -> Value {
    let mut json = json!({
        "marketplaceId": UNITED_KINGDOM.id,
        "asin": listing.asin.as_str(),
        "productType": listing.product_type,
        "conditionType": "new_new",
        "itemName": listing.item_name,
        "createdDate": seconds(listing.created_at),
        "lastUpdatedDate": seconds(listing.last_updated_at),
    });
    let available = match &listing.availability {
        Availability::Amazon => {
            json["fnSku"] = stock.goods(sku).fn_sku.as_str().into();
            stock.counts(sku).map_or(0, |counts| counts.fulfillable)
        }
        Availability::Merchant(stated) => stated.quantity,
    };
    json["status"] = if available > 0 { json!(["BUYABLE", "DISCOVERABLE"]) } else { json!(["DISCOVERABLE"]) };
    json
}

fn channel(availability: &Availability) -> &'static str {
    match availability {
        Availability::Amazon => "AMAZON_EU",
        Availability::Merchant(_) => "DEFAULT",
    }
}

fn fulfilment_availability(availability: &Availability) -> Value {
    let mut json = json!({ "fulfillmentChannelCode": channel(availability) });
    if let Availability::Merchant(stated) = availability {
        json["quantity"] = stated.quantity.into();
    }
    json
}

fn attributes(listing: &Listing) -> Value {
    let marketplace = UNITED_KINGDOM.id;
    let mut availability = json!({
        "fulfillment_channel_code": channel(&listing.availability),
        "marketplace_id": marketplace,
    });
    if let Availability::Merchant(stated) = &listing.availability {
        availability["quantity"] = stated.quantity.into();
        if let Some(date) = stated.restock_date {
            availability["restock_date"] = date.to_string().into();
        }
        if let Some(days) = stated.lead_time_to_ship_max_days {
            availability["lead_time_to_ship_max_days"] = days.into();
        }
    }
    json!({
        "item_name": [{
            "value": listing.item_name, "language_tag": "en_GB", "marketplace_id": marketplace,
        }],
        "condition_type": [{ "value": "new_new", "marketplace_id": marketplace }],
        AVAILABILITY: [availability],
    })
}
