//! `patchListingsItem`: tells Amazon how many units of an offer the merchant has.

use serde::Deserialize;
use serde_json::json;

use crate::amazon::failure;
use crate::amazon::path_segment::segment;
use crate::amazon::usage_plan::PATCH_LISTINGS_ITEM;
use crate::canonical::{MarketplaceId, SellerId, SellerSku, Units};
use crate::finding::Code;
use crate::remote::{
    Call, CallFailure, FailureClass, HttpRequest, HttpResponse, Method, describe_json_error,
};

use super::{ATTRIBUTE, Issue, MERCHANT, problems};

const OPERATION: &str = "patchListingsItem";

/// The product type that stands for any: quantities are the same for all of them.
pub(in crate::amazon) const PRODUCT_TYPE: &str = "PRODUCT";

/// Whether it is meant.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    Submit,
    /// Amazon says what it would, and does nothing (`VALIDATION_PREVIEW`).
    Preview,
}

/// `PATCH /listings/2021-08-01/items/{sellerId}/{sku}`; usage plan 5 a second, burst 5.
pub struct PatchListingsItem<'a> {
    pub host: &'static str,
    pub seller: &'a SellerId,
    pub marketplace: &'a MarketplaceId,
    pub sku: &'a SellerSku,
    /// Never negative.
    pub units: Units,
    pub mode: Mode,
}

/// What Amazon says of a quantity at once.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Submission {
    /// It will be worked on. Whether it takes effect, only the offer shows.
    Accepted,
    /// Why not, in Amazon's words.
    Refused(String),
    /// Amazon does not know the SKU.
    NoOffer,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    sku: String,
    status: String,
    #[serde(default)]
    issues: Vec<Issue>,
}

/// The one change of a listing. `merge` keeps what else the availability says, such as when goods come back.
fn patches(units: Units) -> serde_json::Value {
    json!([{
        "op": "merge",
        "path": format!("/attributes/{ATTRIBUTE}"),
        "value": [{ "fulfillment_channel_code": MERCHANT, "quantity": units.0 }],
    }])
}

impl Call for PatchListingsItem<'_> {
    type Answer = Submission;

    fn request(&self) -> HttpRequest {
        let preview = match self.mode {
            Mode::Submit => "",
            Mode::Preview => "&mode=VALIDATION_PREVIEW",
        };
        HttpRequest {
            operation: OPERATION,
            method: Method::Patch,
            host: self.host.into(),
            path: format!(
                "/listings/2021-08-01/items/{}/{}?marketplaceIds={}&includedData=issues{preview}",
                segment(self.seller.as_str()),
                segment(self.sku.as_str()),
                segment(self.marketplace.as_str())
            ),
            headers: vec![("accept", "application/json".into()), ("content-type", "application/json".into())],
            body: json!({ "productType": PRODUCT_TYPE, "patches": patches(self.units) })
                .to_string()
                .into_bytes(),
            writes: self.mode == Mode::Submit,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Submission, CallFailure> {
        let subject = self.sku.as_str();
        match response.status {
            200 => {}
            404 => return Ok(Submission::NoOffer),
            500..=599 if self.mode == Mode::Submit => {
                let mut failure = failure::classify(OPERATION, PATCH_LISTINGS_ITEM, subject, response);
                failure.class = FailureClass::Ambiguous;
                return Err(failure);
            }
            _ => return Err(failure::classify(OPERATION, PATCH_LISTINGS_ITEM, subject, response)),
        }
        let unreadable = |problem: &str| match self.mode {
            Mode::Preview => failure::unreadable(OPERATION, subject, problem),
            Mode::Submit => CallFailure::new(
                FailureClass::Ambiguous,
                Code::AmazonUnreadable,
                subject,
                format!(
                    "{OPERATION} gave an answer that cannot be read ({problem}); the offer is read to see"
                ),
            ),
        };
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        if answer.sku != subject {
            return Err(unreadable("it is about another SKU"));
        }
        match answer.status.as_str() {
            "ACCEPTED" | "VALID" => Ok(Submission::Accepted),
            "INVALID" => {
                let said = problems(&answer.issues).join("; ");
                Ok(Submission::Refused(if said.is_empty() { "no reason given".to_owned() } else { said }))
            }
            _ => Err(unreadable("its status is new")),
        }
    }
}
