//! Orders API 2026-01-01: `searchOrders`, as far as a sweep needs it: which orders changed in a period, and when.
//!
//! No dataset is asked for, so that no personal data comes. Absent on purpose: what an order is, which `getOrder`
//! says, and where a sweep stands.

use std::fmt::Write;

use chrono::{DateTime, SecondsFormat, Utc};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;

use crate::amazon::failure;
use crate::amazon::usage_plan::SEARCH_ORDERS;
use crate::canonical::{MarketplaceId, OrderId};
use crate::limits::SWEEP_PAGE_ORDERS;
use crate::remote::{Call, CallFailure, HttpRequest, HttpResponse, Method, describe_json_error};

/// The most marketplaces that one search can name. A seller on more of them searches all, and those that are not
/// configured are passed over when their orders are handled.
const MARKETPLACES_MAX: usize = 50;

/// What failures are about: a search has no order.
const SUBJECT: &str = "orders";

/// `GET /orders/2026-01-01/orders`; usage plan 0.0056 a second, burst 20.
///
/// With a token, all other parameters must be those of the search that gave it.
pub struct SearchOrders<'a> {
    pub host: &'static str,
    pub marketplaces: &'a [&'a MarketplaceId],
    /// The earliest change that is looked for.
    pub updated_after: DateTime<Utc>,
    /// The latest one; where it is left out, Amazon ends the search two minutes ago by its own clock.
    pub updated_before: Option<DateTime<Utc>>,
    /// Where an earlier page left off.
    pub token: Option<&'a str>,
}

/// An order that changed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundOrder {
    pub order: OrderId,
    pub last_updated_at: DateTime<Utc>,
    /// Where Amazon says so.
    pub marketplace: Option<MarketplaceId>,
}

/// One page of a search.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundOrders {
    pub orders: Vec<FoundOrder>,
    /// Where the next page goes on; `None` on the last.
    pub next: Option<String>,
    /// The end of the period that was searched, where Amazon says so.
    pub searched_until: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    orders: Vec<WireOrder>,
    pagination: Option<Pagination>,
    last_updated_before: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOrder {
    order_id: String,
    last_updated_time: String,
    sales_channel: Option<SalesChannel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SalesChannel {
    marketplace_id: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    next_token: Option<String>,
}

impl Call for SearchOrders<'_> {
    type Answer = FoundOrders;

    fn request(&self) -> HttpRequest {
        HttpRequest {
            operation: "searchOrders",
            method: Method::Get,
            host: self.host.into(),
            path: format!("/orders/2026-01-01/orders?{}", self.query()),
            headers: vec![("accept", "application/json".into())],
            body: Vec::new(),
            writes: false,
        }
    }

    fn parse(&self, response: &HttpResponse) -> Result<FoundOrders, CallFailure> {
        if response.status != 200 {
            return Err(failure::classify("searchOrders", SEARCH_ORDERS, SUBJECT, response));
        }
        let unreadable = |problem: &str| failure::unreadable("searchOrders", SUBJECT, problem);
        let answer: Answer = serde_json::from_slice(&response.body)
            .map_err(|error| unreadable(&describe_json_error(&error)))?;
        let orders: Result<Vec<FoundOrder>, &str> = answer.orders.into_iter().map(found).collect();
        let searched_until = answer.last_updated_before.as_deref().map(time).transpose();
        let next = answer.pagination.and_then(|pagination| pagination.next_token);
        if next.is_some() && next.as_deref() == self.token {
            return Err(unreadable("its next page is the page itself"));
        }
        Ok(FoundOrders {
            orders: orders.map_err(unreadable)?,
            next: next.filter(|token| !token.is_empty()),
            searched_until: searched_until.map_err(unreadable)?,
        })
    }
}

impl SearchOrders<'_> {
    fn query(&self) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let instant = |time: DateTime<Utc>| encoded(&time.to_rfc3339_opts(SecondsFormat::Secs, true));
        let mut query =
            format!("lastUpdatedAfter={}&maxResultsPerPage={SWEEP_PAGE_ORDERS}", instant(self.updated_after));
        let mut add = |name: &str, value: String| {
            write!(query, "&{name}={value}").expect("writing into memory cannot fail");
        };
        if let Some(before) = self.updated_before {
            add("lastUpdatedBefore", instant(before));
        }
        if self.marketplaces.len() <= MARKETPLACES_MAX {
            let ids: Vec<String> = self.marketplaces.iter().map(|id| encoded(id.as_str())).collect();
            add("marketplaceIds", ids.join(","));
        }
        if let Some(token) = self.token {
            add("paginationToken", encoded(token));
        }
        query
    }
}

fn found(wire: WireOrder) -> Result<FoundOrder, &'static str> {
    let marketplace = wire.sales_channel.and_then(|channel| channel.marketplace_id);
    Ok(FoundOrder {
        order: OrderId::new(wire.order_id).ok_or("an order has no id")?,
        last_updated_at: time(&wire.last_updated_time)?,
        marketplace: marketplace.and_then(MarketplaceId::new),
    })
}

