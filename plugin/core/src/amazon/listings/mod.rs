//! Listings Items API 2021-08-01: what offers show, and the quantity of those that the merchant sends.
//!
//! Absent on purpose: every other attribute of a listing, prices above all, and listings that are to be made.

mod patch;
mod search;

use serde::Deserialize;

pub(super) use patch::PRODUCT_TYPE;
pub use patch::{Mode, PatchListingsItem, Submission};
pub use search::SearchListingsItems;

/// The attribute that holds quantities.
pub(super) const ATTRIBUTE: &str = "fulfillment_availability";

/// The channel code of goods that the merchant sends. Every other one is a region of Amazon's: `AMAZON_EU`.
pub(super) const MERCHANT: &str = "DEFAULT";

/// What Amazon finds wrong with a listing or a submission.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Issue {
    #[serde(default)]
    message: String,
    #[serde(default)]
    severity: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

impl Issue {
    /// Whether it keeps the quantity from being taken. Listings have errors of other kinds for years.
    fn is_about_quantities(&self) -> bool {
        self.severity == "ERROR"
            && (self.attribute_names.is_empty() || self.attribute_names.iter().any(|name| name == ATTRIBUTE))
    }
}

/// The words of those issues that keep a quantity from being taken, as far as a person reads them.
fn problems(issues: &[Issue]) -> Vec<String> {
    let said = |issue: &Issue| issue.message.chars().take(200).collect();
    issues.iter().filter(|issue| issue.is_about_quantities()).map(said).collect()
}

#[cfg(test)]
mod tests;
