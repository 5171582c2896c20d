//! `harness reconcile`: the proof of a settlement, before or after it is posted, and the check of such a proof.

mod presentation;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use clap::Args;
use plugin_core::canonical::SettlementId;
use plugin_core::orchestration::settlement::Manifest;
use serde_json::json;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use crate::connection::Connection;
use crate::read_only_host::ReadOnlyHost;
use crate::settlement_proof::{
    BooksCheck, KeptProof, Reading, Standings, Terms, check_books, file_of_hash, head, head_of, kept_proof,
    verify, write,
};

use super::deliver::Opened;
use super::presentation::print;
use super::progress::{bar, spinner};
use super::rules::terms;

#[derive(Args)]
#[command(after_help = "\
Examples:
  harness reconcile settlement.txt --connection acme-uk.toml
  harness reconcile 12345678901 --connection acme-uk.toml --certificate 12345678901.json
  harness reconcile 12345678901 --connection acme-uk.toml --books
  harness reconcile --verify 12345678901.json --connection acme-uk.toml
  harness reconcile settlement.txt --verify 12345678901.json --connection acme-uk.toml

A file shows what would be posted; the id of a settlement shows what is posted.

Exit code: 0 proven and nothing waits, or the certificate is true; 3 proven, and something waits
for a person; 1 not proven, not true, or an error; 2 a wrong command line.")]
pub(super) struct ReconcileArguments {
    /// A settlement file as Amazon gives it, or the id of a settlement that was handled.
    #[arg(value_name = "SETTLEMENT-ID|FILE", required_unless_present = "verify")]
    settlement: Option<String>,
    /// The connection file.
    #[arg(long, value_name = "FILE")]
    connection: PathBuf,
    /// Write the whole certificate, with every row, into this file.
    #[arg(long, value_name = "OUT.json", conflicts_with = "verify")]
    certificate: Option<PathBuf>,
    /// Look each posting up in KashFlow as well, and the balance of the clearing account.
    #[arg(long, conflicts_with = "verify")]
    books: bool,
    /// Compute a certificate again from its settlement file, and say what differs.
    #[arg(long, value_name = "CERTIFICATE.json")]
    verify: Option<PathBuf>,
}

/// Something waits for a person.
const NEEDS_A_PERSON: u8 = 3;

/// Where the settlement is.
enum Source {
    File(PathBuf),
    Known(SettlementId),
}

pub(super) async fn run(arguments: ReconcileArguments, json: bool) -> anyhow::Result<ExitCode> {
    let connection = Connection::load(&arguments.connection)?;
    let handle = Handle::current();
    // The core is synchronous: it works where it may block.
    spawn_blocking(move || match &arguments.verify {
        Some(certificate) => check(&arguments, &connection, certificate, handle, json),
        None => show(&arguments, &connection, handle, json),
    })
    .await
    .context("the settlement cannot be worked through")?
}

/// A name of digits is the id of a settlement, unless there is such a file.
fn source(settlement: &str) -> Source {
    let id = settlement.parse().ok().filter(|_| settlement.bytes().all(|byte| byte.is_ascii_digit()));
    match id.filter(|_| !Path::new(settlement).exists()) {
        Some(id) => Source::Known(SettlementId(id)),
        None => Source::File(PathBuf::from(settlement)),
    }
}

fn read_file(file: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("the settlement file {} cannot be read", file.display()))
}

fn opened(connection: &Connection, handle: Handle) -> anyhow::Result<ReadOnlyHost> {
    let found = connection.state_file.exists();
    ensure!(
        found,
        "the connection {} has no state yet ({}): name a settlement file",
        connection.name,
        connection.state_file.display()
    );
    let runtime = Opened::new(connection)?.runtime;
    Ok(ReadOnlyHost::new(runtime, connection.settings.clone(), handle))
}

