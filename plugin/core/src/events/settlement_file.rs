//! The raw file of a settlement, kept in the connection's state under its hash: the proof of every figure.
//!
//! Amazon keeps a report for 90 days and the books are kept for years, so the file is kept before anything is made of
//! it. Absent on purpose: what is in it.

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::canonical::SettlementId;
use crate::finding::Code;
use crate::host::{Host, StateError};
use crate::limits::{FILE_PIECE_BYTES, SETTLEMENT_BYTES_MAX};
use crate::remote::{CallFailure, FailureClass};

/// The stored form; the key carries its version.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Stored {
    bytes: usize,
    pieces: usize,
    /// The settlement that was planned from it.
    settlement: Option<i64>,
}

/// The SHA-256 of a file, hexadecimal.
pub fn hash(bytes: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(bytes))
}

fn key(hash: &str) -> String {
    format!("settlement-file/1/{hash}")
}

/// The settlement that was planned from the file with this hash.
pub(super) fn settlement_of(host: &mut dyn Host, hash: &str) -> Result<Option<SettlementId>, CallFailure> {
    let entry = host.state().get(&key(hash)).map_err(|error| failed(hash, &error))?;
    let stored: Option<Stored> = entry.and_then(|entry| serde_json::from_slice(&entry.value).ok());
    Ok(stored.and_then(|stored| stored.settlement).map(SettlementId))
}

/// Keeps the file. Keeping it twice changes nothing.
pub(super) fn keep(host: &mut dyn Host, hash: &str, bytes: &[u8]) -> Result<(), CallFailure> {
    for (index, piece) in bytes.chunks(FILE_PIECE_BYTES).enumerate() {
        once(host, hash, &format!("{}/{index}", key(hash)), piece)?;
    }
    let pieces = bytes.len().div_ceil(FILE_PIECE_BYTES);
    let stored = Stored { bytes: bytes.len(), pieces, settlement: None };
    once(host, hash, &key(hash), &serde_json::to_vec(&stored).expect("numbers serialise"))
}

/// The file with this hash as it came; `None` where it was never kept whole.
///
/// # Errors
/// Where the state cannot be read, or what is kept is not that file any more (KA-0705).
pub fn kept_file(host: &mut dyn Host, hash: &str) -> Result<Option<Vec<u8>>, CallFailure> {
    let key = key(hash);
    let entry = host.state().get(&key).map_err(|error| failed(hash, &error))?;
    let Some(entry) = entry else { return Ok(None) };
    let stored: Stored = serde_json::from_slice(&entry.value).map_err(|_| damaged(hash))?;
    let mut bytes = Vec::with_capacity(stored.bytes.min(SETTLEMENT_BYTES_MAX));
    for index in 0..stored.pieces {
        let piece = host.state().get(&format!("{key}/{index}")).map_err(|error| failed(hash, &error))?;
        bytes.extend(piece.ok_or_else(|| damaged(hash))?.value);
    }
    if self::hash(&bytes) == hash { Ok(Some(bytes)) } else { Err(damaged(hash)) }
}

fn damaged(hash: &str) -> CallFailure {
    let message =
        format!("what is kept of the file {hash} is not that file: restore the state from a backup");
    CallFailure::new(FailureClass::Conflict, Code::StateUnavailable, "settlement file", message)
}

/// Takes down which settlement was planned from it.
pub(super) fn belongs_to(
    host: &mut dyn Host,
    hash: &str,
    settlement: SettlementId,
) -> Result<(), CallFailure> {
    let key = key(hash);
    let entry = host.state().get(&key).map_err(|error| failed(hash, &error))?;
    let Some(entry) = entry else { return Ok(()) };
    let stored: Option<Stored> = serde_json::from_slice(&entry.value).ok();
    let Some(stored) = stored.filter(|stored| stored.settlement.is_none()) else { return Ok(()) };
    let stored = Stored { settlement: Some(settlement.0), ..stored };
    let bytes = serde_json::to_vec(&stored).expect("numbers serialise");
    host.state().update(&key, &bytes, entry.revision, None).map(drop).map_err(|error| failed(hash, &error))
}

/// The key is made of the content, so what is there already is the same.
fn once(host: &mut dyn Host, hash: &str, key: &str, value: &[u8]) -> Result<(), CallFailure> {
    match host.state().create(key, value, None) {
        Ok(_) | Err(StateError::Stale) => Ok(()),
        Err(error) => Err(failed(hash, &error)),
    }
}

fn failed(hash: &str, error: &StateError) -> CallFailure {
    let message = format!("the file {hash} cannot be kept: {error}; the event is delivered again");
    CallFailure::new(FailureClass::Transient, Code::StateUnavailable, "settlement file", message)
}
