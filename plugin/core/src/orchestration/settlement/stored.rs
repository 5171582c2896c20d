//! The stored forms of a settlement, which outlive releases. `samples` keeps bytes of each version, and the tests read
//! them all. A form that is newer than this release is refused: half of it would be lost when it is written back.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::canonical::{Currency, MarketplaceId, Money, SettlementId};
use crate::finding::{Code, Finding};

use super::item::{Item, Remark, Stage};
use super::manifest::{Manifest, Origin};

mod posting;

use posting::StoredPosting;

const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredManifest {
    version: u32,
    settlement: i64,
    marketplace: String,
    starts_at: DateTimeText,
    ends_at: DateTimeText,
    deposited_on: NaiveDateText,
    currency: String,
    /// In minor units, as all amounts are.
    total: i64,
    file: String,
    rows_digest: String,
    rows: u64,
    rules: String,
    planned_at: DateTimeText,
    postings: u32,
    parts: u32,
    parts_done: u32,
    parts_waiting: Vec<u32>,
    looked_at: u32,
    findings: Vec<StoredRemark>,
    progressed_at_attempt: u32,
}

/// RFC 3339, and ISO 8601.
type DateTimeText = String;
type NaiveDateText = String;

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredItems {
    version: u32,
    currency: String,
    items: Vec<StoredItem>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredItem {
    posting: StoredPosting,
    #[serde(default, skip_serializing_if = "StoredStage::is_waiting")]
    document: StoredStage,
    #[serde(default, skip_serializing_if = "StoredStage::is_waiting")]
    payment: StoredStage,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    elsewhere: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    remark: Option<StoredRemark>,
}

#[derive(Serialize, Deserialize, Default)]
#[serde(rename_all = "camelCase")]
struct StoredStage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    intended: Option<DateTimeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    recorded: Option<i64>,
}

impl StoredStage {
    fn is_waiting(&self) -> bool {
        self.intended.is_none() && self.recorded.is_none()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct StoredRemark {
    code: String,
    message: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    waits: bool,
}

pub(super) fn manifest_to_bytes(manifest: &Manifest) -> Vec<u8> {
    let remark = |finding: &Finding| StoredRemark {
        code: finding.code.as_str().to_owned(),
        message: finding.message.clone(),
        waits: false,
    };
    let stored = StoredManifest {
        version: VERSION,
        settlement: manifest.settlement.0,
        marketplace: manifest.marketplace.to_string(),
        starts_at: manifest.starts_at.to_rfc3339(),
        ends_at: manifest.ends_at.to_rfc3339(),
        deposited_on: manifest.deposited_on.to_string(),
        currency: manifest.total.currency().to_string(),
        total: manifest.total.minor(),
        file: manifest.origin.file.clone(),
        rows_digest: manifest.origin.rows_digest.clone(),
        rows: manifest.origin.rows,
        rules: manifest.origin.rules.clone(),
        planned_at: manifest.planned_at.to_rfc3339(),
        postings: manifest.postings,
        parts: manifest.parts,
        parts_done: manifest.parts_done,
        parts_waiting: manifest.parts_waiting.clone(),
        looked_at: manifest.looked_at,
        findings: manifest.findings.iter().map(remark).collect(),
        progressed_at_attempt: manifest.progressed_at_attempt,
    };
    serde_json::to_vec(&stored).expect("a struct of texts and numbers serialises")
}

/// `None` where the bytes are of a version or form that this release does not know.
pub(super) fn manifest_from_bytes(bytes: &[u8]) -> Option<Manifest> {
    let stored: StoredManifest = serde_json::from_slice(bytes).ok()?;
    let settlement = SettlementId(stored.settlement);
    let subject = settlement.to_string();
    let finding = |remark: StoredRemark| Some(Finding::new(code(&remark.code)?, &subject, remark.message));
    (stored.version == VERSION).then_some(())?;
    Some(Manifest {
        settlement,
        marketplace: MarketplaceId::new(stored.marketplace)?,
        starts_at: time(&stored.starts_at)?,
        ends_at: time(&stored.ends_at)?,
        deposited_on: date(&stored.deposited_on)?,
        total: Money::new(stored.total, stored.currency.parse().ok()?),
        origin: Origin {
            file: stored.file,
            rows_digest: stored.rows_digest,
            rows: stored.rows,
            rules: stored.rules,
        },
        planned_at: time(&stored.planned_at)?,
        postings: stored.postings,
        parts: stored.parts,
        parts_done: stored.parts_done,
        parts_waiting: stored.parts_waiting,
        looked_at: stored.looked_at,
        findings: stored.findings.into_iter().map(finding).collect::<Option<_>>()?,
        progressed_at_attempt: stored.progressed_at_attempt,
    })
}

/// All items are of one currency.
pub(super) fn items_to_bytes(items: &[Item]) -> Vec<u8> {
    let currency = items.iter().find_map(|item| Some(item.posting.clearing().ok()?.currency()));
    let stored = StoredItems {
        version: VERSION,
        currency: currency.unwrap_or(Currency::GBP).to_string(),
        items: items.iter().map(store).collect(),
    };
    serde_json::to_vec(&stored).expect("a struct of texts and numbers serialises")
}

pub(super) fn items_from_bytes(bytes: &[u8]) -> Option<Vec<Item>> {
    let stored: StoredItems = serde_json::from_slice(bytes).ok()?;
    (stored.version == VERSION).then_some(())?;
    let currency: Currency = stored.currency.parse().ok()?;
    stored.items.into_iter().map(|item| restore(item, currency)).collect()
}

fn store(item: &Item) -> StoredItem {
    StoredItem {
        posting: StoredPosting::of(&item.posting),
        document: store_stage(item.document),
        payment: store_stage(item.payment),
        elsewhere: item.elsewhere,
        remark: item.remark.as_ref().map(|remark| StoredRemark {
            code: remark.code.as_str().to_owned(),
            message: remark.message.clone(),
            waits: remark.waits,
        }),
    }
}

fn restore(stored: StoredItem, currency: Currency) -> Option<Item> {
    let remark = match stored.remark {
        Some(StoredRemark { code: text, message, waits }) => {
            Some(Remark { code: code(&text)?, message, waits })
        }
        None => None,
    };
    Some(Item {
        posting: stored.posting.restore(currency)?,
        document: restore_stage(&stored.document)?,
        payment: restore_stage(&stored.payment)?,
        elsewhere: stored.elsewhere,
        remark,
    })
}

fn store_stage(stage: Stage) -> StoredStage {
    match stage {
        Stage::Waiting => StoredStage::default(),
        Stage::Intended(at) => StoredStage { intended: Some(at.to_rfc3339()), recorded: None },
        Stage::Recorded(number) => StoredStage { intended: None, recorded: Some(number) },
    }
}

fn restore_stage(stored: &StoredStage) -> Option<Stage> {
    match (&stored.intended, stored.recorded) {
        (None, None) => Some(Stage::Waiting),
        (Some(at), None) => Some(Stage::Intended(time(at)?)),
        (None, Some(number)) => Some(Stage::Recorded(number)),
        (Some(_), Some(_)) => None,
    }
}

fn code(text: &str) -> Option<Code> {
    Code::ALL.iter().copied().find(|code| code.as_str() == text)
}

fn time(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|time| time.to_utc())
}

fn date(text: &str) -> Option<NaiveDate> {
    text.parse().ok()
}

#[cfg(test)]
mod tests;
