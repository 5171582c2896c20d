//! The harness as a process of its own: started, measured, killed, stopped.

use std::fs::{File, OpenOptions};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context;
use tokio::process::{Child, Command};

use crate::clock::{Clock, SystemClock};

/// The webhook's secret; it opens this run and nothing else.
pub(super) const WEBHOOK_SECRET: &str = "soak-webhook-secret";

/// How long the process may take to stop by itself.
const STOPS_WITHIN: Duration = Duration::from_secs(60);

/// How much of the log a failure quotes, in lines.
const LAST_LINES: usize = 15;

/// Where everything is.
pub(super) struct Places {
    connection: PathBuf,
    plugin: PathBuf,
    workers: usize,
    webhook_port: u16,
    log: PathBuf,
}

impl Places {
    /// Chooses a port, and adds the webhook to the connection file.
    pub(super) fn choose(connection: &Path, plugin: PathBuf, workers: usize) -> anyhow::Result<Self> {
        let webhook_port = free_port()?;
        let folder = connection.parent().unwrap_or(Path::new("")).to_owned();
        let mut text = std::fs::read_to_string(connection).context("cannot read the connection file")?;
        // Sections may stand in any order, so the end of the file is as good a place as any.
        text.push_str(&format!(
            "\n[sources.webhook]\nlisten = \"127.0.0.1:{webhook_port}\"\n\
             shared-secret = {{ file = \"secrets/webhook\" }}\n"
        ));
        std::fs::write(connection, text).context("cannot write the connection file")?;
        std::fs::write(folder.join("secrets/webhook"), WEBHOOK_SECRET).context("cannot write a secret")?;
        let log = folder.join("harness.log");
        Ok(Places { connection: connection.to_owned(), plugin, workers, webhook_port, log })
    }

    pub(super) fn webhook(&self) -> String {
        format!("http://127.0.0.1:{}/events", self.webhook_port)
    }

    /// The end of the log of all processes.
    pub(super) fn last_words(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let last = &lines[lines.len().saturating_sub(LAST_LINES)..];
        format!("the last lines of the harness:\n{}", last.join("\n"))
    }

    fn open_log(&self) -> anyhow::Result<File> {
        let opened = OpenOptions::new().create(true).append(true).open(&self.log);
        opened.with_context(|| format!("cannot write {}", self.log.display()))
    }
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("no port is free")?;
    Ok(listener.local_addr().context("a listener has an address")?.port())
}

pub(super) struct HarnessProcess {
    child: Child,
    /// Milliseconds since 1970.
    pub started_at_ms: u64,
    /// How long after its start it began to work, once that is known.
    pub worked_after_ms: Option<u64>,
}

impl HarnessProcess {
    pub(super) fn start(places: &Places) -> anyhow::Result<Self> {
        let harness = std::env::current_exe().context("cannot find the harness itself")?;
        let started_at_ms = SystemClock.now_ms();
        let child = Command::new(harness)
            .arg("run")
            .arg("--connection")
            .arg(&places.connection)
            .arg("--plugin")
            .arg(&places.plugin)
            .args(["--workers", &places.workers.to_string()])
            .args(["--listen", "127.0.0.1:0"])
            .env("HARNESS_LOG", "warn")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(places.open_log()?)
            .kill_on_drop(true)
            .spawn()
            .context("cannot start the harness")?;
        Ok(HarnessProcess { child, started_at_ms, worked_after_ms: None })
    }

    /// An error where the process has ended by itself.
    pub(super) fn check(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait().context("cannot look after the harness")? {
            None => Ok(()),
            Some(status) => anyhow::bail!("the harness ended by itself: {status}"),
        }
    }

    /// As a loss of power would.
    pub(super) async fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill().await.context("cannot kill the harness")
    }

    /// As an operator would.
    pub(super) async fn stop(&mut self) -> anyhow::Result<()> {
        let process = self.child.id().context("the harness is gone already")?;
        let told = Command::new("kill").args(["-TERM", &process.to_string()]).status().await;
        anyhow::ensure!(told.context("cannot signal the harness")?.success(), "cannot signal the harness");
        let ended = tokio::time::timeout(STOPS_WITHIN, self.child.wait()).await;
        let status = ended.context("the harness does not stop")?.context("cannot wait for the harness")?;
        anyhow::ensure!(status.success(), "the harness stopped with {status}");
        Ok(())
    }

    /// Its resident memory, where the system tells it.
    pub(super) fn memory_bytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024)
    }
}
