//! The `harness` command as a person or a script meets it: the real binary, its output and its exit codes.
//!
//! Absent on purpose: what the plugin makes of an event, which the scenarios say.

mod check;
mod deliver;
mod example;
mod parked;
mod reconcile;
mod rules;
mod run;
mod seller;
mod settle;
mod stock;
mod twin;

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use host_harness::artifact::workspace;
use serde_json::Value;

/// What a command printed, and how it ended.
struct Ran {
    exit_code: Option<i32>,
    out: String,
    err: String,
}

impl Ran {
    /// Standard output as the one JSON value that it must be.
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// The codes of the findings in a JSON result.
    fn finding_codes(&self) -> Vec<String> {
        let result = self.json();
        let findings = result["findings"].as_array().expect("the result has findings");
        findings.iter().map(|finding| finding["code"].as_str().expect("a code").to_owned()).collect()
    }

    /// A failed command explains itself on standard error and leaves standard output empty.
    fn assert_refused(&self, exit_code: i32, words: &[&str]) {
        assert_eq!((self.exit_code, self.out.as_str()), (Some(exit_code), ""), "{}", self.err);
        for word in words {
            assert!(self.err.contains(word), "`{word}` is missing in: {}", self.err);
        }
    }
}

fn harness<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    let output = command(arguments).output().expect("the binary was just built");
    let text = |bytes| String::from_utf8(bytes).expect("the command prints text");
    Ran { exit_code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    let mut command = Command::new(BINARY.get_or_init(binary));
    command.args(arguments).env_remove("HARNESS_LOG");
    command
}

/// Cargo gives no test the binary of another package: it is asked where it puts it, which also builds it.
/// All default members are built as in `cargo test`, so nothing of it is compiled twice.
fn binary() -> PathBuf {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--bin", "harness", "--message-format", "json"]).current_dir(workspace());
    // What cargo tells a test about its package would make the build scripts that look at it run again.
    for (name, _) in std::env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_"))
        {
            cargo.env_remove(name);
        }
    }
    let output = cargo.output().expect("cargo runs this test");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let messages = String::from_utf8(output.stdout).expect("cargo writes JSON");
    let messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut executables = messages.filter_map(|message| Some(message["executable"].as_str()?.to_owned()));
    executables.next_back().expect("the harness is an executable").into()
}

/// The plugin's artifact, built once, so that no command has to look whether it is fresh.
fn plugin() -> &'static Path {
    static PLUGIN: OnceLock<PathBuf> = OnceLock::new();
    PLUGIN.get_or_init(crate::stage::artifact)
}

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().expect("an object").keys().cloned().collect()
}

