//! `harness twin`: both twins in the foreground, for any client.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use clap::Args;
use serde_json::json;

use crate::clock::{Clock, SystemClock};
use crate::twin::world::{World, WorldSize};
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness twin                                    on any free ports
  harness twin --write ./twin --events 20         and write a connection and 20 events to ./twin
  harness twin --amazon-port 4010 --kashflow-port 4020 --seed 7")]
pub(super) struct TwinArguments {
    /// The world to show: the same seed gives the same sellers, buyers and orders.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many orders the world has.
    #[arg(long, default_value_t = 200)]
    orders: usize,
    /// Where the Amazon twin listens on loopback; 0 for any free port.
    #[arg(long, default_value_t = 0)]
    amazon_port: u16,
    /// Where the KashFlow twin listens on loopback; 0 for any free port.
    #[arg(long, default_value_t = 0)]
    kashflow_port: u16,
    /// Multiplies Amazon's usage plans; 1 is as strict as Amazon.
    #[arg(long, default_value_t = 1)]
    usage_plan_factor: u32,
    /// A folder to write a ready connection to: connection.toml, its credentials and SKU table.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
    /// How many notifications to write into the folder's `events/`.
    #[arg(long, default_value_t = 0, requires = "write")]
    events: usize,
}

pub(super) async fn run(arguments: TwinArguments, json: bool) -> anyhow::Result<ExitCode> {
    let world = World::generate(arguments.seed, WorldSize::orders(arguments.orders));
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
    let credentials = pair.amazon.credentials();
    if json {
        println!(
            "{}",
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
        );
    } else {
        println!("Amazon SP-API   {}", pair.amazon.endpoint());
        println!("  tokens        {}", pair.amazon.token_endpoint());
        println!("  client id     {}", credentials.client_id);
        println!("  client secret {}", credentials.client_secret);
        println!("  refresh token {}", credentials.refresh_token);
        println!("KashFlow SOAP   {} (description: ?WSDL)", pair.kashflow.url());
        println!("  user name     {}", pair.kashflow_credentials.user_name);
        println!("  password      {}", pair.kashflow_credentials.password);
        if let Some(file) = &connection {
            println!("connection      {}", file.display());
        }
        println!("These credentials open the twins and nothing else. Stop with Ctrl-C.");
    }
    tokio::signal::ctrl_c().await.context("cannot wait for Ctrl-C")?;
    Ok(ExitCode::SUCCESS)
}

fn write(folder: &Path, pair: &TwinPair, events: usize) -> anyhow::Result<PathBuf> {
    let connection = ConnectionFolder::write(folder, pair)?;
    let notifications = pair.with_world(|world| world.notifications());
    let events_folder = folder.join("events");
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
