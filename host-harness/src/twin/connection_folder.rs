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
        ConnectionFolder::write_text(folder, pair, TEMPLATE)
    }

    /// The same, but the connection keeps no stock in step: for whoever reckons from the orders alone what the books
    /// must hold.
    pub fn write_without_stock(folder: &Path, pair: &TwinPair) -> Result<Self, ConnectionFolderError> {
        let is_kept = |line: &&str| !line.starts_with("stock.");
        let lines: Vec<&str> = TEMPLATE.lines().filter(is_kept).collect();
        ConnectionFolder::write_text(folder, pair, &(lines.join("\n") + "\n"))
    }

    fn write_text(folder: &Path, pair: &TwinPair, template: &str) -> Result<Self, ConnectionFolderError> {
        let credentials = pair.amazon.credentials();
        let table = pair.with_world(World::sku_table_csv);
        let seller = pair.with_world(|world| world.seller().id.to_string());
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
        let text = template
            .replace("{amazon-endpoint}", &pair.amazon.endpoint())
            .replace("{token-endpoint}", &pair.amazon.token_endpoint())
            .replace("{kashflow-endpoint}", &pair.kashflow.url())
            .replace("{seller-id}", &seller);
        Ok(ConnectionFolder { file: write(folder.join("connection.toml"), &text)? })
    }
}

fn write(path: PathBuf, content: &str) -> Result<PathBuf, ConnectionFolderError> {
    match fs::write(&path, content) {
        Ok(()) => Ok(path),
        Err(source) => Err(ConnectionFolderError { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use http::Method;

    use super::*;
    use crate::connection::Connection;
    use crate::gateway::Pattern;
    use crate::twin::PairOptions;
    use crate::twin::world::WorldSize;

    type Write = fn(&Path, &TwinPair) -> Result<ConnectionFolder, ConnectionFolderError>;

    fn connection(write: Write) -> Connection {
        let world = World::generate(7, WorldSize::orders(1));
        let now = world.epoch();
        let options = PairOptions {
            amazon_port: 0,
            kashflow_port: 0,
            usage_plan_factor: 1,
            clock: Arc::new(move || now),
        };
        let pair = TwinPair::in_process(world, None, options).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let file = write(folder.path(), &pair).unwrap().file;
        Connection::load(&file).unwrap_or_else(|errors| panic!("{errors}"))
    }

    #[test]
    fn a_connection_to_the_twins_grants_what_stock_needs_and_no_other_write() {
        let connection = connection(ConnectionFolder::write);
        let is_granted = |method: &Method, host: &str, path: &str| {
            let of_host = connection.grants.iter().filter(|grant| grant.host == host);
            let of_method = of_host.filter(|grant| grant.methods.contains(method));
            of_method.flat_map(|grant| &grant.paths).any(|pattern| pattern.matches(path))
        };
        let (amazon, feeds) = ("sellingpartnerapi-eu.amazon.com", "feed-documents.amazon");
        for (method, host, path, expected) in [
            (Method::GET, amazon, "/fba/inventory/v1/summaries", true),
            (Method::GET, amazon, "/listings/2021-08-01/items/A1", true),
            (Method::GET, amazon, "/listings/2021-08-01/items/A1/AB%2F1", true),
            (Method::PATCH, amazon, "/listings/2021-08-01/items/A1/AB%2F1", true),
            (Method::PATCH, amazon, "/listings/2021-08-01/items/A1", false),
            (Method::PUT, amazon, "/listings/2021-08-01/items/A1/AB%2F1", false),
            (Method::DELETE, amazon, "/listings/2021-08-01/items/A1/AB%2F1", false),
            (Method::POST, amazon, "/feeds/2021-06-30/documents", true),
            (Method::POST, amazon, "/feeds/2021-06-30/feeds", true),
            (Method::POST, amazon, "/orders/2026-01-01/orders", false),
            (Method::GET, amazon, "/feeds/2021-06-30/documents/1", true),
            (Method::GET, amazon, "/feeds/2021-06-30/feeds/1", true),
            (Method::DELETE, amazon, "/feeds/2021-06-30/feeds/1", false),
            (Method::PUT, feeds, "/1", true),
            (Method::GET, feeds, "/1", true),
            (Method::POST, feeds, "/1", false),
            (Method::PUT, "report-documents.amazon", "/1", false),
        ] {
            assert_eq!(is_granted(&method, host, path), expected, "{method} {host}{path}");
        }
        assert!(connection.queues.contains("on-inventory"));
        let actions = connection.grants.iter().filter_map(|grant| grant.soap_actions.as_ref()).flatten();
        let mut actions = actions.filter(|action| action.as_str().contains("Product"));
        assert_eq!(actions.next().map(Pattern::as_str), Some("KashFlow/AddOrUpdateSubProduct"));
        assert_eq!(actions.next(), None);
    }

    #[test]
    fn it_keeps_the_worlds_stock_in_step_unless_it_is_to_keep_none() {
        let (with, mut without) =
            (connection(ConnectionFolder::write), connection(ConnectionFolder::write_without_stock));
        let seller = World::generate(7, WorldSize::orders(1)).seller().id.to_string();
        without.settings.insert("stock.seller-id".to_owned(), seller);
        assert_eq!(with.settings, without.settings);
    }
}
