//! The stored form of where a sweep stands: it outlives releases.
//!
//! `samples` keeps bytes of each version, and the tests read them all. A form that is newer than this release is
//! refused, because one that is half understood could leave changes unseen.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::window::Window;
use super::{Place, SweepProgress, Underway};

const VERSION: u32 = 1;

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Times are RFC 3339.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    version: u32,
    seen_until: Option<String>,
    underway: Option<StoredUnderway>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredUnderway {
    from: String,
    until: Option<String>,
    place: Option<StoredPlace>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredPlace {
    token: String,
    given_at: String,
    seen_until: String,
}

pub(super) fn to_bytes(progress: &SweepProgress) -> Vec<u8> {
    let stored = Stored {
        version: VERSION,
        seen_until: progress.seen_until.map(text),
        underway: progress.underway.as_ref().map(|underway| StoredUnderway {
            from: text(underway.window.from),
            until: underway.window.until.map(text),
            place: underway.place.as_ref().map(|place| StoredPlace {
                token: place.token.clone(),
                given_at: text(place.given_at),
                seen_until: text(place.seen_until),
            }),
        }),
    };
    serde_json::to_vec(&stored).expect("a struct of texts serialises")
}

/// `None` where the bytes are of a version or form that this release does not know.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<SweepProgress> {
    let Versioned { version } = serde_json::from_slice(bytes).ok()?;
    if version != VERSION {
        return None;
    }
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    let underway = match stored.underway {
        Some(underway) => Some(restore(underway)?),
        None => None,
    };
    Some(SweepProgress { seen_until: optional_time(stored.seen_until)?, underway })
}

fn restore(stored: StoredUnderway) -> Option<Underway> {
    let window = Window { from: time(&stored.from)?, until: optional_time(stored.until)? };
    let place = match stored.place {
        Some(place) => {
            let (given_at, seen_until) = (time(&place.given_at)?, time(&place.seen_until)?);
            Some(Place { token: place.token, given_at, seen_until })
        }
        None => None,
    };
    Some(Underway { window, place })
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

/// `None` where there is a text that is no time.
fn optional_time(text: Option<String>) -> Option<Option<DateTime<Utc>>> {
    match text {
        Some(text) => time(&text).map(Some),
        None => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: &str = include_str!("samples/version-1-seen.json");
    const UNDERWAY: &str = include_str!("samples/version-1-underway.json");
    const BEGUN: &str = include_str!("samples/version-1-begun.json");

    /// Entries outlive releases: these bytes were written by the version that they are named after.
    #[test]
    fn samples_of_every_version_are_read_and_written_as_they_are() {
        for sample in [SEEN, UNDERWAY, BEGUN] {
            let progress = from_bytes(sample.as_bytes()).expect(sample);
            assert_eq!(String::from_utf8(to_bytes(&progress)).expect("JSON"), sample.trim_end());
        }
        let underway = from_bytes(UNDERWAY.as_bytes()).and_then(|progress| progress.underway);
        let place = underway.and_then(|underway| underway.place).expect("a place");
        assert_eq!((place.token.as_str(), Some(place.seen_until)), ("t1", time("2026-10-28T11:58:00Z")));
    }

    #[test]
    fn what_is_newer_or_damaged_is_refused() {
        for (from, to) in [
            ("\"version\":1", "\"version\":2"),
            ("2026-10-28T10:53:00Z", "yesterday"),
            ("2026-10-28T10:58:00Z", "yesterday"),
            ("2026-10-28T11:58:00Z", "yesterday"),
            ("\"token\":\"t1\"", "\"token\":null"),
            ("}", ""),
        ] {
            let damaged = UNDERWAY.replace(from, to);
            assert_ne!(damaged, UNDERWAY, "the sample has {from}");
            assert_eq!(from_bytes(damaged.as_bytes()), None, "{damaged}");
        }
    }
}
