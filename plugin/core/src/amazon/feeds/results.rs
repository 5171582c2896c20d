//! The results of a feed: which of its messages Amazon refuses, and why.
//!
//! What is not named was accepted. Absent on purpose: warnings, which change nothing.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::amazon::failure;
use crate::canonical::FeedDocumentId;
use crate::remote::{CallFailure, describe_json_error};

/// Why messages were refused, by their number.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FeedResults {
    pub refused: BTreeMap<u32, String>,
    /// What is said of the feed as a whole.
    pub of_the_feed: Option<String>,
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    issues: Vec<Issue>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    message_id: Option<u32>,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    message: String,
}

/// Reads the results, unpacked.
pub fn results(document: &FeedDocumentId, file: &[u8]) -> Result<FeedResults, CallFailure> {
    let report: Report = serde_json::from_slice(file).map_err(|error| {
        failure::unreadable("getFeedDocument", document.as_str(), &describe_json_error(&error))
    })?;
    let mut results = FeedResults::default();
    for issue in report.issues.into_iter().filter(|issue| issue.severity == "ERROR") {
        let said: String = issue.message.chars().take(200).collect();
        match issue.message_id.filter(|number| *number > 0) {
            Some(number) => {
                results.refused.entry(number).or_insert(said);
            }
            None => {
                results.of_the_feed.get_or_insert(said);
            }
        }
    }
    Ok(results)
}
