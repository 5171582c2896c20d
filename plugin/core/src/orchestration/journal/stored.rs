//! The journal's stored form, and every earlier one: entries outlive releases.
//!
//! Version 1 knew the one invoice of an order, version 2 knows the chain of its documents. `samples` keeps
//! bytes of each version, and the tests read them all. A form that is newer than this release is refused,
//! because an entry that is half understood would be written back without the other half.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::canonical::{Amounts, Currency, DocumentKind, InvoiceNumber, Money};
use crate::orchestration::chain::{Chain, ChainDocument, Phase};

use super::JournalEntry;

const VERSION: u32 = 2;

#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    version: u32,
    /// RFC 3339.
    as_of: Option<String>,
    wanted: Option<String>,
    documents: Vec<StoredDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredDocument {
    /// `invoice` or `credit-note`.
    kind: String,
    ordinal: u32,
    /// `intended`, `recorded` or `applied`.
    phase: String,
    number: Option<i64>,
    /// RFC 3339; when it was intended.
    at: Option<String>,
    /// ISO 8601.
    date: Option<String>,
    fingerprint: String,
    amounts: Option<StoredAmounts>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    partly_held: bool,
}

/// In minor units.
#[derive(Serialize, Deserialize)]
struct StoredAmounts {
    currency: String,
    net: i64,
    vat: i64,
}

/// An invoice alone.
#[derive(Deserialize)]
struct StoredVersion1 {
    phase: String,
    fingerprint: String,
    number: Option<i64>,
    at: Option<String>,
}

pub(super) fn to_bytes(entry: &JournalEntry) -> Vec<u8> {
    let documents = entry.chain.documents().iter().enumerate();
    let stored = Stored {
        version: VERSION,
        as_of: entry.as_of.map(|as_of| as_of.to_rfc3339()),
        wanted: entry.wanted.clone(),
        documents: documents.map(|(index, document)| store(index, document)).collect(),
    };
    serde_json::to_vec(&stored).expect("a struct of texts and numbers serialises")
}

/// `None` where the bytes are of a version or form that this release does not know.
pub(super) fn from_bytes(bytes: &[u8]) -> Option<JournalEntry> {
    let Versioned { version } = serde_json::from_slice(bytes).ok()?;
    match version {
        1 => from_version_1(serde_json::from_slice(bytes).ok()?),
        2 => from_version_2(serde_json::from_slice(bytes).ok()?),
        _ => None,
    }
}

fn from_version_2(stored: Stored) -> Option<JournalEntry> {
    let documents = stored.documents.into_iter().enumerate();
    let documents: Option<Vec<ChainDocument>> =
        documents.map(|(index, document)| restore(index, document)).collect();
    let as_of = match stored.as_of {
        Some(text) => Some(time(&text)?),
        None => None,
    };
    Some(JournalEntry { as_of, wanted: stored.wanted, chain: Chain::new(documents?)? })
}

fn from_version_1(stored: StoredVersion1) -> Option<JournalEntry> {
    let at = stored.at.as_deref().and_then(time);
    let phase = match (stored.phase.as_str(), stored.number, at) {
        ("intended", None, Some(at)) => Phase::Intended(at),
        ("recorded", Some(number), None) => Phase::Recorded(InvoiceNumber(number)),
        // What the books refused is not there.
        ("refused", None, None) => return Some(JournalEntry::default()),
        _ => return None,
    };
    let wanted = Some(stored.fingerprint.clone());
    let document = ChainDocument {
        phase,
        fingerprint: stored.fingerprint,
        date: None,
        amounts: None,
        partly_held: false,
    };
    Some(JournalEntry { as_of: None, wanted, chain: Chain::new(vec![document])? })
}

fn store(index: usize, document: &ChainDocument) -> StoredDocument {
    let (phase, number, at) = match document.phase {
        Phase::Intended(at) => ("intended", None, Some(at.to_rfc3339())),
        Phase::Recorded(number) => ("recorded", Some(number.0), None),
        Phase::Applied(number) => ("applied", Some(number.0), None),
    };
    let (kind, ordinal) = place(index);
    StoredDocument {
        kind: kind.to_owned(),
        ordinal,
        phase: phase.to_owned(),
        number,
        at,
        date: document.date.map(|date| date.to_string()),
        fingerprint: document.fingerprint.clone(),
        amounts: document.amounts.map(|amounts| StoredAmounts {
            currency: amounts.net.currency().to_string(),
            net: amounts.net.minor(),
            vat: amounts.vat.minor(),
        }),
        partly_held: document.partly_held,
    }
}

