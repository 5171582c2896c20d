//! Amazon's usage plans: how often each operation of SP-API may be called.
//!
//! Source: "Usage Plans and Rate Limits in the SP-API", and the page of each operation. A plan belongs to one
//! seller and one application, so every connection has its own. Deliberately absent: KashFlow, which publishes
//! none, and operations that no plugin calls: they go through unbounded, and Amazon's 429 bounds them.

use http::{Method, Response};

/// The seller's own rate, in requests a second, on answers to authorised calls.
const RATE_LIMIT: &str = "x-amzn-ratelimit-limit";

/// The longest text that can be a rate.
const RATE_CHARACTERS_MAX: usize = 20;

/// The slowest rate that is believed, in requests a second: one a day. Amazon's slowest plans allow a few an hour.
const RATE_MIN: f64 = 1.0 / 86_400.0;

/// The fastest rate that is told apart, in requests a second. Whoever allows more allows as much as can be sent.
const RATE_MAX: f64 = 1_000_000.0;

/// How often an operation may be called.
#[derive(Debug)]
pub(super) struct UsagePlan {
    /// As SP-API calls it.
    pub operation: &'static str,
    pub method: Method,
    /// With parameters in braces, as the API model writes them.
    pub path: &'static str,
    /// Requests that come back in one second.
    pub rate: f64,
    /// Requests that may be made at once.
    pub burst: u32,
}

/// The documented plans of the operations that plugins call or may come to call.
pub(super) static PLANS: [UsagePlan; 14] = [
    plan("getOrder", Method::GET, "/orders/2026-01-01/orders/{orderId}", 0.5, 30),
    plan("searchOrders", Method::GET, "/orders/2026-01-01/orders", 0.0056, 20),
    plan("getReport", Method::GET, "/reports/2021-06-30/reports/{reportId}", 2.0, 15),
    plan("getReports", Method::GET, "/reports/2021-06-30/reports", 0.0222, 10),
    plan("getReportDocument", Method::GET, "/reports/2021-06-30/documents/{reportDocumentId}", 0.0167, 15),
    plan("getInventorySummaries", Method::GET, "/fba/inventory/v1/summaries", 2.0, 2),
    plan("listTransactions", Method::GET, "/finances/2024-06-19/transactions", 0.5, 10),
    plan("searchListingsItems", Method::GET, "/listings/2021-08-01/items/{sellerId}", 5.0, 5),
    plan("getListingsItem", Method::GET, "/listings/2021-08-01/items/{sellerId}/{sku}", 5.0, 10),
    plan("patchListingsItem", Method::PATCH, "/listings/2021-08-01/items/{sellerId}/{sku}", 5.0, 5),
    plan("createFeedDocument", Method::POST, "/feeds/2021-06-30/documents", 0.5, 15),
    plan("createFeed", Method::POST, "/feeds/2021-06-30/feeds", 0.0083, 15),
    plan("getFeed", Method::GET, "/feeds/2021-06-30/feeds/{feedId}", 2.0, 15),
    plan("getFeedDocument", Method::GET, "/feeds/2021-06-30/documents/{feedDocumentId}", 0.0222, 10),
];

const fn plan(
    operation: &'static str,
    method: Method,
    path: &'static str,
    rate: f64,
    burst: u32,
) -> UsagePlan {
    UsagePlan { operation, method, path, rate, burst }
}

/// The plan of a call; `path` is without query, percent-encoded as sent.
pub(super) fn plan_of(method: &Method, path: &str) -> Option<&'static UsagePlan> {
    PLANS.iter().find(|plan| plan.method == *method && is_at(plan.path, path))
}

/// Whether the path is of this form: a parameter is one segment, and never empty.
fn is_at(form: &str, path: &str) -> bool {
    let same = |(form, segment): (&str, &str)| match form.starts_with('{') {
        true => !segment.is_empty(),
        false => form == segment,
    };
    form.split('/').count() == path.split('/').count() && form.split('/').zip(path.split('/')).all(same)
}

/// The rate that an answer tells, in requests a second, if it is one.
pub(super) fn told_rate<T>(response: &Response<T>) -> Option<f64> {
    let text = response.headers().get(RATE_LIMIT)?.to_str().ok()?.trim();
    // The text of a decimal and nothing else that Rust reads as a number, such as `inf` or `1e9`.
    let decimal =
        text.len() <= RATE_CHARACTERS_MAX && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let rate: f64 = text.parse().ok().filter(|_| decimal)?;
    (rate >= RATE_MIN).then_some(rate.min(RATE_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_found_by_method_and_path() {
        let operation = |method: Method, path| plan_of(&method, path).map(|plan| plan.operation);
        for (path, expected) in [
            ("/orders/2026-01-01/orders/026-1234567-1234567", Some("getOrder")),
            ("/orders/2026-01-01/orders", Some("searchOrders")),
            ("/orders/2026-01-01/orders/", None),
            ("/orders/2026-01-01/orders/026-1/items", None),
            ("/orders/v0/orders/026-1", None),
            ("/reports/2021-06-30/reports/1", Some("getReport")),
            ("/reports/2021-06-30/reports", Some("getReports")),
            ("/reports/2021-06-30/documents/a%2Fb", Some("getReportDocument")),
            ("/fba/inventory/v1/summaries", Some("getInventorySummaries")),
            ("/finances/2024-06-19/transactions", Some("listTransactions")),
            ("/listings/2021-08-01/items/A1", Some("searchListingsItems")),
            ("/listings/2021-08-01/items/A1/SKU", Some("getListingsItem")),
            ("/listings/2021-08-01/items/A1/SK%2FU%20%C3%A9", Some("getListingsItem")),
            ("/listings/2021-08-01/items/A1/SK/U", None),
            ("/feeds/2021-06-30/feeds/1", Some("getFeed")),
            ("/feeds/2021-06-30/feeds", None),
            ("/feeds/2021-06-30/documents/amzn1.tortuga%2F1", Some("getFeedDocument")),
            ("/feeds/2021-06-30/documents", None),
        ] {
            assert_eq!(operation(Method::GET, path), expected, "{path}");
        }
        for (method, path, expected) in [
            (Method::PATCH, "/listings/2021-08-01/items/A1/SK%2FU", Some("patchListingsItem")),
            (Method::PATCH, "/listings/2021-08-01/items/A1", None),
            (Method::PUT, "/listings/2021-08-01/items/A1/SKU", None),
            (Method::POST, "/feeds/2021-06-30/documents", Some("createFeedDocument")),
            (Method::POST, "/feeds/2021-06-30/feeds", Some("createFeed")),
            (Method::POST, "/orders/2026-01-01/orders", None),
        ] {
            assert_eq!(operation(method.clone(), path), expected, "{method} {path}");
        }
    }

    #[test]
    fn a_rate_is_read_without_trust() {
        let rate = |text: &str| told_rate(&Response::builder().header(RATE_LIMIT, text).body(()).unwrap());
        for (text, expected) in [
            ("0.0056", Some(0.0056)),
            (" 2.0 ", Some(2.0)),
            ("5", Some(5.0)),
            ("99999999999", Some(RATE_MAX)),
            ("0", None),
            ("0.000001", None),
            ("-1", None),
            ("1e9", None),
            ("inf", None),
            ("NaN", None),
            ("", None),
            ("1.2.3", None),
            ("0.5, 0.5", None),
            ("0.00000000000000000000000000000001", None),
        ] {
            assert_eq!(rate(text), expected, "{text}");
        }
        assert_eq!(told_rate(&Response::new(())), None);
    }
}
