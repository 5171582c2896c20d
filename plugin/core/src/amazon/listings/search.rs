//! `searchListingsItems`: what the offers of up to twenty SKUs show.

use serde::Deserialize;

use crate::amazon::failure;
use crate::amazon::path_segment::segment;
use crate::amazon::usage_plan::SEARCH_LISTINGS_ITEMS;
use crate::canonical::{Fulfilment, MarketplaceId, Offer, SellerId, SellerSku, Units};
use crate::limits::OFFER_SKUS_MAX;
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::{Issue, MERCHANT, problems};

const OPERATION: &str = "searchListingsItems";

/// `GET /listings/2021-08-01/items/{sellerId}` by SKU; usage plan 5 a second, burst 5.
pub struct SearchListingsItems<'a> {
    pub host: &'static str,
    pub seller: &'a SellerId,
    pub marketplace: &'a MarketplaceId,
    /// 1 to [`OFFER_SKUS_MAX`].
    pub skus: &'a [SellerSku],
}

#[derive(Deserialize)]
struct Answer {
    items: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    sku: String,
    #[serde(default)]
    fulfillment_availability: Vec<Availability>,
    #[serde(default)]
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Availability {
    fulfillment_channel_code: String,
    quantity: Option<i64>,
}

impl Call for SearchListingsItems<'_> {
    /// The offers that there are; a SKU without one is missing. A listing that says of no way of sending it is no
    /// offer yet.
    type Answer = Vec<Offer>;

    fn request(&self) -> HttpRequest {
        let skus: Vec<String> = self.skus.iter().map(|sku| segment(sku.as_str())).collect();
        HttpRequest {
            operation: OPERATION,
            method: Method::Get,
            host: self.host.into(),
            path: format!(
                "/listings/2021-08-01/items/{}?marketplaceIds={}&identifiersType=SKU&identifiers={}\
                 &includedData=fulfillmentAvailability,issues&pageSize={OFFER_SKUS_MAX}",
                segment(self.seller.as_str()),
                segment(self.marketplace.as_str()),
                skus.join(",")
            ),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Vec<Offer>, CallFailure> {
        let subject = match self.skus {
            [sku] => format!("SKU {sku}"),
            skus => format!("{} SKUs", skus.len()),
        };
        if response.status != 200 {
            return Err(failure::classify(OPERATION, SEARCH_LISTINGS_ITEMS, &subject, response));
        }
        let unreadable = |problem: &str| failure::unreadable(OPERATION, &subject, problem);
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        let offers: Result<Vec<Option<Offer>>, &str> = answer.items.into_iter().map(offer).collect();
        Ok(offers.map_err(unreadable)?.into_iter().flatten().collect())
    }
}

/// An offer with any of Amazon's channels is Amazon's to send, whatever else it says: a quantity of the merchant's
/// own would turn it into one that the merchant has to send.
fn offer(item: Item) -> Result<Option<Offer>, &'static str> {
    let sku = SellerSku::new(item.sku).ok_or("an item has no SKU")?;
    let problems = problems(&item.issues);
    let availability = item.fulfillment_availability;
    if availability.iter().any(|availability| availability.fulfillment_channel_code != MERCHANT) {
        return Ok(Some(Offer { sku, fulfilment: Fulfilment::ByAmazon, units: None, problems }));
    }
    let Some(merchant) = availability.into_iter().next() else { return Ok(None) };
    let units = Units(merchant.quantity.unwrap_or(0));
    Ok(Some(Offer { sku, fulfilment: Fulfilment::ByMerchant, units: Some(units), problems }))
}