fn time(text: &str) -> Result<DateTime<Utc>, &'static str> {
    DateTime::parse_from_rfc3339(text).map(|time| time.to_utc()).map_err(|_| "a time is none of ISO 8601")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Code;
    use crate::remote::FailureClass;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn search<'a>(marketplaces: &'a [&'a MarketplaceId], token: Option<&'a str>) -> SearchOrders<'a> {
        SearchOrders {
            host: "sellingpartnerapi-eu.amazon.com",
            marketplaces,
            updated_after: at("2026-10-28T11:00:00.900Z"),
            updated_before: None,
            token,
        }
    }

    fn parse(status: u16, body: &str, token: Option<&str>) -> Result<FoundOrders, CallFailure> {
        search(&[], token).parse(&HttpResponse { status, headers: Vec::new(), body: body.into() })
    }

    #[test]
    fn a_search_asks_for_the_changes_of_a_period_and_for_no_dataset() {
        let [britain, germany] =
            ["A1F83G8C2ARO7P", "A1PA6795UKMFR9"].map(|id| MarketplaceId::new(id).expect("an id"));
        let both = [&britain, &germany];
        let begun =
            "/orders/2026-01-01/orders?lastUpdatedAfter=2026%2D10%2D28T11%3A00%3A00Z&maxResultsPerPage=100";
        let ids = "&marketplaceIds=A1F83G8C2ARO7P,A1PA6795UKMFR9";
        assert_eq!(search(&both, None).request().path, format!("{begun}{ids}"));
        let until = SearchOrders { updated_before: Some(at("2026-10-28T11:30:00Z")), ..search(&both, None) };
        let before = "&lastUpdatedBefore=2026%2D10%2D28T11%3A30%3A00Z";
        assert_eq!(until.request().path, format!("{begun}{before}{ids}"));
    }

    #[test]
    fn a_token_is_encoded_and_everything_else_repeated() {
        let britain = MarketplaceId::new("A1F83G8C2ARO7P").expect("an id");
        let marketplaces = [&britain];
        let first = search(&marketplaces, None).request().path;
        let second = search(&marketplaces, Some("a+/b=")).request().path;
        assert_eq!(second, format!("{first}&paginationToken=a%2B%2Fb%3D"));
    }

    #[test]
    fn more_marketplaces_than_a_search_can_name_are_not_named() {
        let ids: Vec<MarketplaceId> =
            (0..=MARKETPLACES_MAX).filter_map(|number| MarketplaceId::new(format!("M{number}"))).collect();
        let all: Vec<&MarketplaceId> = ids.iter().collect();
        assert!(search(&all[1..], None).request().path.contains("&marketplaceIds=M1,M2,"));
        assert!(!search(&all, None).request().path.contains("marketplaceIds"));
    }

    #[test]
    fn a_page_is_read_and_the_last_one_is_known_by_the_absence_of_another() {
        let order = r#"{"orderId":"026-1","lastUpdatedTime":"2026-10-28T11:15:00Z","createdTime":"x",
            "salesChannel":{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P"},"orderItems":[]}"#;
        let first = format!(
            r#"{{"orders":[{order}],"pagination":{{"nextToken":"t1"}},"lastUpdatedBefore":"2026-10-28T11:58:00Z"}}"#
        );
        let expected = FoundOrder {
            order: OrderId::new("026-1").expect("an id"),
            last_updated_at: at("2026-10-28T11:15:00Z"),
            marketplace: MarketplaceId::new("A1F83G8C2ARO7P"),
        };
        assert_eq!(
            parse(200, &first, None),
            Ok(FoundOrders {
                orders: vec![expected],
                next: Some("t1".into()),
                searched_until: Some(at("2026-10-28T11:58:00Z")),
            })
        );
        for last in [r#"{"orders":[]}"#, r#"{"orders":[],"pagination":{}}"#] {
            let nothing = FoundOrders { orders: Vec::new(), next: None, searched_until: None };
            assert_eq!(parse(200, last, Some("t1")), Ok(nothing));
        }
    }

    #[test]
    fn what_cannot_be_read_is_tried_again_and_a_page_never_follows_itself() {
        for (body, token) in [
            ("{", None),
            (r#"{"payload":{"orders":[]}}"#, None),
            (r#"{"orders":[{"orderId":"","lastUpdatedTime":"2026-10-28T11:15:00Z"}]}"#, None),
            (r#"{"orders":[{"orderId":"026-1","lastUpdatedTime":"yesterday"}]}"#, None),
            (r#"{"orders":[],"lastUpdatedBefore":"now"}"#, None),
            (r#"{"orders":[],"pagination":{"nextToken":"t1"}}"#, Some("t1")),
        ] {
            let failure = parse(200, body, token).expect_err(body);
            assert_eq!(
                (failure.class, failure.finding.code),
                (FailureClass::Transient, Code::AmazonUnreadable)
            );
        }
    }

    #[test]
    fn a_spent_usage_plan_says_how_long_one_page_takes_to_come_back() {
        let failure = parse(429, "{}", None).expect_err("throttled");
        assert_eq!(failure.class, FailureClass::Throttled { retry_after_ms: Some(178_572) });
    }
}
