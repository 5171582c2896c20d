//! The twin without a socket: a request is handed over, and the answer comes back as a value.
//!
//! It takes the same way through the service as one that came over the wire. Absent on purpose: headers that
//! only a wire has, such as `date`.

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, header};
use tower::ServiceExt;

use super::AmazonTwin;
use super::connection::CutSwitch;

impl AmazonTwin {
    /// Answers a request; `None` where the connection would have closed without an answer.
    pub async fn answer_in_process(&self, request: Request<Bytes>) -> Option<Response<Bytes>> {
        let switch = CutSwitch::default();
        let mut request = framed(request).map(Body::from);
        request.extensions_mut().insert(ConnectInfo(switch.clone()));
        let Ok(response) = self.router.clone().oneshot(request).await;
        if switch.is_cut() {
            return None;
        }
        let (head, body) = response.into_parts();
        let body = to_bytes(body, usize::MAX).await.expect("an answer of the twin is in memory already");
        Some(Response::from_parts(head, body))
    }
}

/// States the length of the body the way a sender's HTTP layer does: of the true body, and only where there
/// is one. The twin refuses a `GET` that announces a body.
fn framed(mut request: Request<Bytes>) -> Request<Bytes> {
    let length = request.body().len();
    let headers = request.headers_mut();
    headers.remove(header::TRANSFER_ENCODING);
    headers.remove(header::CONTENT_LENGTH);
    if length > 0 {
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    request
}
