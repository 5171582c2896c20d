//! The state port of the core over the store of a connection.

use host_harness::ConnectionRuntime;
use host_harness::engine::HostCallKind;
use host_harness::store::{StateError as StoreStateError, StateKey};
use plugin_core::host::{Entry, State, StateError};
use tokio::runtime::Handle;

use super::{ANSWER_LOST, NativeHost};

impl State for NativeHost {
    fn get(&mut self, key: &str) -> Result<Option<Entry>, StateError> {
        let found = self.stored(
            HostCallKind::StateGet,
            key,
            |runtime, handle| handle.block_on(runtime.state.get(&runtime.name, &state_key(key))),
            |entry| entry.as_ref().map_or("absent".to_owned(), |entry| revision(&entry.revision)),
        )?;
        Ok(found.map(|entry| Entry { value: entry.value, revision: entry.revision }))
    }

    fn create(&mut self, key: &str, value: &[u8], ttl_ms: Option<u64>) -> Result<u64, StateError> {
        self.stored(
            HostCallKind::StateCreate,
            key,
            |runtime, handle| {
                handle.block_on(runtime.state.create(&runtime.name, &state_key(key), value, ttl_ms))
            },
            revision,
        )
    }

    fn update(
        &mut self,
        key: &str,
        value: &[u8],
        expected_revision: u64,
        ttl_ms: Option<u64>,
    ) -> Result<u64, StateError> {
        self.stored(
            HostCallKind::StateUpdate,
            key,
            |runtime, handle| {
                let (name, key) = (&runtime.name, state_key(key));
                handle.block_on(runtime.state.update(name, &key, value, expected_revision, ttl_ms))
            },
            revision,
        )
    }

    fn delete(&mut self, key: &str, expected_revision: u64) -> Result<(), StateError> {
        self.stored(
            HostCallKind::StateDelete,
            key,
            |runtime, handle| {
                handle.block_on(runtime.state.delete(&runtime.name, &state_key(key), expected_revision))
            },
            |()| "deleted".to_owned(),
        )
    }
}

impl NativeHost {
    /// A call of the state store.
    fn stored<T>(
        &mut self,
        kind: HostCallKind,
        key: &str,
        work: impl FnOnce(&ConnectionRuntime, &Handle) -> Result<T, StoreStateError>,
        describe: impl FnOnce(&T) -> String,
    ) -> Result<T, StateError> {
        let answer = |result: &Result<T, StateRefusal>| match result {
            Ok(value) => describe(value),
            Err(refusal) => refusal.recorded.clone(),
        };
        let lost = || Err(StateRefusal::unavailable(ANSWER_LOST.to_owned()));
        let work = |runtime: &_, handle: &_| work(runtime, handle).map_err(StateRefusal::from);
        self.observed(kind, key.to_owned(), work, answer, lost).map_err(|refusal| refusal.told)
    }
}

/// Why the state store did nothing: what the core is told, and what the record of the call says.
struct StateRefusal {
    told: StateError,
    recorded: String,
}

impl StateRefusal {
    fn unavailable(reason: String) -> Self {
        StateRefusal { told: StateError::Unavailable(reason), recorded: "unavailable".to_owned() }
    }
}

impl From<StoreStateError> for StateRefusal {
    fn from(error: StoreStateError) -> Self {
        match error {
            StoreStateError::Stale(revision) => {
                StateRefusal { told: StateError::Stale, recorded: format!("stale {revision}") }
            }
            StoreStateError::TooLarge(limit) => {
                StateRefusal { told: StateError::TooLarge(limit), recorded: "too-large".to_owned() }
            }
            StoreStateError::Unavailable(error) => StateRefusal::unavailable(error.to_string()),
        }
    }
}

fn state_key(key: &str) -> StateKey {
    StateKey::new(key).expect("the core uses allowed keys")
}

fn revision(revision: &u64) -> String {
    format!("revision {revision}")
}
