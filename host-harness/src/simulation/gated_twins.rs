//! The way to both twins, through the gate: what becomes of a call is shown as each service shows it.
//!
//! Absent on purpose: time; an answer that is waited for in vain is late because the driver brings it late.

use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};

use crate::gateway::{Exchange, TransportError};
use crate::twin::amazon::fault::{Fault as AmazonFault, When};
use crate::twin::kashflow::{Fault as KashFlowFault, FaultEffect};
use crate::twin::world::history::Version;
use crate::twin::{InProcessTwins, TwinPair};

use super::call::{Call, Service};
use super::gate::Way;
use super::mishap::{Fate, Mishap};

/// Both twins and the way to them.
pub(super) struct Twins {
    pub pair: Arc<TwinPair>,
    exchange: InProcessTwins,
}

impl Twins {
    pub fn new(pair: TwinPair) -> Self {
        let pair = Arc::new(pair);
        Twins { exchange: InProcessTwins::new(Arc::clone(&pair)), pair }
    }

    /// Puts a version of an order in its place at Amazon.
    pub fn show(&self, version: &Version) {
        let mut world = self.pair.world.write().unwrap_or_else(PoisonError::into_inner);
        world.apply(version).expect("a version is of an order of its world");
    }

    async fn carry_out(
        &self,
        service: Service,
        request: Request<Bytes>,
        fate: Fate,
    ) -> Result<Response<Bytes>, TransportError> {
        let mishap = match &fate.mishap {
            None => return self.exchange.exchange(request).await,
            Some(Mishap::NotConnected) => return Err(TransportError::ConnectionRefused),
            Some(Mishap::Stale(stale)) => {
                self.show(&stale.shown);
                let answer = self.exchange.exchange(request).await;
                self.show(&stale.present);
                return answer;
            }
            Some(mishap) => mishap,
        };
        match service {
            Service::KashFlow => {
                self.pair.kashflow.faults().push(KashFlowFault::on_any(of_kashflow(mishap)));
            }
            _ => self.pair.amazon.faults().inject(None, When::Next(1), of_amazon(mishap)),
        }
        let answer = self.exchange.exchange(request).await;
        // Amazon's twin keeps a rule that has done its work.
        self.pair.amazon.faults().clear();
        match (answer, mishap) {
            (Err(TransportError::ConnectionLost), _) if fate.waits_in_vain => {
                Err(TransportError::NoAnswerInTime)
            }
            (Ok(mut response), Mishap::Throttled { retry_after_seconds: Some(seconds) }) => {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(*seconds));
                Ok(response)
            }
            (answer, _) => answer,
        }
    }
}

fn of_amazon(mishap: &Mishap) -> AmazonFault {
    match mishap {
        Mishap::Throttled { .. } => AmazonFault::QuotaExceeded,
        Mishap::ServerError => AmazonFault::InternalFailure,
        Mishap::Unavailable => AmazonFault::ServiceUnavailable,
        Mishap::Page => AmazonFault::ServiceUnavailablePage,
        Mishap::Truncated => AmazonFault::TruncatedJson,
        Mishap::LockedOut => AmazonFault::Revoked,
        Mishap::AnswerLost => AmazonFault::DropAnswer,
        Mishap::CallLost | Mishap::Late { .. } | Mishap::NotConnected | Mishap::Stale(_) => {
            AmazonFault::DropCall
        }
    }
}

fn of_kashflow(mishap: &Mishap) -> FaultEffect {
    match mishap {
        Mishap::ServerError => FaultEffect::HttpError(500),
        Mishap::Unavailable | Mishap::Throttled { .. } => FaultEffect::HttpError(503),
        Mishap::Page => FaultEffect::NotXml,
        Mishap::Truncated => FaultEffect::TruncatedBody,
        Mishap::LockedOut => FaultEffect::WrongPassword,
        Mishap::AnswerLost => FaultEffect::DropAfterProcessing,
        Mishap::Late { after_ms } => FaultEffect::ProcessedLater { after_ms: *after_ms },
        Mishap::CallLost | Mishap::NotConnected | Mishap::Stale(_) => FaultEffect::DropBeforeProcessing,
    }
}

/// The twins as one machine reaches them.
pub(super) struct GatedTwins {
    pub twins: Arc<Twins>,
    pub way: Way,
}

#[async_trait]
impl Exchange for GatedTwins {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let call = Call::of_request(&request);
        let (twins, service) = (Arc::clone(&self.twins), call.service);
        let work = move |fate| async move { twins.carry_out(service, request, fate).await };
        self.way.through(call, work, outcome).await
    }
}

