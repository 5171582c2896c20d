//! Which path leads to what, and how much of a body is read on the way.
//!
//! Absent on purpose: what is answered (`service`, `document`).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{ConnectInfo, Path, RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{get, on, post};
use bytes::Bytes;

use super::connection::CutSwitch;
use super::document::DOCUMENT_PATH;
use super::login::TOKEN_PATH;
use super::operation::{OPERATIONS, Operation};
use super::service::Service;

/// Bodies longer than this are refused (no operation takes as much).
const BODY_BYTES_AT_MOST: usize = 1 << 20;
/// The most that a document may have: Amazon's advice for feeds is to stay below it.
const UPLOAD_BYTES_AT_MOST: usize = 10 << 20;

/// The paths of the service.
pub(super) fn router(service: Arc<Service>) -> Router {
    let mut router = Router::new()
        .route(TOKEN_PATH, post(token).fallback(wrong_method_for_token))
        .route(DOCUMENT_PATH, get(document).put(uploaded_document));
    for operation in OPERATIONS {
        let handler =
            move |service: State<Arc<Service>>,
                  switch: ConnectInfo<CutSwitch>,
                  path: RawPathParams,
                  request: Request| call(operation, service, switch, path, request);
        router = router.route(operation.path, on(operation.method, handler));
    }
    router.fallback(no_such_operation).method_not_allowed_fallback(no_such_operation).with_state(service)
}

async fn call(
    operation: &'static Operation,
    State(service): State<Arc<Service>>,
    ConnectInfo(switch): ConnectInfo<CutSwitch>,
    path: RawPathParams,
    request: Request,
) -> Response {
    let path: BTreeMap<String, String> =
        path.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, BODY_BYTES_AT_MOST).await.unwrap_or_default();
    service.call(operation, parts, path, body, &switch)
}

async fn token(
    State(service): State<Arc<Service>>,
    ConnectInfo(switch): ConnectInfo<CutSwitch>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body: Bytes = to_bytes(body, BODY_BYTES_AT_MOST).await.unwrap_or_default();
    service.token(&parts.headers, &body, &switch)
}

async fn document(
    State(service): State<Arc<Service>>,
    ConnectInfo(switch): ConnectInfo<CutSwitch>,
    Path(document_id): Path<String>,
    request: Request,
) -> Response {
    service.document(&document_id, &request.into_parts().0, &switch)
}

async fn uploaded_document(
    State(service): State<Arc<Service>>,
    ConnectInfo(switch): ConnectInfo<CutSwitch>,
    Path(document_id): Path<String>,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, UPLOAD_BYTES_AT_MOST).await.ok();
    service.upload(&document_id, &parts, body, &switch)
}

async fn wrong_method_for_token(State(service): State<Arc<Service>>) -> Response {
    service.wrong_method_for_token()
}

async fn no_such_operation(State(service): State<Arc<Service>>) -> Response {
    service.no_such_operation()
}
