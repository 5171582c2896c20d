//! Where a sweep stands: until when all changes were seen, and what is under way.
//!
//! One entry a sweep in the connection's state, written with compare-and-set after each page, so that a sweep goes on
//! where an earlier delivery left off, however that ended. The stored form is `stored`'s, the periods are `window`'s.
//! Absent on purpose: searching, and what becomes of what is found.

mod stored;
mod window;

use chrono::{DateTime, Utc};

use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::limits::SWEEP_PLACE_MS;
use crate::remote::CallFailure;

use super::journal::{state_failure_of, unreadable_state};

pub use window::Window;

/// What is known of a sweep between two deliveries.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct SweepProgress {
    /// Every change up to then was seen. `None` before the first sweep came to its end.
    pub seen_until: Option<DateTime<Utc>>,
    pub underway: Option<Underway>,
}

/// A window that is not searched to its end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Underway {
    pub window: Window,
    /// Where the search goes on; `None` at its beginning.
    pub place: Option<Place>,
}

/// Where a search left off.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    pub token: String,
    pub given_at: DateTime<Utc>,
    /// Until when all is seen at the end of the search. The first page fixes it: what changes later may be on none.
    pub seen_until: DateTime<Utc>,
}

impl Underway {
    /// At the beginning of this window.
    pub fn begun(window: Window) -> Self {
        Underway { window, place: None }
    }

    /// The same, from its beginning again where the place is too old to be known.
    #[must_use]
    pub fn resumed(&self, now: DateTime<Utc>) -> Self {
        let is_known = |place: &Place| {
            let age_ms = u64::try_from((now - place.given_at).num_milliseconds()).unwrap_or(0);
            age_ms < SWEEP_PLACE_MS
        };
        Underway { window: self.window, place: self.place.clone().filter(is_known) }
    }
}

/// The entry of one sweep, with the revision that the next write must name.
pub struct SweepJournal {
    key: String,
    ttl_ms: Option<u64>,
    revision: Option<u64>,
    progress: SweepProgress,
}

impl SweepJournal {
    /// With `ttl_ms` the entry of a sweep that nobody goes on with ends by itself.
    pub fn open(host: &mut dyn Host, name: &str, ttl_ms: Option<u64>) -> Result<Self, CallFailure> {
        let key = format!("sweep/{name}");
        let stored = host.state().get(&key).map_err(|error| failure(&key, &error))?;
        let Some(stored) = stored else {
            return Ok(SweepJournal { key, ttl_ms, revision: None, progress: SweepProgress::default() });
        };
        let progress = stored::from_bytes(&stored.value)
            .ok_or_else(|| unreadable_state(&key, "where the sweep stands"))?;
        Ok(SweepJournal { key, ttl_ms, revision: Some(stored.revision), progress })
    }

    pub fn progress(&self) -> &SweepProgress {
        &self.progress
    }

    /// Writes where the sweep stands; fails as transient where another delivery wrote first.
    pub fn write(&mut self, host: &mut dyn Host, progress: SweepProgress) -> Result<(), CallFailure> {
        if self.progress == progress {
            return Ok(());
        }
        let bytes = stored::to_bytes(&progress);
        let written = match self.revision {
            None => host.state().create(&self.key, &bytes, self.ttl_ms),
            Some(revision) => host.state().update(&self.key, &bytes, revision, self.ttl_ms),
        };
        self.revision = Some(written.map_err(|error| failure(&self.key, &error))?);
        self.progress = progress;
        Ok(())
    }

    /// Takes the entry away, once nothing has to be known of the sweep any more.
    pub fn forget(self, host: &mut dyn Host) -> Result<(), CallFailure> {
        let Some(revision) = self.revision else { return Ok(()) };
        host.state().delete(&self.key, revision).map_err(|error| failure(&self.key, &error))
    }
}

fn failure(key: &str, error: &StateError) -> CallFailure {
    state_failure_of(key, error, Code::SweepInWork)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_gone_back_to_while_it_is_known_and_the_window_is_kept_in_any_case() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().expect("a time");
        let window = Window { from: at("2026-10-28T10:00:00Z"), until: None };
        let given_at = at("2026-10-28T12:00:00Z");
        let place = Place { token: "t1".into(), given_at, seen_until: at("2026-10-28T11:58:00Z") };
        let underway = Underway { window, place: Some(place) };
        assert_eq!(underway.resumed(at("2026-10-29T10:59:59Z")), underway);
        assert_eq!(underway.resumed(at("2026-10-29T11:00:00Z")), Underway::begun(window));
        assert_eq!(Underway::begun(window).resumed(given_at), Underway::begun(window));
    }
}
