//! What `harness holds` and `harness dead-letters` are given.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Subcommand)]
pub(in crate::command) enum HoldsCommand {
    /// List the events that are held, the longest first
    #[command(after_help = "Examples:\n  harness holds list --connection acme-uk.toml --json")]
    List(Listing),
    /// Show all that is known of a held event
    #[command(after_help = "Examples:\n  harness holds show 3f2c… --connection acme-uk.toml --body")]
    Show(Showing),
    /// Deliver held events again, once what they wait for is put right
    #[command(after_help = "\
Examples:
  harness holds release 3f2c… --connection acme-uk.toml
  harness holds release --code KA-0401 --connection acme-uk.toml
  harness holds release --all --connection acme-uk.toml

Exit code: as of `harness deliver`.")]
    Release(Redelivering),
    /// Forget held events for good: nothing will be posted for them
    #[command(after_help = "Examples:\n  harness holds discard 3f2c… --connection acme-uk.toml")]
    Discard(Discarding),
}

#[derive(Subcommand)]
pub(in crate::command) enum DeadLettersCommand {
    /// List the dead letters, the oldest first
    #[command(after_help = "Examples:\n  harness dead-letters list --connection acme-uk.toml --json")]
    List(Listing),
    /// Show all that is known of a dead letter
    #[command(after_help = "Examples:\n  harness dead-letters show 3f2c… --connection acme-uk.toml --body")]
    Show(Showing),
    /// Deliver dead letters again, for example to a newer plugin
    #[command(after_help = "\
Examples:
  harness dead-letters retry 3f2c… --connection acme-uk.toml
  harness dead-letters retry --all --connection acme-uk.toml

Exit code: as of `harness deliver`.")]
    Retry(Redelivering),
    /// Forget dead letters for good
    #[command(after_help = "Examples:\n  harness dead-letters discard 3f2c… --connection acme-uk.toml")]
    Discard(Discarding),
}

#[derive(Args)]
pub(in crate::command) struct Listing {
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    pub(super) connection: PathBuf,
}

#[derive(Args)]
pub(in crate::command) struct Showing {
    /// The id of the event.
    pub(super) event: String,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    pub(super) connection: PathBuf,
    /// Show the event's body as well, where it is text; it can hold personal data.
    #[arg(long)]
    pub(super) body: bool,
}

#[derive(Args)]
pub(in crate::command) struct Redelivering {
    /// The ids of the events.
    #[arg(required_unless_present_any = ["all", "code"], conflicts_with_all = ["all", "code"])]
    pub(super) events: Vec<String>,
    /// All of them.
    #[arg(long, conflicts_with = "code")]
    pub(super) all: bool,
    /// All that wait for this reason.
    #[arg(long, value_name = "CODE")]
    pub(super) code: Option<String>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    pub(super) connection: PathBuf,
    /// The plugin to call, instead of the one that this workspace builds.
    #[arg(long, value_name = "FILE.wasm")]
    pub(super) plugin: Option<PathBuf>,
}

#[derive(Args)]
pub(in crate::command) struct Discarding {
    /// The ids of the events.
    #[arg(required = true)]
    pub(super) events: Vec<String>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    pub(super) connection: PathBuf,
}
