//! The WebAssembly engine: configured once per process, shared by all plugins.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::artifact_cache::ArtifactCache;
use super::instance::{InstanceState, linker};
use crate::code::Code;
use crate::limits::{EPOCH_TICK_MS, INSTANCES, MEMORY_BYTES_MAX, TABLE_ELEMENTS_MAX};

/// Core instances, tables and memories that the parts of one component have together: a component built
/// from Rust has a handful, one composed of several components some more.
const CORE_INSTANCES_PER_COMPONENT: u32 = 64;
const TABLES_PER_COMPONENT: u32 = 16;
const MEMORIES_PER_COMPONENT: u32 = 2;

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
#[error("the WebAssembly engine cannot start: check that this machine allows executable memory")]
pub struct EngineError {
    #[source]
    source: anyhow::Error,
}

impl EngineError {
    pub fn code(&self) -> Code {
        Code::EngineFailed
    }
}

/// Compiles and runs plugins. Clones share everything.
#[derive(Clone)]
pub struct PluginEngine {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Engine,
    linker: Linker<InstanceState>,
    cache: ArtifactCache,
    /// One permit an instance: who comes when the pool is full waits.
    slots: Semaphore,
}

impl PluginEngine {
    /// Compiled plugins are kept in `artifact_cache`, where one is given.
    pub fn new(artifact_cache: Option<PathBuf>) -> Result<Self, EngineError> {
        let failed = |source: wasmtime::Error| EngineError { source: source.into() };
        let engine = pooling_or_on_demand().map_err(failed)?;
        let linker = linker(&engine).map_err(failed)?;
        keep_time(&engine);
        let (cache, slots) = (ArtifactCache::new(artifact_cache), Semaphore::new(INSTANCES as usize));
        Ok(PluginEngine { shared: Arc::new(Shared { engine, linker, cache, slots }) })
    }

    pub(super) fn engine(&self) -> &Engine {
        &self.shared.engine
    }

    pub(super) fn linker(&self) -> &Linker<InstanceState> {
        &self.shared.linker
    }

    pub(super) fn compile(&self, bytes: &[u8]) -> wasmtime::Result<Component> {
        self.shared.cache.component(&self.shared.engine, bytes)
    }

    pub(super) async fn slot(&self) -> SemaphorePermit<'_> {
        self.shared.slots.acquire().await.expect("this semaphore is never closed")
    }
}

impl std::fmt::Debug for PluginEngine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PluginEngine")
    }
}

/// A pool of instances starts them in a third of the time, but takes address space that a small container
/// may not have.
fn pooling_or_on_demand() -> wasmtime::Result<Engine> {
    Engine::new(config().allocation_strategy(InstanceAllocationStrategy::Pooling(pool()))).or_else(|error| {
        tracing::warn!("no pool of instances, each is allocated when needed: {error:#}");
        Engine::new(&config())
    })
}

fn config() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true).epoch_interruption(true);
    config
}

fn pool() -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(INSTANCES)
        .total_stacks(INSTANCES)
        .total_core_instances(INSTANCES * CORE_INSTANCES_PER_COMPONENT)
        .max_core_instances_per_component(CORE_INSTANCES_PER_COMPONENT)
        .total_tables(INSTANCES * TABLES_PER_COMPONENT)
        .max_tables_per_component(TABLES_PER_COMPONENT)
        .total_memories(INSTANCES * MEMORIES_PER_COMPONENT)
        .max_memories_per_component(MEMORIES_PER_COMPONENT)
        .max_memory_size(MEMORY_BYTES_MAX)
        .table_elements(TABLE_ELEMENTS_MAX);
    pool
}

/// Ticks for as long as the engine lives. A tick makes a running instance yield, so that a plugin that never
/// calls out can be timed out as well.
fn keep_time(engine: &Engine) {
    let engine = engine.weak();
    let tick = Duration::from_millis(EPOCH_TICK_MS);
    std::thread::spawn(move || {
        while let Some(engine) = engine.upgrade() {
            engine.increment_epoch();
            drop(engine);
            std::thread::sleep(tick);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pool_is_possible_so_that_the_fallback_hides_no_mistake() {
        Engine::new(config().allocation_strategy(InstanceAllocationStrategy::Pooling(pool()))).unwrap();
    }

    #[test]
    fn what_is_no_component_is_told_apart_from_what_does_not_fit() {
        let engine = PluginEngine::new(None).unwrap();
        let code = |bytes: &[u8]| crate::engine::Plugin::load(bytes, &engine).unwrap_err().code();
        assert_eq!(code(b"not wasm"), Code::PluginNotLoadable);
        // The smallest component there is exports nothing.
        assert_eq!(code(b"\0asm\x0d\0\x01\0"), Code::PluginExports);
    }
}
