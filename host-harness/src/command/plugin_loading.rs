//! Gets a plugin ready to be called: the one that is given, or the one that this workspace builds.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::Host;
use crate::artifact;
use crate::engine::PluginEngine;

use super::progress::spinner;

/// The artifact that is meant, built first where none is given.
pub(super) fn artifact_path(given: Option<&Path>) -> anyhow::Result<PathBuf> {
    if let Some(path) = given {
        return Ok(path.to_owned());
    }
    if !is_in_workspace() {
        anyhow::bail!(
            "this harness stands apart from its workspace and cannot build the plugin: pass its file, as --help says"
        );
    }
    let spinner = spinner("building the plugin");
    let path = artifact::build(|step| spinner.set_message(format!("building the plugin: {step}")))?;
    spinner.finish_and_clear();
    Ok(path)
}

pub(super) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read the plugin {}: check the path", path.display()))
}

/// A host with the plugin of this file in it.
pub(super) fn host(path: &Path, bytes: &[u8]) -> anyhow::Result<Host> {
    let spinner = spinner("loading the plugin");
    // Apart from its workspace the harness leaves nothing on the machine; it compiles the plugin each time.
    let cache = is_in_workspace().then(|| artifact::workspace().join("target/plugin/cache"));
    let engine = PluginEngine::new(cache).map_err(|error| anyhow::anyhow!("{}: {error:#}", error.code()))?;
    let host = Host::new(&engine, bytes)
        .map_err(|error| anyhow::anyhow!("{}: {error:#}", error.code()))
        .with_context(|| format!("cannot load the plugin {}", path.display()))?;
    spinner.finish_and_clear();
    Ok(host)
}

/// Whether the workspace that this harness was compiled from is on this machine.
fn is_in_workspace() -> bool {
    artifact::workspace().join("Cargo.toml").is_file()
}

/// Builds or takes the plugin, and loads it.
pub(super) fn load(given: Option<&Path>) -> anyhow::Result<Host> {
    let path = artifact_path(given)?;
    host(&path, &read(&path)?)
}
