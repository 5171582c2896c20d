//! Gets a plugin ready to be called: the one that is given, or the one that this workspace builds.

use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::artifact;
use crate::dispatcher::LoadedPlugin;
use crate::engine::PluginEngine;

use super::presentation::with_causes;
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
pub(super) fn engine() -> anyhow::Result<PluginEngine> {
    PluginEngine::new(workspace_cache()).map_err(|error| anyhow::anyhow!("{}: {error:#}", error.code()))
}

/// Apart from its workspace the harness leaves nothing on the machine that it is not told to; it compiles the plugin
/// each time.
pub(super) fn workspace_cache() -> Option<PathBuf> {
    is_in_workspace().then(|| artifact::workspace().join("target/plugin/cache"))
}

/// The plugin of this file, ready for deliveries.
pub(super) async fn load_file(path: &Path) -> anyhow::Result<LoadedPlugin> {
    let spinner = spinner("loading the plugin");
    let plugin = LoadedPlugin::load(&engine()?, path)
        .await
        .map_err(|error| anyhow::anyhow!(with_causes(error.code(), &error)))
        .with_context(|| format!("cannot load the plugin {}", path.display()))?;
    spinner.finish_and_clear();
    Ok(plugin)
}

/// Whether the workspace that this harness was compiled from is on this machine.
fn is_in_workspace() -> bool {
    artifact::workspace().join("Cargo.toml").is_file()
}

/// Builds or takes the plugin, and loads it.
pub(super) async fn load(given: Option<&Path>) -> anyhow::Result<LoadedPlugin> {
    load_file(&artifact_path(given)?).await
}
