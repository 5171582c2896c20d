//! `harness build`: the artifact, ready to upload.

use std::process::ExitCode;

use anyhow::Context;
use serde_json::json;

use super::plugin_loading::artifact_path;
use super::presentation::print;

pub(super) fn run(json: bool) -> anyhow::Result<ExitCode> {
    let path = artifact_path(None)?;
    let path = path.canonicalize().unwrap_or(path);
    let bytes = std::fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len();
    if json {
        print(json!({"artifact": path, "bytes": bytes}))?;
    } else {
        print(format_args!("{} ({} KiB)", path.display(), bytes.div_ceil(1024)))?;
    }
    Ok(ExitCode::SUCCESS)
}
