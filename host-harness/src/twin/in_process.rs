//! The way to both twins without a socket: a client over it reaches them on the thread that it runs on, and
//! the same run always takes the same course.
//!
//! Deliberately absent: time-outs, because nothing here waits.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::Authority;
use http::{Request, Response, Uri};

use super::TwinPair;
use crate::gateway::{Exchange, TransportError};

/// Carries requests to the twins of a pair, by the authority of their URLs.
pub struct InProcessTwins {
    pair: Arc<TwinPair>,
    amazon: Authority,
    kashflow: Authority,
}

impl InProcessTwins {
    pub fn new(pair: Arc<TwinPair>) -> Self {
        let (amazon, kashflow) = (authority(&pair.amazon.endpoint()), authority(&pair.kashflow.url()));
        InProcessTwins { pair, amazon, kashflow }
    }
}

#[async_trait]
impl Exchange for InProcessTwins {
    /// An address that neither twin has is as closed as a port on which nobody listens.
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let answer = match request.uri().authority() {
            Some(authority) if *authority == self.amazon => self.pair.amazon.answer_in_process(request).await,
            Some(authority) if *authority == self.kashflow => self.pair.kashflow.answer_in_process(request),
            _ => return Err(TransportError::ConnectionRefused),
        };
        answer.ok_or(TransportError::ConnectionLost)
    }
}

fn authority(url: &str) -> Authority {
    let uri: Uri = url.parse().expect("a twin gives a sound URL");
    uri.into_parts().authority.expect("a twin's URL is absolute")
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::ConnectionRuntime;
    use crate::clock::{Clock, ManualClock};
    use crate::connection::{Connection, KASHFLOW_HOST};
    use crate::gateway::{GatewayError, HttpClient, Patience};
    use crate::store::MemoryStore;
    use crate::twin::amazon::fault::{Fault as AmazonFault, When};
    use crate::twin::amazon::operation::OperationId;
    use crate::twin::kashflow::{Fault as KashFlowFault, FaultEffect};
    use crate::twin::world::{World, WorldSize};
    use crate::twin::{ConnectionFolder, PairOptions};

    struct Bench {
        pair: Arc<TwinPair>,
        connection: ConnectionRuntime,
    }

    impl Bench {
        fn new() -> Self {
            let world = World::generate(7, WorldSize::orders(1));
            let now = world.epoch();
            let clock: Arc<dyn Clock> = Arc::new(ManualClock::at(now));
            let options = PairOptions {
                amazon_port: 0,
                kashflow_port: 0,
                usage_plan_factor: 1,
                clock: Arc::new(move || now),
            };
            let pair = Arc::new(TwinPair::in_process(world, None, options).unwrap());
            let folder = tempfile::tempdir().unwrap();
            let file = ConnectionFolder::write(folder.path(), &pair).unwrap().file;
            let connection = Connection::load(&file).unwrap_or_else(|errors| panic!("{errors}"));
            let client = HttpClient::through(Arc::new(InProcessTwins::new(Arc::clone(&pair))));
            let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
            let connection = ConnectionRuntime::with_client(&connection, store, clock, client);
            Bench { pair, connection }
        }

        /// On a runtime that has neither sockets nor timers: a call that needed one would panic.
        fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, GatewayError> {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(self.connection.gateway.send(request, Patience::default()))
        }

        fn get_order(&self) -> Request<Bytes> {
            let id = self.pair.with_world(|world| world.orders()[0].id.clone());
            let uri = format!("https://sellingpartnerapi-eu.amazon.com/orders/2026-01-01/orders/{id}");
            Request::get(uri).body(Bytes::new()).unwrap()
        }
    }

    fn soap(operation: &str) -> Request<Bytes> {
        let body = format!(
            r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><{operation} xmlns="KashFlow"></{operation}></soap:Body></soap:Envelope>"#
        );
        Request::post(format!("https://{KASHFLOW_HOST}/api/service.asmx"))
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", format!("\"KashFlow/{operation}\""))
            .body(Bytes::from(body))
            .unwrap()
    }

    #[test]
    fn a_connection_reaches_both_twins_without_a_socket() {
        let bench = Bench::new();
        let order = bench.send(bench.get_order()).unwrap();
        let id = bench.pair.with_world(|world| world.orders()[0].id.to_string());
        assert_eq!(order.status(), StatusCode::OK);
        assert!(String::from_utf8_lossy(order.body()).contains(&id));
        let calls = bench.pair.amazon.calls();
        assert_eq!((calls.of(OperationId::Token), calls.of(OperationId::GetOrder)), (1, 1));

        let products = bench.send(soap("GetProducts")).unwrap();
        assert_eq!(products.status(), StatusCode::OK);
        assert!(String::from_utf8_lossy(products.body()).contains("<Status>OK</Status>"), "{products:?}");
        assert_eq!(bench.pair.kashflow.calls(), [("GetProducts", 1)].into());
    }

    #[test]
    fn a_connection_that_closes_without_an_answer_is_lost() {
        let bench = Bench::new();
        let lost = GatewayError::Transport(TransportError::ConnectionLost);
        for fault in [AmazonFault::DropCall, AmazonFault::DropAnswer] {
            bench.pair.amazon.faults().inject(Some(OperationId::GetOrder), When::Next(1), fault);
            assert_eq!(bench.send(bench.get_order()).unwrap_err(), lost);
            assert_eq!(bench.send(bench.get_order()).unwrap().status(), StatusCode::OK);
        }
        for effect in [FaultEffect::DropBeforeProcessing, FaultEffect::DropAfterProcessing] {
            bench.pair.kashflow.faults().push(KashFlowFault::on_any(effect));
            assert_eq!(bench.send(soap("GetProducts")).unwrap_err(), lost);
            assert_eq!(bench.send(soap("GetProducts")).unwrap().status(), StatusCode::OK);
        }
    }

    #[tokio::test]
    async fn an_address_of_neither_twin_is_closed() {
        let twins = InProcessTwins::new(Bench::new().pair);
        for uri in ["http://127.0.0.1:1/api/service.asmx", "/api/service.asmx"] {
            let request = Request::post(uri).body(Bytes::new()).unwrap();
            assert_eq!(twins.exchange(request).await.unwrap_err(), TransportError::ConnectionRefused);
        }
    }
}
