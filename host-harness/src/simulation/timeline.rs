//! What will happen, in the order of virtual time.
//!
//! Two things at one moment happen in the order in which they were planned, so that a run never depends on
//! anything but its seed. Absent on purpose: the clock, which the driver moves.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use chrono::{DateTime, Utc};

/// A queue of things to come.
pub(super) struct Timeline<T> {
    planned: BinaryHeap<Reverse<Planned<T>>>,
    /// How many were planned so far.
    sequence: u64,
}

struct Planned<T> {
    at: DateTime<Utc>,
    sequence: u64,
    what: T,
}

impl<T> Default for Timeline<T> {
    fn default() -> Self {
        Timeline { planned: BinaryHeap::new(), sequence: 0 }
    }
}

impl<T> Timeline<T> {
    pub fn plan(&mut self, at: DateTime<Utc>, what: T) {
        self.planned.push(Reverse(Planned { at, sequence: self.sequence, what }));
        self.sequence += 1;
    }

    /// Takes what happens next.
    pub fn next(&mut self) -> Option<(DateTime<Utc>, T)> {
        self.planned.pop().map(|Reverse(planned)| (planned.at, planned.what))
    }
}

impl<T> Planned<T> {
    fn place(&self) -> (DateTime<Utc>, u64) {
        (self.at, self.sequence)
    }
}

impl<T> PartialEq for Planned<T> {
    fn eq(&self, other: &Self) -> bool {
        self.place() == other.place()
    }
}

impl<T> Eq for Planned<T> {}

impl<T> PartialOrd for Planned<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Planned<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.place().cmp(&other.place())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn things_happen_by_time_and_at_one_moment_in_the_order_in_which_they_were_planned() {
        let at = |seconds| DateTime::from_timestamp(seconds, 0).expect("a time");
        let mut timeline = Timeline::default();
        for (seconds, what) in [(2, 'c'), (1, 'a'), (2, 'd'), (1, 'b'), (2, 'e')] {
            timeline.plan(at(seconds), what);
        }
        let happened: String = std::iter::from_fn(|| timeline.next()).map(|(_, what)| what).collect();
        assert_eq!(happened, "abcde");
    }
}