fn show(
    arguments: &ReconcileArguments,
    connection: &Connection,
    handle: Handle,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let terms = terms(connection)?;
    let settlement = arguments.settlement.as_deref().unwrap_or_default();
    match source(settlement) {
        Source::File(file) => {
            ensure!(!arguments.books, "a file is not posted: `--books` needs the id of a settlement");
            let bytes = read_file(&file)?;
            let name = file.display().to_string();
            show_proof(arguments, &terms, &bytes, &name, (&Standings::default(), None), json)
        }
        Source::Known(id) => {
            let mut host = opened(connection, handle)?;
            let KeptProof { manifest, file, standings } = kept_proof(&mut host, id)?;
            let rules = terms.rules.digest();
            if manifest.origin.rules != rules && !json {
                print(format_args!(
                    "note: it was planned with other rules ({}) than those of today ({rules})",
                    manifest.origin.rules
                ))?;
            }
            let books =
                arguments.books.then(|| books(&mut host, &terms, &manifest, &standings)).transpose()?;
            show_proof(arguments, &terms, &file, settlement, (&standings, books.as_ref()), json)
        }
    }
}

/// Asks the books, which takes some calls a posting.
fn books(
    host: &mut ReadOnlyHost,
    terms: &Terms,
    manifest: &Manifest,
    standings: &Standings,
) -> anyhow::Result<BooksCheck> {
    let progress = bar(standings.items().count(), "looking up the postings");
    let checked = check_books(host, terms, manifest, standings, &mut || progress.inc(1))?;
    progress.finish_and_clear();
    Ok(checked)
}

fn show_proof(
    arguments: &ReconcileArguments,
    terms: &Terms,
    bytes: &[u8],
    name: &str,
    (standings, books): (&Standings, Option<&BooksCheck>),
    json: bool,
) -> anyhow::Result<ExitCode> {
    let progress = spinner("reading the settlement");
    let reading = Reading::of(bytes, name, terms).map_err(|finding| anyhow::anyhow!("{finding}"))?;
    progress.set_message(format!("proving {} rows", reading.settlement().rows));
    let certificate = reading.certify(|_| {}).map_err(|finding| anyhow::anyhow!("{finding}"))?;
    if let Some(file) = &arguments.certificate {
        progress.set_message("writing the certificate");
        write(file, &head(&reading, &certificate, standings), &reading)?;
    }
    progress.finish_and_clear();
    let proof = presentation::Proof { reading: &reading, certificate: &certificate, standings, books };
    let file = arguments.certificate.as_deref();
    if json {
        print(proof.json(file))?;
    } else {
        proof.print(file)?;
    }
    let agrees = books.is_none_or(|books| books.differences.is_empty());
    let is_proven = certificate.contradictions.is_empty() && proof.differences().is_empty() && agrees;
    Ok(match (is_proven, proof.waits()) {
        (false, _) => ExitCode::FAILURE,
        (true, true) => ExitCode::from(NEEDS_A_PERSON),
        (true, false) => ExitCode::SUCCESS,
    })
}

fn check(
    arguments: &ReconcileArguments,
    connection: &Connection,
    certificate: &Path,
    handle: Handle,
    json: bool,
) -> anyhow::Result<ExitCode> {
    let terms = terms(connection)?;
    let says = head_of(certificate)?;
    let of_settlement = |key: &str| says.get("settlement").and_then(|found| found[key].as_str());
    let hash = of_settlement("file").context("the certificate names no settlement file")?.to_owned();
    let bytes = match arguments.settlement.as_deref().map(source) {
        Some(Source::File(file)) => read_file(&file)?,
        Some(Source::Known(id)) => kept_proof(&mut opened(connection, handle)?, id)?.file,
        None => file_of_hash(&mut opened(connection, handle)?, &hash)?,
    };
    let progress = spinner("computing the certificate again");
    let reading = Reading::of(&bytes, "the settlement file", &terms);
    let reading = reading.map_err(|finding| anyhow::anyhow!("{finding}"))?;
    if reading.hash != hash {
        bail!(
            "{} is the certificate of another file: it names settlement {} and the file {hash}, and this file is {} of \
             settlement {}",
            certificate.display(),
            of_settlement("id").unwrap_or("without an id"),
            reading.hash,
            reading.settlement().id
        );
    }
    let certified = reading.certify(|_| {}).map_err(|finding| anyhow::anyhow!("{finding}"))?;
    let head = head(&reading, &certified, &Standings::default());
    let verification = verify(certificate, &head, &reading)?;
    progress.finish_and_clear();
    if json {
        print(json!({
            "certificate": certificate, "settlement": reading.settlement().id.to_string(),
            "rows": verification.rows, "verified": verification.is_true(),
            "differences": verification.differences, "differencesLeftOut": verification.differences_left_out,
        }))?;
    } else {
        presentation::print_verification(certificate, &reading, &verification)?;
    }
    Ok(if verification.is_true() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
