//! What can carry requests in the place of the network, so that a run needs no sockets.
//!
//! Deliberately absent: time-outs, which are each exchange's own business, and the bound on the size of an
//! answer, which the client enforces whatever brought it.

use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};

use super::TransportError;

/// Carries one request to its endpoint and brings back the whole answer.
#[async_trait]
pub trait Exchange: Send + Sync {
    async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, TransportError>;
}