fn outcome(answer: &Result<Response<Bytes>, TransportError>) -> String {
    match answer {
        Ok(response) => response.status().as_u16().to_string(),
        Err(error) => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use futures::FutureExt;
    use serde_json::Value;

    use super::super::mishap::Stale;
    use super::*;
    use crate::twin::PairOptions;
    use crate::twin::world::order::FulfilmentStatus;
    use crate::twin::world::{World, WorldSize};

    fn twins() -> Twins {
        let world = World::generate(5, WorldSize::orders(1));
        let now = world.epoch();
        let clock = Arc::new(move || now);
        let options = PairOptions { amazon_port: 0, kashflow_port: 0, usage_plan_factor: 1, clock };
        Twins::new(TwinPair::in_process(world, None, options).expect("the products are sound"))
    }

    fn carry_out(
        twins: &Twins,
        service: Service,
        request: Request<Bytes>,
        mishap: Option<Mishap>,
        waits_in_vain: bool,
    ) -> Result<Response<Bytes>, TransportError> {
        let fate = Fate { mishap, waits_in_vain };
        twins.carry_out(service, request, fate).now_or_never().expect("nothing waits in the process")
    }

    fn get_order(twins: &Twins, token: &str) -> Request<Bytes> {
        let id = twins.pair.with_world(|world| world.orders()[0].id.clone());
        let uri = format!("{}/orders/2026-01-01/orders/{id}", twins.pair.amazon.endpoint());
        let request = Request::get(uri).header("user-agent", "a test").header("x-amz-access-token", token);
        request.body(Bytes::new()).expect("a request")
    }

    fn token(twins: &Twins) -> String {
        let credentials = twins.pair.amazon.credentials();
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("grant_type", "refresh_token")
            .append_pair("refresh_token", &credentials.refresh_token)
            .append_pair("client_id", &credentials.client_id)
            .append_pair("client_secret", &credentials.client_secret)
            .finish();
        let request = Request::post(twins.pair.amazon.token_endpoint())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Bytes::from(form))
            .expect("a request");
        let answer = carry_out(twins, Service::Login, request, None, false).expect("it is answered");
        let answer: Value = serde_json::from_slice(answer.body()).expect("JSON");
        answer["access_token"].as_str().expect("a token").to_owned()
    }

    #[test]
    fn a_mishap_is_shown_as_the_service_shows_it_and_strikes_once() {
        let twins = twins();
        let token = token(&twins);
        let ask =
            |mishap, in_vain| carry_out(&twins, Service::Amazon, get_order(&twins, &token), mishap, in_vain);
        let status = |mishap| ask(Some(mishap), false).map(|answer| answer.status().as_u16());
        let throttled =
            ask(Some(Mishap::Throttled { retry_after_seconds: Some(7) }), false).expect("an answer");
        assert_eq!(
            (throttled.status().as_u16(), &throttled.headers()["retry-after"]),
            (429, &HeaderValue::from(7))
        );
        assert_eq!(status(Mishap::ServerError), Ok(500));
        assert_eq!(status(Mishap::LockedOut), Ok(403));
        assert_eq!(status(Mishap::NotConnected), Err(TransportError::ConnectionRefused));
        assert_eq!(status(Mishap::AnswerLost), Err(TransportError::ConnectionLost));
        assert_eq!(ask(Some(Mishap::CallLost), true).err(), Some(TransportError::NoAnswerInTime));
        assert_eq!(ask(None, false).map(|answer| answer.status().as_u16()), Ok(200));
    }

    #[test]
    fn a_stale_read_shows_the_older_version_and_leaves_the_present_one() {
        let twins = twins();
        let present = twins.pair.with_world(|world| world.orders()[0].clone());
        let mut shown = present.clone();
        shown.status = FulfilmentStatus::Pending;
        shown.last_updated_at -= Duration::minutes(1);
        let [shown, present] = [shown, present].map(|order| Version { at: order.last_updated_at, order });
        let stale = Mishap::Stale(Box::new(Stale { shown: shown.clone(), present: present.clone() }));
        let request = get_order(&twins, &token(&twins));
        let answer = carry_out(&twins, Service::Amazon, request, Some(stale), false).expect("an answer");
        let answer: Value = serde_json::from_slice(answer.body()).expect("JSON");
        assert_eq!(answer["order"]["lastUpdatedTime"], shown.at.format("%Y-%m-%dT%H:%M:%SZ").to_string());
        assert_eq!(twins.pair.with_world(|world| world.orders()[0].clone()), present.order);
    }
}
