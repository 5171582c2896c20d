//! What one instance of the plugin has: its capabilities and nothing else.
//!
//! No environment, arguments, input, files or sockets; the time is the connection's; randomness is the
//! machine's.

use std::sync::Arc;
use std::time::Duration;

use wasmtime::Engine;
use wasmtime::component::{HasSelf, Linker, ResourceTable};
use wasmtime_wasi::cli::{WasiCli, WasiCliView};
use wasmtime_wasi::p2::bindings::{cli, random};
use wasmtime_wasi::random::WasiRandom;
use wasmtime_wasi::{HostMonotonicClock, HostWallClock, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::HostCallMeter;
use super::guest_output::GuestOutput;
use super::memory_limiter::MemoryLimiter;
use super::since_v0_1::clarity::ipaas;
use crate::capability::{
    ConfigCapability, HttpCapability, LogCapability, QueueCapability, StateCapability, config_view,
};
use crate::clock::Clock;
use crate::runtime::ConnectionRuntime;

/// The state of one instance in the host.
pub(super) struct InstanceState {
    table: ResourceTable,
    wasi: WasiCtx,
    http_context: WasiHttpCtx,
    http: HttpCapability,
    state: StateCapability,
    queue: QueueCapability,
    log: LogCapability,
    config: ConfigCapability,
    pub(super) memory: MemoryLimiter,
}

impl InstanceState {
    pub(super) fn new(connection: &ConnectionRuntime, meter: &Arc<HostCallMeter>) -> Self {
        InstanceState {
            table: ResourceTable::new(),
            wasi: wasi(connection),
            http_context: WasiHttpCtx::new(),
            http: HttpCapability::new(connection, meter),
            state: StateCapability::new(connection, meter),
            queue: QueueCapability::new(connection, meter),
            log: LogCapability::new(connection),
            config: ConfigCapability::new(connection),
            memory: MemoryLimiter::new(&connection.limits),
        }
    }
}

/// Everything that any instance can call. The import audit has the same list, by name.
pub(super) fn linker(engine: &Engine) -> wasmtime::Result<Linker<InstanceState>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi_http::p2::add_to_linker_async(&mut linker)?;
    cli::environment::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    cli::exit::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    cli::terminal_input::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    cli::terminal_output::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    cli::terminal_stdin::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    cli::terminal_stdout::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    cli::terminal_stderr::add_to_linker::<_, WasiCli>(&mut linker, InstanceState::cli)?;
    random::insecure::add_to_linker::<_, WasiRandom>(&mut linker, |state| state.ctx().ctx.random())?;
    random::insecure_seed::add_to_linker::<_, WasiRandom>(&mut linker, |state| state.ctx().ctx.random())?;
    wasmtime_wasi_config::add_to_linker(&mut linker, |state: &mut InstanceState| config_view(&state.config))?;
    ipaas::state::add_to_linker::<_, HasSelf<StateCapability>>(&mut linker, |state| &mut state.state)?;
    ipaas::queue::add_to_linker::<_, HasSelf<QueueCapability>>(&mut linker, |state| &mut state.queue)?;
    ipaas::log::add_to_linker::<_, HasSelf<LogCapability>>(&mut linker, |state| &mut state.log)?;
    Ok(linker)
}

fn wasi(connection: &ConnectionRuntime) -> WasiCtx {
    let output = |stream| GuestOutput::new(stream, Arc::clone(&connection.redactor));
    let clock = || GuestClock(Arc::clone(&connection.clock));
    WasiCtx::builder()
        .stdout(output("stdout"))
        .stderr(output("stderr"))
        .wall_clock(clock())
        .monotonic_clock(clock())
        .build()
}

impl WasiView for InstanceState {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for InstanceState {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.http, table: &mut self.table, ctx: &mut self.http_context }
    }
}

/// The connection's clock, as the plugin sees it.
struct GuestClock(Arc<dyn Clock>);

impl HostWallClock for GuestClock {
    fn resolution(&self) -> Duration {
        Duration::from_millis(1)
    }

    fn now(&self) -> Duration {
        Duration::from_millis(self.0.now_ms())
    }
}

impl HostMonotonicClock for GuestClock {
    fn resolution(&self) -> u64 {
        1_000_000
    }

    fn now(&self) -> u64 {
        self.0.now_ms().saturating_mul(1_000_000)
    }
}
