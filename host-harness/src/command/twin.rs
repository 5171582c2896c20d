//! `harness twin`: both twins in the foreground, for any client.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::{Args, value_parser};
use serde_json::{Value, json};

use crate::clock::{Clock, SystemClock};
use crate::twin::world::{World, WorldSize};
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};

use super::presentation::print;

/// What `--write` makes beside the connection file, and so may make anew.
const STATE_FILES: [&str; 3] = ["twin.sqlite", "twin.sqlite-shm", "twin.sqlite-wal"];
const EVENTS_FOLDER: &str = "events";

/// How the connection file of twins begins; a file that begins otherwise is somebody's own.
const FIRST_WORDS: &[u8] = b"# A connection to the twins, written by `harness twin`.";

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness twin
  harness twin --write ./twin --events 20
  harness twin --amazon-port 4010 --kashflow-port 4020 --seed 7")]
pub(super) struct TwinArguments {
    /// The world to show: the same seed gives the same sellers, buyers and orders.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// How many orders the world has.
    #[arg(long, value_name = "NUMBER", default_value_t = 200, value_parser = value_parser!(u32).range(1..))]
    orders: u32,
    /// Where the Amazon twin listens on loopback; 0 for any free port.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    amazon_port: u16,
    /// Where the KashFlow twin listens on loopback; 0 for any free port.
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    kashflow_port: u16,
    /// Multiplies Amazon's usage plans; 1 is as strict as Amazon.
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = value_parser!(u32).range(1..))]
    usage_plan_factor: u32,
    /// A folder to write a ready connection to: connection.toml, its credentials and SKU table. What
    /// an earlier twin left there is replaced.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
    /// How many notifications to write into the folder's `events/`.
    #[arg(long, value_name = "NUMBER", default_value_t = 0, requires = "write")]
    events: usize,
}

pub(super) async fn run(arguments: TwinArguments, json: bool) -> anyhow::Result<ExitCode> {
    let world = World::generate(arguments.seed, WorldSize::orders(arguments.orders as usize));
    let options = PairOptions {
        amazon_port: arguments.amazon_port,
        kashflow_port: arguments.kashflow_port,
        usage_plan_factor: arguments.usage_plan_factor,
        clock: Arc::new(|| SystemClock.now()),
    };
    let pair = TwinPair::start(world, options).await?;
    let connection = match &arguments.write {
        Some(folder) => Some(write(folder, &pair, arguments.events)?),
        None => None,
    };
    if json {
        print(as_json(&pair, connection.as_deref()))?;
    } else {
        print(as_text(&pair, connection.as_deref()))?;
    }
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, pair: &TwinPair, events: usize) -> anyhow::Result<PathBuf> {
    clear(folder)?;
    let connection = ConnectionFolder::write(folder, pair)?;
    let notifications = pair.with_world(World::notifications);
    let events_folder = folder.join(EVENTS_FOLDER);
    if events > 0 {
        std::fs::create_dir_all(&events_folder)
            .with_context(|| format!("cannot create {}", events_folder.display()))?;
    }
    for (number, notification) in notifications.iter().take(events).enumerate() {
        let path = events_folder.join(format!("{:04}.json", number + 1));
        let text =
            serde_json::to_string_pretty(notification).context("cannot write a notification as JSON")?;
        std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(connection.file)
}

/// Removes what an earlier twin left: these books are empty, so no state may say what was posted to those.
fn clear(folder: &Path) -> anyhow::Result<()> {
    let connection = folder.join("connection.toml");
    match std::fs::read(&connection) {
        Ok(text) if text.starts_with(FIRST_WORDS) => {}
        Ok(_) => anyhow::bail!("{} is no connection to twins: choose another folder", connection.display()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", connection.display()));
        }
    }
    let events = std::fs::read_dir(folder.join(EVENTS_FOLDER)).into_iter().flatten().flatten();
    let events = events.map(|entry| entry.path()).filter(|path| is_event(path));
    for path in STATE_FILES.iter().map(|name| folder.join(name)).chain(events) {
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("cannot remove {}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a file has a name that `write` gives: digits and `.json`.
fn is_event(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).and_then(|name| name.strip_suffix(".json"));
    name.is_some_and(|number| number.len() >= 4 && number.bytes().all(|byte| byte.is_ascii_digit()))
}

fn as_json(pair: &TwinPair, connection: Option<&Path>) -> Value {
    let credentials = pair.amazon.credentials();
    json!({
        "amazon": {
            "endpoint": pair.amazon.endpoint(), "tokenEndpoint": pair.amazon.token_endpoint(),
            "clientId": credentials.client_id, "clientSecret": credentials.client_secret,
            "refreshToken": credentials.refresh_token,
        },
        "kashflow": {
            "endpoint": pair.kashflow.url(), "userName": pair.kashflow_credentials.user_name,
            "password": pair.kashflow_credentials.password,
        },
        "connection": connection,
    })
}

fn as_text(pair: &TwinPair, connection: Option<&Path>) -> String {
    let credentials = pair.amazon.credentials();
    let kashflow = &pair.kashflow_credentials;
    let mut lines = vec![
        format!("Amazon SP-API   {}", pair.amazon.endpoint()),
        format!("  tokens        {}", pair.amazon.token_endpoint()),
        format!("  client id     {}", credentials.client_id),
        format!("  client secret {}", credentials.client_secret),
        format!("  refresh token {}", credentials.refresh_token),
        format!("KashFlow SOAP   {} (description: ?WSDL)", pair.kashflow.url()),
        format!("  user name     {}", kashflow.user_name),
        format!("  password      {}", kashflow.password),
    ];
    lines.extend(connection.map(|file| format!("connection      {}", file.display())));
    lines.push("These credentials open the twins and nothing else. Stop with Ctrl-C.".to_owned());
    lines.join("\n")
}
