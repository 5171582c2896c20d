//! Looks for a newer artifact in the plugin's file, and puts it to use without stopping.
//!
//! The file is looked at every few seconds, and at once on `SIGHUP`. An artifact is taken when it has not
//! changed between two looks, so that one that is still being copied is not read half.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::{Notify, watch};

use super::{LoadedPlugin, PluginRefused, PluginSlot};
use crate::limits::ARTIFACT_LOOK_MS;

/// Is told what became of a newer artifact.
pub trait ArtifactObserver: Send + Sync {
    fn replaced(&self, plugin: &LoadedPlugin);
    fn refused(&self, refused: &PluginRefused);
}

/// The file whose plugin runs.
pub struct ArtifactWatch {
    pub path: PathBuf,
    pub slot: Arc<PluginSlot>,
    /// Told to look at once.
    pub look: Arc<Notify>,
    pub observer: Arc<dyn ArtifactObserver>,
}

/// What tells one state of a file from another.
type Look = (u64, Option<SystemTime>);

impl ArtifactWatch {
    /// Looks until it is told to stop.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        // What runs now is settled, and so is what was refused: it is not judged again and again.
        let mut judged = look(&self.path);
        let mut before = judged;
        while !*stop.borrow() {
            let at_once = tokio::select! {
                _ = stop.changed() => continue,
                () = self.look.notified() => true,
                () = tokio::time::sleep(Duration::from_millis(ARTIFACT_LOOK_MS)) => false,
            };
            let now = look(&self.path);
            let is_settled = now == before && now != judged && now.is_some();
            before = now;
            if at_once || is_settled {
                judged = now;
                self.judge().await;
            }
        }
    }

    async fn judge(&self) {
        match self.slot.replace(&self.path).await {
            Ok(None) => {}
            Ok(Some(plugin)) => {
                tracing::info!(plugin = plugin.label(), "a newer plugin runs from now on");
                self.observer.replaced(&plugin);
            }
            Err(error) => {
                let (code, running) = (error.code(), self.slot.current().label());
                tracing::error!(%code, running, "the new artifact is refused, the old one goes on: {error}");
                self.observer.refused(&error);
            }
        }
    }
}

/// `None`: it is not there, as in the middle of a replacement.
fn look(path: &Path) -> Option<Look> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.len(), metadata.modified().ok()))
}
