//! Query parameters, and the rules of the Orders API for them.
//!
//! Source: the parameter descriptions of the Orders API 2026-01-01. A list may be given by repeating the
//! parameter, by commas, or by both: clients differ, and Amazon takes them all. Parameters that an
//! operation does not have are passed over. Absent on purpose: pagination tokens (`pagination`).

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::problem::Problem;
use crate::twin::world::marketplace::is_european;
use crate::twin::world::order::FulfilmentStatus;
use crate::twin::world::product::Fulfilment;

/// A decoded query string.
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub fn parse(text: &str) -> Self {
        Query(form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    /// How many parameters there are, unknown ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// A parameter that may be given once.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Problem> {
        let mut values = self.values(name);
        let first = values.next();
        match values.next() {
            Some(_) => Err(Problem::invalid_input(format!("{name} is given more than once."))),
            None => Ok(first),
        }
    }

    /// A parameter that is a list, each element of which `parse` must know.
    pub fn list<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, Problem> {
        let elements = self.values(name).flat_map(|value| value.split(',')).map(str::trim);
        elements
            .filter(|element| !element.is_empty())
            .map(|element| parse(element).ok_or_else(|| invalid_value(name)))
            .collect()
    }

    /// A time. Without an offset it is UTC; without a time of day it is midnight.
    pub fn time(&self, name: &str) -> Result<Option<DateTime<Utc>>, Problem> {
        self.one(name)?.map(|text| time(text).ok_or_else(|| invalid_value(name))).transpose()
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// A parameter that must name exactly one marketplace.
pub(super) fn one_marketplace(query: &Query, name: &str) -> Result<String, Problem> {
    let known = |id: &str| is_european(id).then(|| id.to_owned());
    let marketplaces: [String; 1] = query
        .list(name, known)?
        .try_into()
        .map_err(|_| Problem::invalid_input(format!("{name} must have exactly one value.")))?;
    let [marketplace] = marketplaces;
    Ok(marketplace)
}

fn invalid_value(name: &str) -> Problem {
    Problem::invalid_input(format!("{name} has an invalid value."))
}

/// The forms of ISO 8601 that clients send.
fn time(text: &str) -> Option<DateTime<Utc>> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return text.contains(['T', 't']).then(|| time.to_utc());
    }
    if let Ok(time) = DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z") {
        return Some(time.to_utc());
    }
    let naive = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok();
    let midnight = || Some(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_time(NaiveTime::MIN));
    naive.or_else(midnight).map(|time| time.and_utc())
}

/// A dataset that an answer contains only when asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Dataset {
    Buyer,
    Recipient,
    Proceeds,
    Expense,
    Promotion,
    Cancellation,
    Fulfilment,
    Packages,
    Tax,
    Payment,
    FulfilmentOrders,
}

pub(super) type IncludedData = BTreeSet<Dataset>;

pub(super) fn included_data(query: &Query) -> Result<IncludedData, Problem> {
    let parse = |text: &str| match text {
        "BUYER" => Some(Dataset::Buyer),
        "RECIPIENT" => Some(Dataset::Recipient),
        "PROCEEDS" => Some(Dataset::Proceeds),
        "EXPENSE" => Some(Dataset::Expense),
        "PROMOTION" => Some(Dataset::Promotion),
        "CANCELLATION" => Some(Dataset::Cancellation),
        "FULFILLMENT" => Some(Dataset::Fulfilment),
        "PACKAGES" => Some(Dataset::Packages),
        "TAX" => Some(Dataset::Tax),
        "PAYMENT" => Some(Dataset::Payment),
        "FULFILLMENT_ORDERS" => Some(Dataset::FulfilmentOrders),
        _ => None,
    };
    Ok(query.list("includedData", parse)?.into_iter().collect())
}

/// Which of an order's two times a search goes by.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum TimeField {
    Created,
    LastUpdated,
}

/// The part of a search that must stay the same from page to page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Selection {
    pub field: TimeField,
    pub after: DateTime<Utc>,
    pub before: Option<DateTime<Utc>>,
    /// Empty for all.
    pub marketplaces: BTreeSet<String>,
    pub statuses: Vec<FulfilmentStatus>,
    pub fulfilled_by: Vec<Fulfilment>,
}

/// The latest end of a search before the present, and what is searched where none is given.
pub(super) const LATEST_END_MINUTES: i64 = 2;
const MARKETPLACES_AT_MOST: usize = 50;
const PAGE_SIZE_AT_MOST: usize = 100;

