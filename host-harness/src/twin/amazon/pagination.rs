//! Pagination tokens: where a search left off, and what it was a search for.
//!
//! Source: description of `Pagination` in the Orders API 2026-01-01: a token lives 24 hours, and the other
//! parameters must be repeated unchanged, except `maxResultsPerPage` and `includedData`. Absent on purpose:
//! a snapshot. An order that changes between two pages may move out of the search, as it does at Amazon.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use super::parameters::Selection;
use super::problem::Problem;
use crate::twin::world::ids::OrderId;
use crate::twin::world::stream::{Purpose, Stream};

const TOKEN_LIFE_HOURS: i64 = 24;

/// Where a search goes on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    pub selection: Selection,
    /// The end of the period, fixed by the first page.
    pub end: DateTime<Utc>,
    /// The last order already given, by the time that the search goes by.
    pub last: (DateTime<Utc>, OrderId),
}

/// The tokens given out so far.
#[derive(Default)]
pub(super) struct Pages(BTreeMap<String, (Place, DateTime<Utc>)>);

impl Pages {
    pub fn issue(&mut self, place: Place, (seed, now): (u64, DateTime<Utc>)) -> String {
        let number = u64::try_from(self.0.len()).expect("a count fits 64 bits");
        let mut stream = Stream::new(seed, Purpose::PaginationToken, number);
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let token = format!("{}=", stream.text(127, alphabet));
        self.0.insert(token.clone(), (place, now));
        token
    }

    /// Where the token's search goes on. A token may be used more than once.
    pub fn resume(&self, token: &str, selection: &Selection, now: DateTime<Utc>) -> Result<Place, Problem> {
        let unknown = || Problem::invalid_input("paginationToken has an invalid value.");
        let (place, issued_at) = self.0.get(token).ok_or_else(unknown)?;
        if now - *issued_at >= Duration::hours(TOKEN_LIFE_HOURS) {
            return Err(Problem::invalid_input("paginationToken has expired."));
        }
        if place.selection != *selection {
            let details = "The other parameters must be those of the request that gave the paginationToken.";
            return Err(Problem::invalid_input(details));
        }
        Ok(place.clone())
    }
}
