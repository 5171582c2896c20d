//! A call of the plugin to a host that stands for documents, carried out where the document is.

use bytes::Bytes;
use http::request::Parts;
use http::uri::PathAndQuery;
use http::{Response, StatusCode};

use super::DocumentKind;
use super::link::without_link;
use crate::gateway::sending::GrantedCall;
use crate::gateway::{Bounds, Credential, Gateway, GatewayCode, GatewayError, answer};

impl Gateway {
    /// Fetches or sends a document with nothing but its link: no token, no cookie, no redirect. The link is given
    /// for one method, and a download has no body.
    pub(in crate::gateway) async fn transfer(
        &self,
        kind: &'static DocumentKind,
        head: &Parts,
        body: Bytes,
        bounds: Bounds,
    ) -> Result<Response<Bytes>, GatewayError> {
        let asked = head.uri.path_and_query().map_or("", PathAndQuery::as_str);
        let Some(target) = self.documents.target(kind, asked) else {
            return Ok(unknown());
        };
        let call = GrantedCall {
            upstream: kind.host,
            credential: &Credential::None,
            operation: kind.transfer,
            method: kind.method.clone(),
            target: target.clone(),
            headers: kind.headers(&head.headers),
            body: if kind.is_upload() { body } else { Bytes::new() },
        };
        let response = self.send_granted(call, bounds).await?;
        Ok(without_link(&target, kind.is_upload(), response))
    }
}

/// The answer in the place of a document whose link is not kept, or not for what the plugin wants to do.
fn unknown() -> Response<Bytes> {
    let code = GatewayCode::DocumentLinkUnknown;
    let detail = format!("{}: {}", code.title(), code.remedy());
    answer::problem(code, StatusCode::GONE, &detail, None)
}