impl Selection {
    pub fn parse(query: &Query, now: DateTime<Utc>) -> Result<Self, Problem> {
        let created = (query.time("createdAfter")?, query.time("createdBefore")?);
        let updated = (query.time("lastUpdatedAfter")?, query.time("lastUpdatedBefore")?);
        let (field, after, before) = match (created, updated) {
            ((Some(after), before), (None, None)) => (TimeField::Created, after, before),
            ((None, None), (Some(after), before)) => (TimeField::LastUpdated, after, before),
            _ => {
                return Err(Problem::invalid_input("Give exactly one of createdAfter and lastUpdatedAfter."));
            }
        };
        if before.is_some_and(|before| before < after) {
            return Err(Problem::invalid_input("The end of the period is before its beginning."));
        }
        if before.is_some_and(|before| now - before < Duration::minutes(LATEST_END_MINUTES)) {
            return Err(Problem::invalid_input("The end of the period must be at least two minutes ago."));
        }
        let marketplaces = query.list("marketplaceIds", |text| Some(text.to_owned()))?;
        if marketplaces.len() > MARKETPLACES_AT_MOST {
            return Err(Problem::invalid_input("marketplaceIds has more than 50 values."));
        }
        Ok(Selection {
            field,
            after,
            before,
            marketplaces: marketplaces.into_iter().collect(),
            statuses: query.list("fulfillmentStatuses", fulfilment_status)?,
            fulfilled_by: query.list("fulfilledBy", fulfilled_by)?,
        })
    }
}

pub(super) fn page_size(query: &Query) -> Result<usize, Problem> {
    match query.one("maxResultsPerPage")? {
        None => Ok(PAGE_SIZE_AT_MOST),
        Some(text) => text
            .parse()
            .ok()
            .filter(|size| (1..=PAGE_SIZE_AT_MOST).contains(size))
            .ok_or_else(|| invalid_value("maxResultsPerPage")),
    }
}

fn fulfilment_status(text: &str) -> Option<FulfilmentStatus> {
    FULFILMENT_STATUS_NAMES.iter().find(|(_, name)| *name == text).map(|(status, _)| *status)
}

fn fulfilled_by(text: &str) -> Option<Fulfilment> {
    match text {
        "AMAZON" => Some(Fulfilment::Amazon),
        "MERCHANT" => Some(Fulfilment::Merchant),
        _ => None,
    }
}

/// The values of `FulfillmentStatus`.
pub(super) const FULFILMENT_STATUS_NAMES: [(FulfilmentStatus, &str); 7] = [
    (FulfilmentStatus::PendingAvailability, "PENDING_AVAILABILITY"),
    (FulfilmentStatus::Pending, "PENDING"),
    (FulfilmentStatus::Unshipped, "UNSHIPPED"),
    (FulfilmentStatus::PartiallyShipped, "PARTIALLY_SHIPPED"),
    (FulfilmentStatus::Shipped, "SHIPPED"),
    (FulfilmentStatus::Cancelled, "CANCELLED"),
    (FulfilmentStatus::Unfulfillable, "UNFULFILLABLE"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_in_the_forms_that_clients_send() {
        let read = |text: &str| time(text).map(|time| time.to_rfc3339());
        let noon = Some("2026-10-20T12:00:00+00:00".to_owned());
        for text in [
            "2026-10-20T12:00:00Z",
            "2026-10-20T13:00:00+01:00",
            "2026-10-20T13:00:00+0100",
            "2026-10-20T12:00:00.000Z",
            "2026-10-20T12:00:00",
        ] {
            assert_eq!(read(text), noon, "{text}");
        }
        assert_eq!(read("2026-10-20"), Some("2026-10-20T00:00:00+00:00".to_owned()));
        // A plus sign that was not percent-encoded arrives as a space.
        for text in ["2026-10-20T12:00:00 01:00", "2026-10-20 12:00:00Z", "20.10.2026", "TEST_CASE_400", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn lists_are_read_repeated_with_commas_or_both() {
        let query = Query::parse("a=X%2CY&a=Z&b=1&a=&c=x+y");
        let all = |name: &str| query.list(name, |text| Some(text.to_owned()));
        assert_eq!(all("a"), Ok(vec!["X".to_owned(), "Y".to_owned(), "Z".to_owned()]));
        assert_eq!(all("absent"), Ok(vec![]));
        assert_eq!(all("c"), Ok(vec!["x y".to_owned()]));
        assert!(query.one("a").is_err() && query.one("b") == Ok(Some("1")));
    }
}
