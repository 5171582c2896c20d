//! The periods that sweeps look through. They overlap, so that no change falls between two of them.
//!
//! Everything here is pure. Absent on purpose: pages, and what is done with what is found.

use chrono::{DateTime, Duration, SubsecRound, Utc};

use crate::limits::{SEARCH_END_MS, SWEEP_DAYS_MAX, SWEEP_OVERLAP_MS};

/// A period, in whole seconds. Both ends belong to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Window {
    pub from: DateTime<Utc>,
    /// `None`: as late as can be searched.
    pub until: Option<DateTime<Utc>>,
}

impl Window {
    /// The period after what was seen `seen_until`, or the first one, which begins some days back. `None` where there
    /// is nothing to search yet.
    pub fn next(seen_until: Option<DateTime<Utc>>, first_days: u32, now: DateTime<Utc>) -> Option<Window> {
        let from = match seen_until {
            Some(seen_until) => seen_until - milliseconds(SWEEP_OVERLAP_MS),
            None => now - Duration::days(first_days.into()),
        };
        Window::between(from, None, now)
    }

    /// A period that a person names, as far as it can be searched.
    pub fn between(from: DateTime<Utc>, until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Option<Window> {
        let earliest = now - Duration::days(SWEEP_DAYS_MAX.into());
        let from = from.max(earliest).trunc_subsecs(0);
        let until = until.map(|until| until.trunc_subsecs(0)).filter(|until| *until < searchable_until(now));
        let end = until.unwrap_or_else(|| searchable_until(now));
        (from < end).then_some(Window { from, until })
    }

    /// Until when this window is seen once it is searched to its end: `searched_until` where the search says so, but
    /// never beyond the present, which no search has seen.
    pub fn seen_until(&self, searched_until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> DateTime<Utc> {
        searched_until.or(self.until).unwrap_or_else(|| searchable_until(now)).min(now)
    }
}

fn searchable_until(now: DateTime<Utc>) -> DateTime<Utc> {
    now - milliseconds(SEARCH_END_MS)
}

fn milliseconds(count: u64) -> Duration {
    Duration::milliseconds(i64::try_from(count).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("a time")
    }

    fn noon() -> DateTime<Utc> {
        at("2026-10-28T12:00:00.400Z")
    }

    fn open(from: &str) -> Option<Window> {
        Some(Window { from: at(from), until: None })
    }

    #[test]
    fn the_first_window_begins_some_days_back_and_the_next_ones_where_the_last_ended() {
        assert_eq!(Window::next(None, 2, noon()), open("2026-10-26T12:00:00Z"));
        assert_eq!(Window::next(Some(at("2026-10-28T10:58:00Z")), 2, noon()), open("2026-10-28T10:53:00Z"));
        // An outage of the host is made up for, however long it was.
        assert_eq!(Window::next(Some(at("2026-10-01T10:58:00Z")), 2, noon()), open("2026-10-01T10:53:00Z"));
    }

    #[test]
    fn no_window_is_older_than_what_is_kept() {
        assert_eq!(Window::next(Some(at("2020-01-01T00:00:00Z")), 2, noon()), open("2024-10-28T12:00:00Z"));
        let old = Window::between(at("1999-01-01T00:00:00Z"), None, noon());
        assert_eq!(old, open("2024-10-28T12:00:00Z"));
    }

    #[test]
    fn a_clock_that_went_back_leaves_nothing_to_search() {
        assert_eq!(Window::next(Some(at("2026-10-28T12:30:00Z")), 2, noon()), None);
        assert_eq!(Window::between(at("2026-10-28T11:59:00Z"), None, noon()), None);
    }

    #[test]
    fn a_window_by_hand_ends_where_it_says_or_as_late_as_can_be_searched() {
        let from = at("2026-10-01T00:00:00Z");
        let until = |text: &str| Window::between(from, Some(at(text)), noon());
        let ended = Window { from, until: Some(at("2026-10-02T00:00:00Z")) };
        assert_eq!(until("2026-10-02T00:00:00Z"), Some(ended));
        assert_eq!(until("2026-10-28T11:59:00Z"), open("2026-10-01T00:00:00Z"));
        assert_eq!(until("2030-01-01T00:00:00Z"), open("2026-10-01T00:00:00Z"));
        assert_eq!(until("2026-10-01T00:00:00Z"), None);
    }

    #[test]
    fn what_is_seen_ends_where_the_search_says_and_never_in_the_future() {
        let window = Window { from: at("2026-10-28T10:00:00Z"), until: None };
        let seen = |text: Option<&str>| window.seen_until(text.map(at), noon());
        assert_eq!(seen(None), at("2026-10-28T11:58:00.400Z"));
        assert_eq!(seen(Some("2026-10-28T11:57:30Z")), at("2026-10-28T11:57:30Z"));
        assert_eq!(seen(Some("2100-01-01T00:00:00Z")), noon());
        let ended = Window { until: Some(at("2026-10-28T11:00:00Z")), ..window };
        assert_eq!(ended.seen_until(None, noon()), at("2026-10-28T11:00:00Z"));
    }
}
