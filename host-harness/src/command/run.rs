//! `harness run`: events as they come, until it is told to stop.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::clock::SystemClock;
use crate::connection::Connection;
use crate::dispatcher::DispatchOptions;
use crate::limits::{SHUTDOWN_DEADLINE_MS, WORKERS};
use crate::service::{Service, ServiceError, ServiceOptions};
use crate::telemetry::TelemetryFlags;
use crate::telemetry::operations_server::DEFAULT_ADDRESS;

use super::plugin_loading::{artifact_path, workspace_cache};
use super::presentation::{print, with_causes};

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness run --connection acme-uk.toml --plugin kashflow-amazon-0.1.0.wasm
  harness run --connection acme-uk.toml --connection acme-ie.toml --workers 16
  harness run --connection acme-uk.toml --log-format json --otlp-endpoint http://127.0.0.1:4318

It ends on Ctrl-C and SIGTERM, and looks for a newer plugin at once on SIGHUP. What it is doing shows
http://127.0.0.1:9464/ and `harness status`. docs/operations.md has the rest.

Exit code: 0 it was told to stop, 1 an error, 2 a wrong command line.")]
pub(super) struct RunArguments {
    /// The connection file; several for several connections.
    #[arg(long, value_name = "FILE", required = true)]
    connection: Vec<PathBuf>,
    /// The plugin to run, instead of the one that this workspace builds. A newer file in its place is used at once.
    #[arg(long, value_name = "FILE.wasm")]
    plugin: Option<PathBuf>,
    /// Deliveries that run side by side, over all connections.
    #[arg(long, value_name = "NUMBER", default_value_t = WORKERS, value_parser = workers)]
    workers: usize,
    /// How long deliveries that are under way may take to end when it is told to stop.
    #[arg(long, value_name = "SECONDS", default_value_t = SHUTDOWN_DEADLINE_MS / 1000)]
    shutdown_seconds: u64,
    /// Where the operations server listens: health, metrics, and a page for people.
    #[arg(long, value_name = "ADDRESS", default_value = DEFAULT_ADDRESS)]
    listen: SocketAddr,
    /// Let the operations server listen beyond this machine.
    #[arg(long)]
    allow_remote: bool,
    /// Where compiled plugins are kept, so that a start takes no time.
    #[arg(long, value_name = "FOLDER")]
    cache: Option<PathBuf>,
    #[command(flatten)]
    pub(super) telemetry: TelemetryFlags,
}

fn workers(text: &str) -> Result<usize, String> {
    let most = crate::limits::INSTANCES as usize;
    match text.parse() {
        Ok(workers @ 1..) if workers <= most => Ok(workers),
        _ => Err(format!("between 1 and {most} deliveries run side by side")),
    }
}

pub(super) async fn run(arguments: RunArguments, json: bool) -> anyhow::Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let connections =
        arguments.connection.iter().map(|file| Connection::load(file)).collect::<Result<Vec<_>, _>>()?;
    let options = ServiceOptions {
        plugin: artifact_path(arguments.plugin.as_deref())?,
        cache: arguments.cache.or_else(workspace_cache),
        dispatch: DispatchOptions {
            workers: arguments.workers,
            shutdown_deadline: Duration::from_secs(arguments.shutdown_seconds),
        },
        listen: arguments.listen,
        allow_remote: arguments.allow_remote,
    };
    let started = Service::start(&connections, options, Arc::new(SystemClock)).await;
    let mut service = started.map_err(|error| coded(&error))?;
    tell(&service, &arguments.connection, json)?;
    loop {
        tokio::select! {
            _ = signals.interrupt.recv() => break,
            _ = signals.terminate.recv() => break,
            _ = signals.hang_up.recv() => service.look_for_artifact(),
            error = service.broken() => {
                service.stop().await;
                return Err(coded(&error));
            }
        }
    }
    tracing::info!("told to stop");
    service.stop().await;
    tracing::info!("stopped");
    Ok(ExitCode::SUCCESS)
}

/// What a person or a script waits for.
fn tell(service: &Service, connections: &[PathBuf], json: bool) -> anyhow::Result<()> {
    let (plugin, address) = (&service.plugin, service.address());
    if json {
        let webhooks: serde_json::Map<_, _> = service
            .webhooks
            .iter()
            .map(|(connection, address)| (connection.clone(), address.to_string().into()))
            .collect();
        return print(json!({
            "ready": true, "plugin": plugin, "operations": format!("http://{address}/"), "webhooks": webhooks,
            "process": std::process::id(),
        }));
    }
    let files: Vec<_> = connections.iter().map(|file| Path::display(file).to_string()).collect();
    print(format_args!("running {} with plugin {plugin}", files.join(", ")))?;
    for (connection, address) in &service.webhooks {
        print(format_args!("  the webhook of {connection} listens at {address}"))?;
    }
    print(format_args!("  http://{address}/ shows how it is doing; Ctrl-C stops it"))
}

fn coded(error: &ServiceError) -> anyhow::Error {
    anyhow::anyhow!(with_causes(error.code(), error))
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
}

impl Signals {
    /// From now on: a signal during the start must not end the process in the middle of it.
    fn listen() -> anyhow::Result<Self> {
        let listen = |kind| signal(kind).context("cannot listen to the signals of the system");
        Ok(Signals {
            interrupt: listen(SignalKind::interrupt())?,
            terminate: listen(SignalKind::terminate())?,
            hang_up: listen(SignalKind::hangup())?,
        })
    }
}
