//! `clarity:ipaas/state`: the revisioned store of the connection.

use std::sync::Arc;

use crate::connection::ConnectionName;
use crate::engine::since_v0_1::clarity::ipaas::state::{Entry, Error, Host};
use crate::engine::{ContractBroken, HostCallKind, HostCallMeter};
use crate::runtime::ConnectionRuntime;
use crate::store::{StateError, StateKey, StateStore, StoreError};

/// What the plugin is told where the answer of a state or queue store is lost.
pub(super) const ANSWER_LOST: &str = "the store did not answer";

pub(crate) struct StateCapability {
    connection: ConnectionName,
    store: Arc<dyn StateStore>,
    meter: Arc<HostCallMeter>,
}

impl StateCapability {
    pub(crate) fn new(connection: &ConnectionRuntime, meter: &Arc<HostCallMeter>) -> Self {
        StateCapability {
            connection: connection.name.clone(),
            store: Arc::clone(&connection.state),
            meter: Arc::clone(meter),
        }
    }

    async fn call<T>(
        &self,
        kind: HostCallKind,
        subject: &str,
        work: impl Future<Output = Result<T, StateError>>,
        describe: impl FnOnce(&T) -> String,
    ) -> wasmtime::Result<Result<T, Error>> {
        let begun = self.meter.begin(kind, subject.to_owned());
        let work = async { work.await.map_err(contract_error) };
        let answer = |result: &Result<T, Error>| match result {
            Ok(value) => describe(value),
            Err(Error::Stale(revision)) => format!("stale {revision}"),
            Err(Error::TooLarge(_)) => "too-large".to_owned(),
            Err(Error::Unavailable(_)) => "unavailable".to_owned(),
        };
        let lost = || Err(Error::Unavailable(ANSWER_LOST.to_owned()));
        Ok(self.meter.carry_out(begun, work, answer, lost).await)
    }
}

impl Host for StateCapability {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<Entry>, Error>> {
        let key = checked(key)?;
        let work = self.store.get(&self.connection, &key);
        let describe = |entry: &Option<_>| {
            entry
                .as_ref()
                .map_or("absent".to_owned(), |entry: &crate::store::Entry| revision(&entry.revision))
        };
        let found = self.call(HostCallKind::StateGet, key.as_str(), work, describe).await?;
        Ok(found.map(|entry| entry.map(|entry| Entry { value: entry.value, revision: entry.revision })))
    }

    async fn create(
        &mut self,
        key: String,
        value: Vec<u8>,
        ttl_ms: Option<u64>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let key = checked(key)?;
        let work = self.store.create(&self.connection, &key, &value, ttl_ms);
        self.call(HostCallKind::StateCreate, key.as_str(), work, revision).await
    }

    async fn update(
        &mut self,
        key: String,
        value: Vec<u8>,
        expected_revision: u64,
        ttl_ms: Option<u64>,
    ) -> wasmtime::Result<Result<u64, Error>> {
        let key = checked(key)?;
        let work = self.store.update(&self.connection, &key, &value, expected_revision, ttl_ms);
        self.call(HostCallKind::StateUpdate, key.as_str(), work, revision).await
    }

    async fn delete(&mut self, key: String, expected_revision: u64) -> wasmtime::Result<Result<(), Error>> {
        let key = checked(key)?;
        let work = self.store.delete(&self.connection, &key, expected_revision);
        self.call(HostCallKind::StateDelete, key.as_str(), work, |()| "deleted".to_owned()).await
    }

    async fn list_keys(
        &mut self,
        prefix: String,
        after: Option<String>,
        limit: u32,
    ) -> wasmtime::Result<Result<Vec<String>, Error>> {
        let work = self.store.list_keys(&self.connection, &prefix, after.as_deref(), limit);
        let describe = |keys: &Vec<String>| format!("{} keys", keys.len());
        self.call(HostCallKind::StateList, &prefix, work, describe).await
    }
}

/// The contract has no error for a key that it does not allow, so such a key ends the instance.
fn checked(key: String) -> wasmtime::Result<StateKey> {
    StateKey::new(key).map_err(|error| ContractBroken(error.to_string()).into())
}

fn contract_error(error: StateError) -> Error {
    match error {
        StateError::Stale(revision) => Error::Stale(revision),
        StateError::TooLarge(limit) => Error::TooLarge(limit),
        StateError::Unavailable(error) => Error::Unavailable(reason(&error)),
    }
}

fn revision(revision: &u64) -> String {
    format!("revision {revision}")
}

/// What the plugin is told about a store that fails: the code and what to do, not where the store lies.
pub(super) fn reason(error: &StoreError) -> String {
    tracing::error!(code = %error.code(), "{error}");
    format!("{}: {}: {}", error.code(), error.code().title(), error.code().remedy())
}
