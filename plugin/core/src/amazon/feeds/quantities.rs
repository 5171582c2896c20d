//! The document of a feed of quantities: a patch of each listing, under a number of its own.

use serde::Serialize;

use crate::amazon::listings::{ATTRIBUTE, MERCHANT, PRODUCT_TYPE};
use crate::canonical::{SellerId, SellerSku, Units};

/// One quantity of a feed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FeedMessage {
    /// From 1, each once: the results name messages by it.
    pub number: u32,
    pub sku: SellerSku,
    pub units: Units,
}

#[derive(Serialize)]
struct Document<'a> {
    header: Header<'a>,
    messages: Vec<Message<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Header<'a> {
    seller_id: &'a str,
    version: &'static str,
    issue_locale: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Message<'a> {
    message_id: u32,
    sku: &'a str,
    operation_type: &'static str,
    product_type: &'static str,
    patches: [Patch; 1],
}

#[derive(Serialize)]
struct Patch {
    op: &'static str,
    path: String,
    value: [Availability; 1],
}

#[derive(Serialize)]
struct Availability {
    fulfillment_channel_code: &'static str,
    quantity: i64,
}

/// The document (Feeds API, "Listings feed type values": JSON schema of the listings feed, version 2.0).
pub fn quantities(seller: &SellerId, messages: &[FeedMessage]) -> Vec<u8> {
    let patch = |units: Units| Patch {
        op: "merge",
        path: format!("/attributes/{ATTRIBUTE}"),
        value: [Availability { fulfillment_channel_code: MERCHANT, quantity: units.0 }],
    };
    let document = Document {
        header: Header { seller_id: seller.as_str(), version: "2.0", issue_locale: "en_GB" },
        messages: messages
            .iter()
            .map(|quantity| Message {
                message_id: quantity.number,
                sku: quantity.sku.as_str(),
                operation_type: "PATCH",
                product_type: PRODUCT_TYPE,
                patches: [patch(quantity.units)],
            })
            .collect(),
    };
    serde_json::to_vec(&document).expect("a struct of texts serialises")
}
