//! A connection in operation: what its file says, tied to a gateway, stores and a clock.

use std::collections::BTreeSet;
use std::sync::Arc;

use http::Uri;
use url::Url;
use wasmtime_wasi_config::WasiConfigVariables;

use crate::clock::{Clock, SystemClock};
use crate::connection::{Connection, ConnectionName, KASHFLOW_HOST, KASHFLOW_PATH};
use crate::engine::{HostCallObserver, ObserveNothing};
use crate::gateway::{
    Credential, DOCUMENT_HOSTS, DocumentLinks, Gateway, GatewayObserver, HttpClient, LwaCredentials,
    LwaToken, ProxyCredential, Resilience, Route, RoutePath, Unobserved,
};
use crate::limits::Limits;
use crate::redactor::Redactor;
use crate::store::{MemoryStore, MessageQueue, SqliteStore, StateStore, StoreError};
use crate::telemetry::Redactors;

/// Everything that the plugin's calls for one connection need. Clones share it.
#[derive(Clone)]
pub struct ConnectionRuntime {
    pub name: ConnectionName,
    pub gateway: Arc<Gateway>,
    pub state: Arc<dyn StateStore>,
    pub queue: Arc<dyn MessageQueue>,
    /// The queues that the plugin may send to.
    pub queues: Arc<BTreeSet<String>>,
    pub settings: Arc<WasiConfigVariables>,
    pub clock: Arc<dyn Clock>,
    pub redactor: Arc<Redactor>,
    pub limits: Limits,
    pub observer: Arc<dyn HostCallObserver>,
}

impl ConnectionRuntime {
    /// With the store in the file that the connection names, for real upstreams.
    pub fn open(
        connection: &Connection,
        clock: Arc<dyn Clock>,
    ) -> Result<(Self, Arc<SqliteStore>), StoreError> {
        ConnectionRuntime::open_observed(connection, clock, Arc::new(Unobserved))
    }

    /// The same, with an observer of the calls to the upstreams.
    pub fn open_observed(
        connection: &Connection,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn GatewayObserver>,
    ) -> Result<(Self, Arc<SqliteStore>), StoreError> {
        let store = Arc::new(SqliteStore::open(&connection.state_file, Arc::clone(&clock))?);
        let runtime = ConnectionRuntime::for_upstreams(connection, Arc::clone(&store), clock, observer);
        Ok((runtime, store))
    }

    /// For real upstreams: with usage plans, circuit breakers and repetitions, all of which tell the observer.
    /// With a store of one's own for state and queues.
    pub fn for_upstreams<S>(
        connection: &Connection,
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        observer: Arc<dyn GatewayObserver>,
    ) -> Self
    where
        S: StateStore + MessageQueue + 'static,
    {
        let client = HttpClient::over(&connection.egress);
        let gateway = Gateway { observer: Arc::clone(&observer), ..gateway(connection, &clock, client) };
        let of_routes = gateway.routes.iter().map(|route| route.host.clone());
        let upstreams = of_routes.chain(DOCUMENT_HOSTS.map(str::to_owned));
        let resilience = Some(Resilience::new(upstreams, connection.breaker, observer));
        ConnectionRuntime::with_gateway(connection, store, clock, Gateway { resilience, ..gateway })
    }

    /// With a store of one's own for state and queues. Every call is one exchange.
    pub fn with_store<S>(connection: &Connection, store: Arc<S>, clock: Arc<dyn Clock>) -> Self
    where
        S: StateStore + MessageQueue + 'static,
    {
        ConnectionRuntime::with_client(connection, store, clock, HttpClient::over(&connection.egress))
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
        let gateway = gateway(connection, &clock, client);
        ConnectionRuntime::with_gateway(connection, store, clock, gateway)
    }

    fn with_gateway<S>(
        connection: &Connection,
        store: Arc<S>,
        clock: Arc<dyn Clock>,
        gateway: Gateway,
    ) -> Self
    where
        S: StateStore + MessageQueue + 'static,
    {
        let settings = connection.settings.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        ConnectionRuntime {
            name: connection.name.clone(),
            redactor: Arc::clone(&gateway.redactor),
            gateway: Arc::new(gateway),
            state: Arc::clone(&store) as Arc<dyn StateStore>,
            queue: store,
            queues: Arc::new(connection.queues.clone()),
            settings: Arc::new(settings.collect()),
            clock,
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
            resilience: None,
            documents: DocumentLinks::default(),
            observer: Arc::new(Unobserved),
        };
        ConnectionRuntime {
            name,
            gateway: Arc::new(gateway),
            state: Arc::clone(&store) as Arc<dyn StateStore>,
            queue: store,
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

/// The gateway without resilience, which a caller may add.
fn gateway(connection: &Connection, clock: &Arc<dyn Clock>, client: HttpClient) -> Gateway {
    let redactor = Arc::new(redactor(connection));
    Redactors::of_the_process().add(&redactor);
    Gateway {
        connection: connection.name.clone(),
        routes: vec![amazon_route(connection, &client, clock, &redactor), kashflow_route(connection)],
        grants: connection.grants.clone(),
        client,
        redactor,
        limits: connection.limits,
        resilience: None,
        documents: DocumentLinks::default(),
        observer: Arc::new(Unobserved),
    }
}

pub(crate) fn redactor(connection: &Connection) -> Redactor {
    let (amazon, kashflow) = (&connection.amazon, &connection.kashflow);
    let proxy = connection.egress.proxy.as_ref().and_then(|proxy| proxy.credential.as_ref());
    let of_the_proxy = proxy.map(ProxyCredential::secrets).into_iter().flatten().collect::<Vec<_>>();
    let mut secrets = vec![&amazon.client_secret, &amazon.refresh_token, &kashflow.password];
    secrets.extend(&of_the_proxy);
    secrets.extend(connection.sources.secrets());
    secrets.extend(connection.alerts.secrets());
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
