//! A ready connection to the twins: `connection.toml`, the credentials it points to, and the SKU table.
//!
//! Any host can use it. The credentials are the twins' own and open nothing else.

use std::fs;
use std::path::{Path, PathBuf};

use super::TwinPair;
use super::world::World;

#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: choose a folder that this user may write in", path.display())]
pub struct ConnectionFolderError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

/// A folder that holds a connection.
pub struct ConnectionFolder {
    /// The connection file.
    pub file: PathBuf,
}

/// What is written into the connection file, with the places that differ from twin to twin.
const TEMPLATE: &str = include_str!("connection.toml");

impl ConnectionFolder {
    /// Writes the connection to `folder`, which is created where it is missing.
    pub fn write(folder: &Path, pair: &TwinPair) -> Result<Self, ConnectionFolderError> {
        let credentials = pair.amazon.credentials();
        let table = pair.with_world(World::sku_table_csv);
        let secrets = folder.join("secrets");
        fs::create_dir_all(&secrets)
            .map_err(|source| ConnectionFolderError { path: secrets.clone(), source })?;
        let files = [
            ("secrets/amazon-client-id", credentials.client_id.as_str()),
            ("secrets/amazon-client-secret", &credentials.client_secret),
            ("secrets/amazon-refresh-token", &credentials.refresh_token),
            ("secrets/kashflow-user-name", &pair.kashflow_credentials.user_name),
            ("secrets/kashflow-password", &pair.kashflow_credentials.password),
            ("sku.csv", &table),
        ];
        for (name, content) in files {
            write(folder.join(name), content)?;
        }
        let text = TEMPLATE
            .replace("{amazon-endpoint}", &pair.amazon.endpoint())
            .replace("{token-endpoint}", &pair.amazon.token_endpoint())
            .replace("{kashflow-endpoint}", &pair.kashflow.url());
        Ok(ConnectionFolder { file: write(folder.join("connection.toml"), &text)? })
    }
}

fn write(path: PathBuf, content: &str) -> Result<PathBuf, ConnectionFolderError> {
    match fs::write(&path, content) {
        Ok(()) => Ok(path),
        Err(source) => Err(ConnectionFolderError { path, source }),
    }
}
