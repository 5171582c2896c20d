//! FBA Inventory API v1: `getInventorySummaries`, what lies in Amazon's warehouses.
//!
//! Absent on purpose: which units count, and the sandbox's other operations.

mod wire;

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::canonical::{MarketplaceId, SellerSku, WarehouseStock};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::failure;
use super::usage_plan::GET_INVENTORY_SUMMARIES;

const OPERATION: &str = "getInventorySummaries";

/// `GET /fba/inventory/v1/summaries`; usage plan 2 a second, burst 2.
///
/// With a token, all other parameters must be those of the search that gave it. A SKU that Amazon does not know, or
/// leaves out, is missing from the answer: that is no news, never a zero.
pub struct GetInventorySummaries<'a> {
    pub host: &'static str,
    /// Exactly one: of a pool that several marketplaces share, each of them shows all.
    pub marketplace: &'a MarketplaceId,
    /// At most 50; all where it is empty.
    pub skus: &'a [SellerSku],
    /// The earliest change that is looked for. Inbound units alone change nothing that is found so.
    pub changed_since: Option<DateTime<Utc>>,
    /// Where an earlier page left off; good for 30 seconds.
    pub token: Option<&'a str>,
}

/// One page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct InventoryPage {
    pub stocks: Vec<WarehouseStock>,
    /// Where the next page goes on; `None` on the last.
    pub next: Option<String>,
}

impl Call for GetInventorySummaries<'_> {
    type Answer = InventoryPage;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: OPERATION,
            method: Method::Get,
            host: self.host.into(),
            path: format!("/fba/inventory/v1/summaries?{}", self.query()),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<InventoryPage, CallFailure> {
        let subject = self.subject();
        if response.status != 200 {
            return Err(failure::classify(OPERATION, GET_INVENTORY_SUMMARIES, &subject, response));
        }
        let unreadable = |problem: &str| failure::unreadable(OPERATION, &subject, problem);
        let answer: wire::Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        let next = answer.pagination.and_then(|pagination| pagination.next_token);
        if next.is_some() && next.as_deref() == self.token {
            return Err(unreadable("its next page is the page itself"));
        }
        let stocks: Result<_, &str> =
            answer.payload.inventory_summaries.into_iter().map(wire::stock).collect();
        Ok(InventoryPage {
            stocks: stocks.map_err(unreadable)?,
            next: next.filter(|token| !token.is_empty()),
        })
    }
}

impl GetInventorySummaries<'_> {
    fn subject(&self) -> String {
        match self.skus {
            [sku] => format!("SKU {sku}"),
            _ => format!("stock of {}", self.marketplace),
        }
    }

    fn query(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let marketplace = encoded(self.marketplace.as_str());
        let mut query = format!(
            "details=true&granularityType=Marketplace&granularityId={marketplace}&marketplaceIds={marketplace}"
        );
        let mut add = |name: &str, value: String| {
            write!(query, "&{name}={value}").expect("writing into memory cannot fail");
        };
        if !self.skus.is_empty() {
            let skus: Vec<String> = self.skus.iter().map(|sku| encoded(sku.as_str())).collect();
            add("sellerSkus", skus.join(","));
        }
        if let Some(since) = self.changed_since {
            add("startDateTime", encoded(&since.to_rfc3339_opts(SecondsFormat::Secs, true)));
        }
        if let Some(token) = self.token {
            add("nextToken", encoded(token));
        }
        query
    }
}

#[cfg(test)]
mod tests;
