//! One connection: one seller's Amazon account joined to one KashFlow account, read from `connection.toml`.
//!
//! The file says where the services are, where their credentials lie (never what they are), what the
//! plugin may call, and its settings. Deliberately absent: any meaning of a setting. The host passes them
//! on as text, and the plugin judges them.

mod alerts;
mod credential;
mod document;
mod gateway;
mod grants;
mod load;
mod name;
mod problem;
mod section;
mod settings;
mod source_section;
mod sources;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use secrecy::SecretString;
use url::Url;

pub use alerts::{AlertSettings, AlertWebhook};
pub use name::{ConnectionName, ConnectionNameError};
pub use problem::{ConnectionErrors, ConnectionProblem};
pub use sources::{
    AwsCredentials, DirectorySettings, ScheduleSettings, Sources, SqsSettings, WebhookSecret, WebhookSettings,
};

use crate::gateway::{BreakerThresholds, Egress, HttpGrant};
use crate::limits::Limits;

/// A connection that is complete and consistent, with its credentials at hand.
#[derive(Clone, Debug)]
pub struct Connection {
    pub name: ConnectionName,
    pub amazon: Amazon,
    pub kashflow: KashFlow,
    pub grants: Vec<HttpGrant>,
    /// The queues that the plugin may send to.
    pub queues: BTreeSet<String>,
    pub state_file: PathBuf,
    /// Whom the host tells that something waits for a person.
    pub alerts: AlertSettings,
    pub limits: Limits,
    pub egress: Egress,
    pub breaker: BreakerThresholds,
    pub sources: Sources,
    /// What the plugin reads: dotted key to text.
    pub settings: BTreeMap<String, String>,
}

/// Access to one seller's data in one region of SP-API.
#[derive(Clone, Debug)]
pub struct Amazon {
    /// The host as the plugin names it.
    pub host: String,
    pub endpoint: Url,
    pub token_endpoint: Url,
    pub client_id: SecretString,
    pub client_secret: SecretString,
    pub refresh_token: SecretString,
}

/// Access to one KashFlow account.
#[derive(Clone, Debug)]
pub struct KashFlow {
    pub endpoint: Url,
    pub user_name: SecretString,
    pub password: SecretString,
}

/// KashFlow's host and path as the plugin names them.
pub const KASHFLOW_HOST: &str = "securedwebapp.com";
pub const KASHFLOW_PATH: &str = "/api/service.asmx";

/// Whether this is SP-API's host in one of its regions (SP-API: "SP-API Endpoints").
pub fn is_amazon_host(host: &str) -> bool {
    AMAZON_REGIONS.iter().any(|region| host == amazon_host(region))
}

/// SP-API's regions.
pub(crate) const AMAZON_REGIONS: [&str; 3] = ["eu", "na", "fe"];

pub(crate) fn amazon_host(region: &str) -> String {
    format!("sellingpartnerapi-{region}.amazon.com")
}
