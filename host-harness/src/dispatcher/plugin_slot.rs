//! The plugin that deliveries go to now, and its replacement while the host runs.
//!
//! A delivery keeps the plugin that it began with. A new artifact takes its place only when it loads, asks for
//! nothing that the host does not serve, and needs no call that a connection does not grant.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::ArcSwap;
use sha2::{Digest, Sha256};

use crate::Host;
use crate::code::Code;
use crate::connection::{ConnectionName, is_amazon_host};
use crate::engine::{CallError, Description, PluginEngine, PluginError};
use crate::gateway::HttpGrant;
use crate::telemetry::PluginIdentity;

/// A plugin with its name.
pub struct LoadedPlugin {
    pub host: Host,
    pub identity: PluginIdentity,
}

impl LoadedPlugin {
    /// Loads the artifact and asks it what it is.
    pub async fn load(engine: &PluginEngine, path: &Path) -> Result<Self, PluginRefused> {
        Ok(load(engine, path).await?.0)
    }

    /// `0.1.0 (1a2b3c4d5e6f)`: what stories and logs call it.
    pub fn label(&self) -> String {
        self.identity.to_string()
    }
}

/// Why an artifact is not used.
#[derive(Debug, thiserror::Error)]
pub enum PluginRefused {
    #[error("the artifact {} cannot be read: check the path and its permissions", .path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{0}")]
    NotUsable(#[source] PluginError),
    #[error("the plugin does not say what it is")]
    Speechless(#[source] CallError),
    #[error("the plugin needs calls that are not granted: {}", .missing.join("; "))]
    NotGranted { missing: Vec<String> },
}

impl PluginRefused {
    pub fn code(&self) -> Code {
        match self {
            PluginRefused::Unreadable { .. } => Code::ArtifactUnreadable,
            PluginRefused::NotUsable(error) => error.code(),
            PluginRefused::Speechless(error) => error.code(),
            PluginRefused::NotGranted { .. } => Code::PluginNotGranted,
        }
    }
}

/// What one connection grants.
pub struct Granted {
    pub connection: ConnectionName,
    /// SP-API's host in the connection's region: a plugin names that of one region for all.
    pub amazon_host: String,
    pub grants: Vec<HttpGrant>,
}

/// Where deliveries find their plugin.
pub struct PluginSlot {
    engine: PluginEngine,
    granted: Vec<Granted>,
    current: ArcSwap<LoadedPlugin>,
}

impl PluginSlot {
    /// Loads the first plugin.
    pub async fn open(
        engine: PluginEngine,
        path: &Path,
        granted: Vec<Granted>,
    ) -> Result<Self, PluginRefused> {
        let (first, description) = load(&engine, path).await?;
        check_grants(&description, &granted)?;
        Ok(PluginSlot { engine, granted, current: ArcSwap::from_pointee(first) })
    }

    pub fn current(&self) -> Arc<LoadedPlugin> {
        self.current.load_full()
    }

    /// Puts the plugin of this file in the place of the current one. `None`: it is the same.
    pub async fn replace(&self, path: &Path) -> Result<Option<Arc<LoadedPlugin>>, PluginRefused> {
        if digest(&read(path)?) == self.current().identity.digest {
            return Ok(None);
        }
        let (loaded, description) = load(&self.engine, path).await?;
        check_grants(&description, &self.granted)?;
        let loaded = Arc::new(loaded);
        self.current.store(Arc::clone(&loaded));
        Ok(Some(loaded))
    }
}

async fn load(engine: &PluginEngine, path: &Path) -> Result<(LoadedPlugin, Description), PluginRefused> {
    let bytes = read(path)?;
    let digest = digest(&bytes);
    let engine = engine.clone();
    // Compiling takes seconds, and deliveries go on meanwhile.
    let host = tokio::task::spawn_blocking(move || Host::new(&engine, &bytes))
        .await
        .expect("loading neither panics nor is aborted")
        .map_err(PluginRefused::NotUsable)?;
    let description = host.plugin.describe().await.map_err(PluginRefused::Speechless)?;
    let identity = PluginIdentity { version: description.version.clone(), digest };
    Ok((LoadedPlugin { host, identity }, description))
}

fn check_grants(description: &Description, granted: &[Granted]) -> Result<(), PluginRefused> {
    let missing: Vec<String> = granted.iter().flat_map(|granted| missing(description, granted)).collect();
    if missing.is_empty() { Ok(()) } else { Err(PluginRefused::NotGranted { missing }) }
}

fn read(path: &Path) -> Result<Vec<u8>, PluginRefused> {
    std::fs::read(path).map_err(|source| PluginRefused::Unreadable { path: path.to_owned(), source })
}

fn digest(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(bytes))
}

/// What the plugin says that it needs and the connection grants on no path at all.
fn missing(description: &Description, granted: &Granted) -> Vec<String> {
    let is_granted = |host: &str, method: &str| {
        let of_host = granted.grants.iter().filter(|grant| grant.host == host);
        of_host.flat_map(|grant| &grant.methods).any(|known| known.as_str() == method)
    };
    let mut missing = Vec::new();
    for capability in &description.capabilities {
        let host = match is_amazon_host(&capability.host) {
            true => &granted.amazon_host,
            false => &capability.host,
        };
        for method in capability.methods.iter().filter(|method| !is_granted(host, method)) {
            missing.push(format!("{}: {method} {host} ({})", granted.connection, capability.reason));
        }
    }
    missing
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::engine::Capability;
    use crate::gateway::Pattern;

    #[test]
    fn what_is_granted_nowhere_is_listed_by_connection() {
        let capability = |host: &str, methods: &[&str]| Capability {
            host: host.to_owned(),
            methods: methods.iter().map(|method| (*method).to_owned()).collect(),
            reason: "reads orders".to_owned(),
        };
        let description = Description {
            name: "plugin".to_owned(),
            version: "0.2.0".to_owned(),
            subscriptions: Vec::new(),
            capabilities: vec![
                capability("sellingpartnerapi-eu.amazon.com", &["GET", "PATCH"]),
                capability("b.example", &["POST"]),
            ],
        };
        let grant = |host: &str, method: Method| HttpGrant {
            host: host.to_owned(),
            methods: vec![method],
            paths: vec![Pattern::new("/*")],
            soap_actions: None,
        };
        let amazon_host = "sellingpartnerapi-na.amazon.com";
        let granted = Granted {
            connection: ConnectionName::new("acme-us").unwrap(),
            amazon_host: amazon_host.to_owned(),
            grants: vec![grant(amazon_host, Method::GET), grant("b.example", Method::POST)],
        };
        assert_eq!(
            missing(&description, &granted),
            ["acme-us: PATCH sellingpartnerapi-na.amazon.com (reads orders)"]
        );
    }
}
