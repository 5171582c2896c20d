//! A loaded plugin and the calls that can be made of it.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;
use wasmtime::Store;

use super::instance::InstanceState;
use super::interfaces::Interfaces;
use super::since_v0_1::{Plugin as Bindings, PluginPre};
use super::{
    CallError, ContractBroken, Delivery, Description, Failure, Finding, HostCallMeter, HostCallRecord,
    Outcome, PluginEngine, import_audit,
};
use crate::code::Code;
use crate::runtime::ConnectionRuntime;

/// Which of the plugin's exports takes a delivery.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Export {
    OnOrder,
    OnFinancialEvent,
    OnInventory,
}

impl Export {
    const ALL: [Export; 3] = [Export::OnOrder, Export::OnFinancialEvent, Export::OnInventory];

    /// As the contract names it.
    pub fn name(self) -> &'static str {
        match self {
            Export::OnOrder => "on-order",
            Export::OnFinancialEvent => "on-financial-event",
            Export::OnInventory => "on-inventory",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Export::ALL.into_iter().find(|export| export.name() == name)
    }
}

/// Why a file cannot be used as a plugin.
#[derive(Debug, thiserror::Error)]
pub enum PluginError {
    #[error("not a component that this engine can run: build the plugin for wasm32-wasip2")]
    NotLoadable {
        #[source]
        source: anyhow::Error,
    },
    #[error("the plugin asks for powers that this host does not give: {}", .excess.join(", "))]
    Imports { excess: Vec<String> },
    #[error("the plugin does not fit the contract: use one that was built for it")]
    Contract {
        #[source]
        source: anyhow::Error,
    },
}

impl PluginError {
    pub fn code(&self) -> Code {
        match self {
            PluginError::NotLoadable { .. } => Code::PluginNotLoadable,
            PluginError::Imports { .. } => Code::PluginImports,
            PluginError::Contract { .. } => Code::PluginExports,
        }
    }
}

/// What came of a call, the host calls that it made, and the memory that it took.
#[derive(Debug)]
pub struct Called<T> {
    pub result: Result<T, CallError>,
    pub host_calls: Vec<HostCallRecord>,
    /// The most memory that the instance had, in bytes.
    pub memory_bytes: usize,
}

/// A component that was compiled, audited and linked. Each call gets an instance of its own.
#[derive(Clone)]
pub struct Plugin {
    engine: PluginEngine,
    pre: PluginPre<InstanceState>,
}

impl Plugin {
    pub fn load(bytes: &[u8], engine: &PluginEngine) -> Result<Self, PluginError> {
        let component =
            engine.compile(bytes).map_err(|source| PluginError::NotLoadable { source: source.into() })?;
        let excess = import_audit::excess(&component, engine.engine());
        if !excess.is_empty() {
            return Err(PluginError::Imports { excess });
        }
        let pre = engine
            .linker()
            .instantiate_pre(&component)
            .and_then(PluginPre::new)
            .map_err(|source| PluginError::Contract { source: source.into() })?;
        Ok(Plugin { engine: engine.clone(), pre })
    }

    /// What the plugin asks for and offers.
    pub fn interfaces(&self) -> Interfaces {
        Interfaces::of(self.pre.instance_pre().component(), self.engine.engine())
    }

    /// Hands a delivery to the export.
    pub async fn deliver(
        &self,
        connection: &ConnectionRuntime,
        export: Export,
        delivery: &Delivery,
    ) -> Called<Result<Outcome, Failure>> {
        self.call(connection, async |plugin, store| {
            let events = plugin.clarity_kashflow_amazon_events();
            match export {
                Export::OnOrder => events.call_on_order(store, delivery).await,
                Export::OnFinancialEvent => events.call_on_financial_event(store, delivery).await,
                Export::OnInventory => events.call_on_inventory(store, delivery).await,
            }
        })
        .await
    }

    pub async fn on_order(
        &self,
        connection: &ConnectionRuntime,
        delivery: &Delivery,
    ) -> Result<Result<Outcome, Failure>, CallError> {
        self.deliver(connection, Export::OnOrder, delivery).await.result
    }

    pub async fn on_financial_event(
        &self,
        connection: &ConnectionRuntime,
        delivery: &Delivery,
    ) -> Result<Result<Outcome, Failure>, CallError> {
        self.deliver(connection, Export::OnFinancialEvent, delivery).await.result
    }

    pub async fn on_inventory(
        &self,
        connection: &ConnectionRuntime,
        delivery: &Delivery,
    ) -> Result<Result<Outcome, Failure>, CallError> {
        self.deliver(connection, Export::OnInventory, delivery).await.result
    }

    /// What the plugin says about itself. It is given nothing to call.
    pub async fn describe(&self) -> Result<Description, CallError> {
        self.call(&ConnectionRuntime::nothing_granted(), async |plugin, store| {
            plugin.clarity_kashflow_amazon_lifecycle().call_describe(store).await
        })
        .await
        .result
    }

    pub async fn check_connection(&self, connection: &ConnectionRuntime) -> Called<Vec<Finding>> {
        self.call(connection, async |plugin, store| {
            plugin.clarity_kashflow_amazon_lifecycle().call_check_connection(store).await
        })
        .await
    }

    /// Makes an instance, runs one call in it within the limits, and drops it.
    async fn call<T>(
        &self,
        connection: &ConnectionRuntime,
        run: impl AsyncFnOnce(&Bindings, &mut Store<InstanceState>) -> wasmtime::Result<T>,
    ) -> Called<T> {
        let limits = connection.limits;
        let meter = Arc::new(HostCallMeter::new(limits.host_calls, Arc::clone(&connection.observer)));
        let _slot = self.engine.slot().await;
        let mut store = Store::new(self.engine.engine(), InstanceState::new(connection, &meter));
        store.limiter(|state| &mut state.memory);
        store.set_epoch_deadline(1);
        store.epoch_deadline_async_yield_and_update(1);

        let finished = async {
            let bindings = self
                .pre
                .instantiate_async(&mut store)
                .await
                .map_err(|source| CallError::NotStarted { source: source.into() })?;
            run(&bindings, &mut store).await.map_err(|error| crashed(&error))
        };
        let ended = first_to_end(finished, &meter);
        let result = timeout(Duration::from_millis(limits.wall_time_ms), ended)
            .await
            .unwrap_or(Err(CallError::TimeLimit { limit_ms: limits.wall_time_ms }));
        // A refused allocation shows up as whatever the plugin made of it.
        let result = match result {
            Err(CallError::Trapped { .. } | CallError::NotStarted { .. })
                if store.data().memory.refused() =>
            {
                Err(CallError::OutOfMemory { limit_bytes: limits.memory_bytes })
            }
            result => result,
        };
        Called { result, host_calls: meter.take_records(), memory_bytes: store.data().memory.taken_bytes() }
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Plugin")
    }
}

/// The plugin's own end, or the one that an observer or a limit made.
async fn first_to_end<T>(
    finished: impl Future<Output = Result<T, CallError>>,
    meter: &HostCallMeter,
) -> Result<T, CallError> {
    tokio::select! {
        biased;
        error = meter.must_end() => Err(error),
        result = finished => result,
    }
}

fn crashed(error: &wasmtime::Error) -> CallError {
    if let Some(broken) = error.downcast_ref::<ContractBroken>() {
        return CallError::BrokeContract { reason: broken.to_string() };
    }
    tracing::debug!("the plugin crashed: {error:?}");
    CallError::Trapped { message: error.root_cause().to_string() }
}
