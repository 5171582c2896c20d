//! What goes wrong in a story.

use serde::Deserialize;

/// Something that goes wrong on the way.
#[derive(Deserialize, Clone)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct FaultStory {
    /// `amazon` or `kashflow`.
    pub at: String,
    /// The operation, for example `getOrder`, `token` or `InsertInvoice`.
    pub on: String,
    /// The name of the twin's fault, for example `quota-exceeded` or `drop-after-processing`.
    pub what: String,
    /// Which of the operation's calls, counted from 1. Where it is left out: every call at Amazon, the first at
    /// KashFlow.
    pub occurrence: Option<u32>,
}
