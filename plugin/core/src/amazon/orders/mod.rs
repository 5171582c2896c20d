//! Orders API 2026-01-01: `getOrder` and, in [`search`], `searchOrders`.
//!
//! The answer has no `payload` wrapper, and each dataset must be asked for in `includedData`.

mod proceeds;
pub mod search;
mod translate;
mod wire;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::canonical::{Order, OrderId};
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

use super::failure;
use super::usage_plan::GET_ORDER;

pub use translate::Untranslatable;

/// The datasets that an invoice is made from. `BUYER` and `RECIPIENT` come back empty where the
/// application has no role for them.
const INCLUDED_DATA: &str = "BUYER,RECIPIENT,PROCEEDS,FULFILLMENT,PACKAGES,TAX";

/// `GET /orders/2026-01-01/orders/{orderId}`; usage plan 0.5 a second, burst 30.
pub struct GetOrder<'a> {
    pub host: &'static str,
    pub order: &'a OrderId,
}

impl Call for GetOrder<'_> {
    /// The order, or why its content does not make one: that needs a person, not a repetition.
    type Answer = Result<Order, Untranslatable>;

    fn request(&self) -> HttpRequest {
        let id = utf8_percent_encode(self.order.as_str(), NON_ALPHANUMERIC).to_string().replace("%2D", "-");
        HttpRequest {
            operation: "getOrder",
            method: Method::Get,
            host: self.host.into(),
            path: format!("/orders/2026-01-01/orders/{id}?includedData={INCLUDED_DATA}"),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<Self::Answer, CallFailure> {
        let subject = self.order.as_str();
        if response.status != 200 {
            return Err(failure::classify("getOrder", GET_ORDER, subject, response));
        }
        let answer: wire::GetOrderResponse = serde_json::from_slice(&response.body)
            .map_err(|error| failure::unreadable("getOrder", subject, &describe_json_error(&error)))?;
        if answer.order.order_id != subject {
            return Err(failure::unreadable("getOrder", subject, "it is about another order"));
        }
        translate::order(&answer.order).map_err(|problem| failure::unreadable("getOrder", subject, &problem))
    }
}

#[cfg(test)]
mod tests;
