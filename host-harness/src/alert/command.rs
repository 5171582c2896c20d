//! Gives an alert to a program, as JSON on its standard input.
//!
//! The program has no environment but `PATH`: the host's holds credentials. What it prints is logged at debug and
//! kept to a bound. A program that leaves another one running has to close its output, or counts as too slow.

use std::ffi::OsString;
use std::io;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::Child;
use tokio::time::timeout;

use super::target::TargetError;
use crate::limits::{ALERT_OUTPUT_BYTES, ALERT_TIMEOUT_MS};
use crate::redactor::Redactor;

pub(super) struct Command {
    program: String,
    arguments: Vec<String>,
    redactor: Arc<Redactor>,
    longest: Duration,
}

impl Command {
    /// `None` where there is no program.
    pub(super) fn new(command: &[String], redactor: Arc<Redactor>) -> Option<Self> {
        let (program, arguments) = command.split_first()?;
        let longest = Duration::from_millis(ALERT_TIMEOUT_MS);
        Some(Command { program: program.clone(), arguments: arguments.to_vec(), redactor, longest })
    }

    pub(super) async fn run(&self, alert: &[u8]) -> Result<(), TargetError> {
        let program = || self.program.clone();
        let not_run = |source| TargetError::CommandNotRun { program: program(), source };
        let mut child = self.start().map_err(not_run)?;
        // A child that is too slow ends with its handle.
        let ended = timeout(self.longest, self.converse(&mut child, alert)).await;
        let limit_ms = u64::try_from(self.longest.as_millis()).unwrap_or(u64::MAX);
        let status = ended
            .map_err(|_elapsed| TargetError::CommandTooSlow { program: program(), limit_ms })?
            .map_err(not_run)?;
        match status.success() {
            true => Ok(()),
            false => Err(TargetError::CommandFailed { program: program(), status }),
        }
    }

    fn start(&self) -> io::Result<Child> {
        let path = std::env::var_os("PATH").map(|path| (OsString::from("PATH"), path));
        tokio::process::Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .envs(path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    async fn converse(&self, child: &mut Child, alert: &[u8]) -> io::Result<ExitStatus> {
        let (input, out, err) = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let write = async move {
            let Some(mut input) = input else {
                return Ok(());
            };
            match input.write_all(alert).await {
                // A program may end without reading.
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                result => result,
            }
        };
        let (written, out, err, status) = tokio::join!(write, beginning(out), beginning(err), child.wait());
        written?;
        for (stream, text) in [("stdout", out?), ("stderr", err?)] {
            if !text.is_empty() {
                let text = self.redactor.redact(&String::from_utf8_lossy(&text));
                tracing::debug!(program = self.program, stream, "the command of an alert says: {text}");
            }
        }
        status
    }
}

/// Reads all and keeps the beginning, so that the program can finish writing.
async fn beginning(stream: Option<impl AsyncRead + Unpin>) -> io::Result<Vec<u8>> {
    let mut beginning = Vec::new();
    if let Some(mut stream) = stream {
        (&mut stream).take(ALERT_OUTPUT_BYTES as u64).read_to_end(&mut beginning).await?;
        tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
    }
    Ok(beginning)
}

#[cfg(all(test, unix))]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::captured_log::Log;

    /// A shell that runs this.
    fn shell(script: &str) -> Command {
        let command = ["sh", "-c", script].map(str::to_owned);
        let redactor = Redactor::new(&[&SecretString::from("pa55-w0rd")], &[]);
        Command::new(&command, Arc::new(redactor)).unwrap()
    }

    #[tokio::test]
    async fn the_alert_is_on_standard_input_and_nothing_is_in_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("told");
        let command = shell(&format!("cat > {0}; env >> {0}", path.display()));
        command.run(b"{\"code\":\"KA-0401\"}\n").await.unwrap();
        let told = std::fs::read_to_string(path).unwrap();
        let (alert, environment) = told.split_once('\n').unwrap();
        assert_eq!(alert, "{\"code\":\"KA-0401\"}");
        let of_the_shell = ["PATH=", "PWD=", "SHLVL=", "OLDPWD=", "_="];
        let strange: Vec<_> = environment
            .lines()
            .filter(|line| !of_the_shell.iter().any(|known| line.starts_with(known)))
            .collect();
        assert_eq!(strange, Vec::<&str>::new());
    }

    #[tokio::test]
    async fn a_failure_is_told_with_its_status() {
        let error = shell("cat; exit 3").run(b"{}").await.unwrap_err();
        assert_eq!(error.to_string(), "the command `sh` failed: exit status: 3");
        shell("exit 0").run(&vec![b' '; 1024 * 1024]).await.expect("it need not read");
        let absent = Command::new(&["/absent/program".to_owned()], Arc::default()).unwrap();
        let error = absent.run(b"{}").await.unwrap_err();
        assert!(error.to_string().starts_with("the command `/absent/program` cannot be run"), "{error}");
    }

    #[tokio::test]
    async fn a_program_that_does_not_end_is_ended() {
        let command = Command { longest: Duration::from_millis(50), ..shell("exec sleep 60") };
        let error = command.run(b"{}").await.unwrap_err();
        assert_eq!(error.to_string(), "the command `sh` took longer than 50 ms and was ended");
    }

    #[tokio::test]
    async fn output_is_logged_up_to_a_bound_and_without_secrets() {
        let (log, _guard) = Log::collect();
        shell("echo is pa55-w0rd; yes | head -c 100000 >&2").run(b"{}").await.unwrap();
        let text = log.text();
        assert!(text.contains("says: is [redacted]") && !text.contains("pa55-w0rd"), "{text}");
        assert!(text.len() < 2 * ALERT_OUTPUT_BYTES, "{}", text.len());
    }
}
