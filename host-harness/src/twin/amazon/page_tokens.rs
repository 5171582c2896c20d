//! The tokens of pages, for operations that keep no more of a search than where it goes on.
//!
//! Absent on purpose: how long a token is good, and what must be repeated with it. Each API has its own rules.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::twin::world::stream::{Purpose, Stream};

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// The tokens that one operation has given out.
pub(super) struct PageTokens<Place> {
    purpose: Purpose,
    issued: BTreeMap<String, (Place, DateTime<Utc>)>,
}

impl<Place> PageTokens<Place> {
    pub fn new(purpose: Purpose) -> Self {
        PageTokens { purpose, issued: BTreeMap::new() }
    }

    pub fn issue(&mut self, place: Place, (seed, now): (u64, DateTime<Utc>)) -> String {
        let number = u64::try_from(self.issued.len()).expect("a count fits 64 bits");
        let token = Stream::new(seed, self.purpose, number).text(96, ALPHABET);
        self.issued.insert(token.clone(), (place, now));
        token
    }

    /// Where the search of a token goes on, and when the token was given out. It may be used more than once.
    pub fn find(&self, token: &str) -> Option<&(Place, DateTime<Utc>)> {
        self.issued.get(token)
    }
}