/// The keys that the README's table of commands gives the JSON of one of them.
fn documented_keys(subcommand: &str) -> BTreeSet<String> {
    let readme = std::fs::read_to_string(workspace().join("README.md")).expect("the README is there");
    let start = format!("| `{subcommand}` |");
    let row = readme.lines().find(|line| line.starts_with(&start)).expect("the README has the command");
    let json = row.split('|').nth(3).expect("the third column is JSON");
    json.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn every_subcommand_shows_how_it_is_used() {
    for subcommand in [
        "demo",
        "soak",
        "build",
        "run",
        "status",
        "twin",
        "deliver",
        "settle",
        "check",
        "reconcile",
        "inspect",
    ] {
        let help = harness([subcommand, "--help"]);
        assert_eq!((help.exit_code, help.err.as_str()), (Some(0), ""));
        let examples = help.out.split_once("Examples:\n").map(|(_, examples)| examples);
        let example = format!("  harness {subcommand}");
        assert!(examples.is_some_and(|examples| examples.starts_with(&example)), "{}", help.out);
        assert!(harness(["--help"]).out.contains(&format!("  {subcommand} ")), "{subcommand}");
    }
}

#[test]
fn a_wrong_command_line_is_told_apart_from_a_failure() {
    harness(["demo", "--orders", "0"]).assert_refused(2, &["--orders", "1.."]);
    harness(["deliver", "--connection", "acme.toml"]).assert_refused(2, &["<EVENT.json>"]);
    harness(["check"]).assert_refused(2, &["--connection"]);
    harness(["twin", "--events", "3"]).assert_refused(2, &["--write"]);
    harness(["reconcile", "--connection", "acme.toml"]).assert_refused(2, &["SETTLEMENT-ID|FILE"]);
    harness(["reckon"]).assert_refused(2, &["reckon"]);
}

#[test]
fn the_demo_reconciles_and_its_json_has_what_the_readme_lists() {
    let plugin = plugin().to_str().expect("a path of text");
    let ran = harness(["demo", "--orders", "20", "--json", "--plugin", plugin]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    let result = ran.json();
    assert_eq!(keys(&result), documented_keys("demo"));
    assert_eq!((&result["reconciled"], &result["problems"]), (&true.into(), &Value::Array(Vec::new())));
    let number = |value: &Value| value.as_u64().expect("a number");
    let endings: u64 = result["endings"].as_object().expect("counts").values().map(number).sum();
    assert_eq!(endings, number(&result["events"]));
    assert_eq!(result["endings"]["completed"], result["expectedInvoices"]);
    assert!(number(&result["expectedGrossPence"]) > 0);
    assert_eq!(result["expectedGrossPence"], result["bookedGrossPence"]);
}

#[test]
fn the_demo_fits_a_terminal_of_80_columns() {
    let plugin = plugin().to_str().expect("a path of text");
    let ran = harness(["demo", "--orders", "20", "--seed", "3", "--plugin", plugin]);
    assert_eq!(ran.exit_code, Some(0), "{}{}", ran.out, ran.err);
    assert!(
        ran.out.ends_with("reconciled: every order that should be in KashFlow is there once, to the penny\n")
    );
    let widest = ran.out.lines().map(|line| line.chars().count()).max();
    assert!(widest <= Some(80), "{}", ran.out);
}

#[test]
fn build_names_the_artifact() {
    let ran = harness(["build", "--json"]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    let result = ran.json();
    assert_eq!(keys(&result), documented_keys("build"));
    let artifact = Path::new(result["artifact"].as_str().expect("a path"));
    let bytes = std::fs::metadata(artifact).expect("the artifact is there").len();
    assert_eq!(result["bytes"], bytes);
    assert_eq!(artifact.file_name(), plugin().file_name());
}

#[test]
fn inspect_names_what_the_plugin_needs() {
    let ran = harness([OsStr::new("inspect"), plugin().as_os_str(), OsStr::new("--json")]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    let result = ran.json();
    assert_eq!(keys(&result), documented_keys("inspect"));
    let size = std::fs::metadata(plugin()).expect("the artifact was just built").len();
    assert_eq!((&result["bytes"], &result["name"]), (&size.into(), &"kashflow-amazon".into()));
    let subscriptions = [
        "ORDER_CHANGE",
        "REPORT_PROCESSING_FINISHED",
        "FBA_INVENTORY_AVAILABILITY_CHANGES",
        "FEED_PROCESSING_FINISHED",
    ];
    assert_eq!(result["subscriptions"], serde_json::json!(subscriptions));
    let digest = result["sha256"].as_str().expect("a digest");
    assert_eq!(digest.len(), 64);

    let text = harness([OsStr::new("inspect"), plugin().as_os_str()]).out;
    assert!(text.contains(&format!("sha256         {digest}\n")), "{text}");
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
}

#[test]
fn inspect_refuses_what_is_no_plugin() {
    let manifest = workspace().join("Cargo.toml");
    harness([OsStr::new("inspect"), manifest.as_os_str()]).assert_refused(1, &["Cargo.toml", "HH-0302"]);
    harness(["inspect", "absent.wasm"]).assert_refused(1, &["absent.wasm", "No such file"]);
}