fn restore(index: usize, stored: StoredDocument) -> Option<ChainDocument> {
    if (stored.kind.as_str(), stored.ordinal) != place(index) {
        return None;
    }
    let number = stored.number.map(InvoiceNumber);
    let phase = match (stored.phase.as_str(), number, stored.at.as_deref()) {
        ("intended", None, Some(at)) => Phase::Intended(time(at)?),
        ("recorded", Some(number), None) => Phase::Recorded(number),
        ("applied", Some(number), None) => Phase::Applied(number),
        _ => return None,
    };
    let amounts = match stored.amounts {
        Some(amounts) => {
            let currency: Currency = amounts.currency.parse().ok()?;
            let money = |minor| Money::new(minor, currency);
            Some(Amounts { net: money(amounts.net), vat: money(amounts.vat) })
        }
        None => None,
    };
    let date = match stored.date {
        Some(text) => Some(text.parse().ok()?),
        None => None,
    };
    let partly_held = stored.partly_held;
    Some(ChainDocument { phase, fingerprint: stored.fingerprint, date, amounts, partly_held })
}

/// The kind and ordinal of the document at this place of a chain.
fn place(index: usize) -> (&'static str, u32) {
    let kind = match index % 2 {
        0 => DocumentKind::Invoice,
        _ => DocumentKind::CreditNote,
    };
    let name = match kind {
        DocumentKind::Invoice => "invoice",
        DocumentKind::CreditNote => "credit-note",
    };
    (name, u32::try_from(index / 2 + 1).unwrap_or(u32::MAX))
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    const NOON: &str = "2026-10-28T12:00:00+00:00";

    fn noon() -> DateTime<Utc> {
        time(NOON).expect("a time")
    }

    fn document(phase: Phase, fingerprint: &str) -> ChainDocument {
        let pounds = |minor| Money::new(minor, Currency::GBP);
        ChainDocument {
            phase,
            fingerprint: fingerprint.into(),
            date: NaiveDate::from_ymd_opt(2026, 10, 28),
            amounts: Some(Amounts { net: pounds(1000), vat: pounds(200) }),
            partly_held: false,
        }
    }

    fn phases(bytes: &str) -> Option<Vec<Phase>> {
        let entry = from_bytes(bytes.as_bytes())?;
        Some(entry.chain.documents().iter().map(|document| document.phase).collect())
    }

    /// Entries outlive releases: these bytes were written by the versions that they are named after.
    #[test]
    fn samples_of_every_version_are_read() {
        let recorded = Phase::Recorded(InvoiceNumber(1001));
        let applied = Phase::Applied(InvoiceNumber(1002));
        let intended = Phase::Intended(noon());
        let samples = [
            (include_str!("samples/version-1-intended.json"), vec![intended]),
            (include_str!("samples/version-1-refused.json"), vec![]),
            (include_str!("samples/version-1-recorded.json"), vec![recorded]),
            (include_str!("samples/version-2-nothing.json"), vec![]),
            (include_str!("samples/version-2-intended.json"), vec![intended]),
            (include_str!("samples/version-2-partly-held.json"), vec![recorded]),
            (include_str!("samples/version-2-corrected.json"), vec![recorded, applied, intended]),
        ];
        for (bytes, expected) in samples {
            assert_eq!(phases(bytes), Some(expected), "{bytes}");
        }
    }

    #[test]
    fn a_document_that_is_partly_held_stays_so() {
        let sample = include_str!("samples/version-2-partly-held.json").trim_end();
        let entry = from_bytes(sample.as_bytes()).expect("it is read");
        assert!(entry.chain.documents()[0].partly_held);
        assert_eq!(String::from_utf8(to_bytes(&entry)).expect("JSON"), sample);
    }

    #[test]
    fn version_2_is_written_as_its_sample() {
        let sample = include_str!("samples/version-2-corrected.json").trim_end();
        let entry = from_bytes(sample.as_bytes()).expect("it is read");
        assert_eq!(String::from_utf8(to_bytes(&entry)).expect("JSON"), sample);
        let last = document(Phase::Intended(noon()), "cd");
        assert_eq!(entry.chain.last().map(|(_, ordinal, document)| (ordinal, document)), Some((2, &last)));
        assert_eq!((entry.as_of, entry.wanted.as_deref()), (Some(noon()), Some("cd")));
    }

    #[test]
    fn what_is_newer_or_out_of_place_is_refused() {
        let sample = include_str!("samples/version-2-corrected.json");
        for (from, to) in [
            ("\"version\":2", "\"version\":3"),
            ("\"credit-note\"", "\"invoice\""),
            ("\"ordinal\":2", "\"ordinal\":3"),
            ("\"applied\"", "\"recorded\""),
            ("\"GBP\"", "\"pounds\""),
        ] {
            let changed = sample.replacen(from, to, 1);
            assert_ne!(changed, sample);
            assert_eq!(from_bytes(changed.as_bytes()), None, "{from} → {to}");
        }
    }
}
