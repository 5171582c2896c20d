//! A connection in operation: what its file says, tied to a gateway, stores and a clock.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Uri;
use url::Url;
use wasmtime_wasi_config::WasiConfigVariables;

use crate::clock::{Clock, SystemClock};
use crate::connection::{Connection, ConnectionName, KASHFLOW_HOST, KASHFLOW_PATH};
use crate::engine::{HostCallObserver, ObserveNothing};
use crate::gateway::{Credential, Gateway, HttpClient, LwaCredentials, LwaToken, Route, RoutePath};
use crate::limits::Limits;
use crate::redactor::Redactor;
use crate::store::{MemoryStore, MessageQueue, Parking, SqliteStore, StateStore, StoreError};

/// Everything that the plugin's calls for one connection need. Clones share it.
#[derive(Clone)]
pub struct ConnectionRuntime {
    pub name: ConnectionName,
    pub gateway: Arc<Gateway>,
    pub state: Arc<dyn StateStore>,
    pub queue: Arc<dyn MessageQueue>,
    /// Where events wait for a person.
    pub parking: Arc<dyn Parking>,
    /// The queues that the plugin may send to.
    pub queues: Arc<BTreeSet<String>>,
    pub settings: Arc<WasiConfigVariables>,
    pub clock: Arc<dyn Clock>,
    pub redactor: Arc<Redactor>,
    pub limits: Limits,
    pub observer: Arc<dyn HostCallObserver>,
}

impl ConnectionRuntime {
    /// With the store in the file that the connection names.
    pub fn open(connection: &Connection, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        let store = Arc::new(SqliteStore::open(&connection.state_file, Arc::clone(&clock))?);
        let runtime = ConnectionRuntime::with_store(connection, Arc::clone(&store), clock);
        Ok(ConnectionRuntime { parking: store, ..runtime })
    }

    /// With a store of one's own for state and queues; events are parked in memory.
    pub fn with_store<S>(connection: &Connection, store: Arc<S>, clock: Arc<dyn Clock>) -> Self
    where
        S: StateStore + MessageQueue + 'static,
    {
        ConnectionRuntime::with_client(connection, store, clock, HttpClient::new())
    }

    /// With a client of one's own as well, for calls and tokens alike.
    pub fn with_client<S>(
        connection: &Connection,
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        client: HttpClient,
    ) -> Self
    where
        S: StateStore + MessageQueue + 'static,
    {
        let redactor = Arc::new(redactor(connection));
        let gateway = Gateway {
            connection: connection.name.clone(),
            routes: vec![amazon_route(connection, &client, &clock, &redactor), kashflow_route(connection)],
            grants: connection.grants.clone(),
            client,
            redactor: Arc::clone(&redactor),
            limits: connection.limits,
        };
        let settings = connection.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        ConnectionRuntime {
            name: connection.name.clone(),
            gateway: Arc::new(gateway),
            state: Arc::clone(&store) as Arc<dyn StateStore>,
            queue: store,
            parking: Arc::new(MemoryStore::new(Arc::clone(&clock))),
            queues: Arc::new(connection.queues.clone()),
            settings: Arc::new(settings.collect()),
            clock,
            redactor,
            limits: connection.limits,
            observer: Arc::new(ObserveNothing),
        }
    }

    /// The same connection, with every host call of its plugin shown to this observer.
    pub fn with_observer(&self, observer: Arc<dyn HostCallObserver>) -> Self {
        ConnectionRuntime { observer, ..self.clone() }
    }

    /// For questions about the plugin itself: nothing is granted and nothing is kept.
    pub(crate) fn nothing_granted() -> Self {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let name = ConnectionName::new("no-connection").expect("lowercase letters and a hyphen");
        let redactor = Arc::new(Redactor::default());
        let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let gateway = Gateway {
            connection: name.clone(),
            routes: Vec::new(),
            grants: Vec::new(),
            client: HttpClient::new(),
            redactor: Arc::clone(&redactor),
            limits: Limits::default(),
        };
        ConnectionRuntime {
            name,
            gateway: Arc::new(gateway),
            state: Arc::clone(&store) as Arc<dyn StateStore>,
            queue: Arc::clone(&store) as Arc<dyn MessageQueue>,
            parking: store,
            queues: Arc::default(),
            settings: Arc::default(),
            clock,
            redactor,
            limits: Limits::default(),
            observer: Arc::new(ObserveNothing),
        }
    }
}

impl std::fmt::Debug for ConnectionRuntime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectionRuntime").field("name", &self.name).finish_non_exhaustive()
    }
}

pub(crate) fn redactor(connection: &Connection) -> Redactor {
    let (amazon, kashflow) = (&connection.amazon, &connection.kashflow);
    let secrets = [&amazon.client_secret, &amazon.refresh_token, &kashflow.password];
    let secrets: Vec<_> = secrets.into_iter().chain(connection.sources.secrets()).collect();
    let names = [&amazon.client_id, &kashflow.user_name];
    let names: Vec<_> = names.into_iter().chain(connection.sources.names()).collect();
    Redactor::new(&secrets, &names)
}

fn amazon_route(
    connection: &Connection,
    client: &HttpClient,
    clock: &Arc<dyn Clock>,
    redactor: &Arc<Redactor>,
) -> Route {
    let amazon = &connection.amazon;
    let credentials = LwaCredentials {
        token_endpoint: uri(&amazon.token_endpoint),
        client_id: amazon.client_id.clone(),
        client_secret: amazon.client_secret.clone(),
        refresh_token: amazon.refresh_token.clone(),
    };
    let token = LwaToken::new(credentials, client.clone(), Arc::clone(clock), Arc::clone(redactor));
    Route {
        host: amazon.host.clone(),
        endpoint: amazon.endpoint.clone(),
        path: RoutePath::Appended,
        credential: Credential::LwaToken(token),
    }
}

fn kashflow_route(connection: &Connection) -> Route {
    let kashflow = &connection.kashflow;
    Route {
        host: KASHFLOW_HOST.to_owned(),
        endpoint: kashflow.endpoint.clone(),
        path: RoutePath::Only(KASHFLOW_PATH.to_owned()),
        credential: Credential::SoapUserNamePassword {
            user_name: kashflow.user_name.clone(),
            password: kashflow.password.clone(),
        },
    }
}

fn uri(url: &Url) -> Uri {
    url.as_str().parse().expect("the connection file was checked for this")
}
