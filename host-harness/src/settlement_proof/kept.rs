//! What the plugin has kept of a settlement: its file, its plan, and what has become of that.

use plugin_core::canonical::SettlementId;
use plugin_core::events::kept_settlement_file;
use plugin_core::orchestration::settlement::{Manifest, Part, SETTLEMENT_KEYS, kept, settlement_of_key};
use plugin_core::remote::CallFailure;

use crate::read_only_host::ReadOnlyHost;

use super::standing::Standings;

/// A settlement that the plugin knows.
pub struct KeptProof {
    pub manifest: Manifest,
    /// As it came.
    pub file: Vec<u8>,
    pub standings: Standings,
}

#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    #[error("settlement {settlement} is not known here; {}", listed(known))]
    Unknown { settlement: SettlementId, known: Vec<SettlementId> },
    #[error("the file {0} is not kept here: give the settlement file as an argument")]
    NoFile(String),
    #[error("{}", .0.finding)]
    State(CallFailure),
    #[error("the state cannot be read: {0}")]
    Store(crate::store::StateError),
}

fn listed(known: &[SettlementId]) -> String {
    if known.is_empty() {
        return "no settlement is known yet: name a file to see what it would lead to".to_owned();
    }
    let ids: Vec<String> = known.iter().map(ToString::to_string).collect();
    format!("known are {}", ids.join(", "))
}

/// Reads everything that is kept of a settlement.
///
/// # Errors
/// Where it is not known, or the state cannot be read.
pub fn kept_proof(host: &mut ReadOnlyHost, settlement: SettlementId) -> Result<KeptProof, KeptError> {
    let Some(found) = kept(host, settlement).map_err(KeptError::State)? else {
        let keys = host.keys(SETTLEMENT_KEYS).map_err(KeptError::Store)?;
        let known = keys.iter().filter_map(|key| settlement_of_key(key)).collect();
        return Err(KeptError::Unknown { settlement, known });
    };
    let manifest = found.manifest;
    let file = file_of_hash(host, &manifest.origin.file)?;
    let mut items = Vec::new();
    for number in 0..manifest.parts {
        items.extend(Part::open(host, settlement, number).map_err(KeptError::State)?.items);
    }
    Ok(KeptProof { manifest, file, standings: Standings::of(settlement, items) })
}

/// The settlement file with this hash.
///
/// # Errors
/// Where it is not kept, or the state cannot be read.
pub fn file_of_hash(host: &mut ReadOnlyHost, hash: &str) -> Result<Vec<u8>, KeptError> {
    let file = kept_settlement_file(host, hash).map_err(KeptError::State)?;
    file.ok_or_else(|| KeptError::NoFile(hash.to_owned()))
}
