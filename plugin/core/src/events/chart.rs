//! The chart of accounts, kept in the connection's state for a while.
//!
//! It changes a few times a year and every invoice needs it, so it is asked for once in
//! `limits::CHART_TTL_MS`, and at once where a configured nominal is not in it.

use serde::{Deserialize, Serialize};

use crate::canonical::{Chart, Nominal, NominalCode, NominalId, VatRate};
use crate::host::{Host, LogLevel};
use crate::kashflow::chart::{GetNominalCodes, GetVatRates};
use crate::limits::CHART_TTL_MS;
use crate::remote::{CallFailure, perform};

const KEY: &str = "cache/chart/1";

/// The stored form; the key carries its version.
#[derive(Serialize, Deserialize)]
struct Stored {
    nominals: Vec<(i64, i64)>,
    vat_rates: Vec<u32>,
}

/// The chart with all `required` nominals if the account has them, and whether it was kept from before.
pub(super) fn chart(host: &mut dyn Host, required: &[NominalCode]) -> Result<(Chart, bool), CallFailure> {
    let entry = host.state().get(KEY).ok().flatten();
    let kept = entry.as_ref().and_then(|entry| decode(&entry.value));
    if let Some(chart) = kept
        && required.iter().all(|code| chart.nominal(*code).is_some())
    {
        return Ok((chart, true));
    }
    let chart = read(host)?;
    keep(host, &chart, entry.map(|entry| entry.revision));
    Ok((chart, false))
}

/// The chart as the books have it now.
pub(super) fn refresh(host: &mut dyn Host) -> Result<Chart, CallFailure> {
    let revision = host.state().get(KEY).ok().flatten().map(|entry| entry.revision);
    let chart = read(host)?;
    keep(host, &chart, revision);
    Ok(chart)
}

/// Reads the chart from the books.
pub(super) fn read(host: &mut dyn Host) -> Result<Chart, CallFailure> {
    let nominals = perform(host, &GetNominalCodes)?;
    let vat_rates = perform(host, &GetVatRates)?;
    Ok(Chart::new(nominals, vat_rates))
}

fn decode(bytes: &[u8]) -> Option<Chart> {
    let stored: Stored = serde_json::from_slice(bytes).ok()?;
    let nominals =
        stored.nominals.into_iter().map(|(code, id)| Nominal { code: NominalCode(code), id: NominalId(id) });
    Some(Chart::new(nominals, stored.vat_rates.into_iter().map(VatRate::from_basis_points).collect()))
}

/// Keeps the chart. If that fails, the next delivery reads it again.
fn keep(host: &mut dyn Host, chart: &Chart, revision: Option<u64>) {
    let stored = Stored {
        nominals: chart.nominals().map(|nominal| (nominal.code.0, nominal.id.0)).collect(),
        vat_rates: chart.vat_rates().iter().map(|rate| rate.basis_points()).collect(),
    };
    let bytes = serde_json::to_vec(&stored).expect("numbers serialise");
    let kept = match revision {
        None => host.state().create(KEY, &bytes, Some(CHART_TTL_MS)),
        Some(revision) => host.state().update(KEY, &bytes, revision, Some(CHART_TTL_MS)),
    };
    if let Err(error) = kept {
        let text = error.to_string();
        host.log(LogLevel::Debug, "the chart was not kept", &[("why", &text)]);
    }
}
