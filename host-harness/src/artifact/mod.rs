//! The plugin's artifact: built from this workspace, named by its version, with its metadata in it.
//!
//! `cargo harness` and `cargo test` both come here first, so neither asks the reader to build anything.
//! A component has a target folder of its own: a build inside a build must not wait for itself.
//! Absent on purpose: loading and running it (`engine`).

use std::fmt::{Debug, Display};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use wasm_metadata::{AddMetadata, AddMetadataField};

use crate::code::Code;

static BUILDING: Mutex<()> = Mutex::new(());

/// Why there is no artifact.
#[derive(Debug, thiserror::Error)]
pub enum ArtifactError {
    #[error(
        "{}: cannot run {program}: install it, or build on a machine that has it",
        Code::ArtifactNotBuilt
    )]
    Program {
        program: &'static str,
        #[source]
        source: std::io::Error,
    },
    #[error("{}: {what} failed:\n{output}", Code::ArtifactNotBuilt)]
    Failed { what: &'static str, output: String },
    #[error("{}: cannot read or write {}", Code::ArtifactNotBuilt, path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{}: the component has no room for its metadata: {reason}", Code::ArtifactNotBuilt)]
    Metadata { reason: String },
}

/// The folder of the workspace that this harness was compiled from.
pub fn workspace() -> &'static Path {
    let harness = Path::new(env!("CARGO_MANIFEST_DIR"));
    harness.parent().unwrap_or(harness)
}

/// Builds the plugin where its sources are newer, and gives its path:
/// `target/plugin/kashflow-amazon-<version>.wasm`.
///
/// `progress` is told before each step that can take more than a moment.
pub fn build(progress: impl Fn(&str)) -> Result<PathBuf, ArtifactError> {
    let bytes = build_package("kashflow-amazon", &[], progress)?;
    let artifact =
        workspace().join(format!("target/plugin/kashflow-amazon-{}.wasm", env!("CARGO_PKG_VERSION")));
    write_if_changed(&artifact, &with_metadata(&bytes)?)?;
    Ok(artifact)
}

/// Builds any component of this workspace in the same way, and gives its bytes.
pub fn build_package(
    package: &str,
    features: &[&str],
    progress: impl Fn(&str),
) -> Result<Vec<u8>, ArtifactError> {
    let features = features.join(",");
    compile(package, &["--features", &features], None, progress)
}

/// Builds the plugin with a safeguard taken out (`--cfg sabotage="…"`), for tests that must notice that it is
/// gone. Never an artifact: only its bytes are given.
pub fn build_sabotaged(sabotage: &str, progress: impl Fn(&str)) -> Result<Vec<u8>, ArtifactError> {
    compile("kashflow-amazon", &[], Some(sabotage), progress)
}

fn compile(
    package: &str,
    arguments: &[&str],
    sabotage: Option<&str>,
    progress: impl Fn(&str),
) -> Result<Vec<u8>, ArtifactError> {
    // A second build in this process would find the target half installed.
    let _one_at_a_time = BUILDING.lock().unwrap_or_else(PoisonError::into_inner);
    progress("checking the Rust target wasm32-wasip2");
    let script = workspace().join("host-harness/wasi-target.sh");
    let mut install = Command::new("bash");
    // The workspace decides which toolchain gets the target.
    install.arg(script).current_dir(workspace());
    run("installing the Rust target wasm32-wasip2", &mut install, "bash")?;
    progress("compiling the component");
    // The file's name does not tell how it was built, so that each way needs a folder of its own.
    let ways = arguments.iter().filter(|text| !text.starts_with("--")).copied().chain(sabotage);
    let folder: Vec<&str> = std::iter::once("build").chain(ways.filter(|way| !way.is_empty())).collect();
    let folder = workspace().join("target/plugin").join(folder.join("-"));
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .current_dir(workspace())
        .args(["build", "--locked", "--release", "--package", package, "--target", "wasm32-wasip2"])
        .args(arguments)
        .env("CARGO_TARGET_DIR", &folder)
        // Instrumentation of the host build (coverage, sanitizers) has no place in the component.
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    if let Some(sabotage) = sabotage {
        cargo.env("RUSTFLAGS", format!("--cfg sabotage=\"{sabotage}\""));
    }
    run("compiling the component", &mut cargo, "cargo")?;
    let path = folder.join(format!("wasm32-wasip2/release/{}.wasm", package.replace('-', "_")));
    std::fs::read(&path).map_err(|source| ArtifactError::File { path, source })
}

fn run(what: &'static str, command: &mut Command, program: &'static str) -> Result<(), ArtifactError> {
    let output = command.output().map_err(|source| ArtifactError::Program { program, source })?;
    if output.status.success() {
        return Ok(());
    }
    let text =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(ArtifactError::Failed { what, output: text })
}

/// Adds what a registry shows of a component (the OCI annotations of WebAssembly artifacts).
fn with_metadata(component: &[u8]) -> Result<Vec<u8>, ArtifactError> {
    let refuse = |reason: String| ArtifactError::Metadata { reason };
    let mut metadata = AddMetadata::default();
    metadata.name = AddMetadataField::Set("kashflow-amazon".to_owned());
    metadata.version = set(env!("CARGO_PKG_VERSION")).map_err(refuse)?;
    metadata.description = set("Amazon Seller Central to KashFlow").map_err(refuse)?;
    metadata.licenses = set("Apache-2.0").map_err(refuse)?;
    metadata.to_wasm(component).map_err(|error| refuse(error.to_string()))
}

fn set<T: FromStr<Err: Display> + Debug + Clone>(text: &str) -> Result<AddMetadataField<T>, String> {
    text.parse().map(AddMetadataField::Set).map_err(|error: T::Err| error.to_string())
}

/// Writes beside and renames, so that no other process ever reads half an artifact.
fn write_if_changed(path: &Path, bytes: &[u8]) -> Result<(), ArtifactError> {
    let failed = |source| ArtifactError::File { path: path.to_owned(), source };
    if std::fs::read(path).is_ok_and(|present| present == bytes) {
        return Ok(());
    }
    let beside = path.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path)).map_err(failed)
}
