//! The `harness` command.

use std::process::ExitCode;

use clap::Parser;
use host_harness::command::{Arguments, run};
use host_harness::gateway::HttpClient;
use host_harness::telemetry::{Telemetry, TelemetryError, TelemetrySettings};

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start the asynchronous runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let telemetry = match runtime.block_on(async { telemetry(&arguments) }) {
        Ok(telemetry) => telemetry,
        Err(error) => {
            eprintln!("error: {}: {error}", error.code());
            return ExitCode::FAILURE;
        }
    };
    let code = match runtime.block_on(run(arguments)) {
        Ok(code) => code,
        Err(error) => {
            // The whole chain: what was being done, and why it did not work.
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    };
    telemetry.shut_down();
    code
}

/// Logs go to standard error, so that standard output holds results alone.
fn telemetry(arguments: &Arguments) -> Result<Telemetry, TelemetryError> {
    let (flags, default_filter) = arguments.telemetry();
    let settings = TelemetrySettings::read(&flags, default_filter, |name| std::env::var(name).ok())?;
    Telemetry::install(settings, HttpClient::new())
}
