//! An answer before it becomes HTTP.
//!
//! Absent on purpose: why it is what it is.

use axum::response::Response;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use serde_json::Value;

pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Body,
}

pub(super) enum Body {
    Json(String),
    Page(&'static str),
    /// An error of Amazon S3.
    Xml(String),
    /// A document.
    File(Bytes),
    Nothing,
}

impl Answer {
    pub fn json(status: StatusCode, value: Value) -> Self {
        Answer { status, body: Body::Json(value.to_string()) }
    }

    pub fn page(status: StatusCode, page: &'static str) -> Self {
        Answer { status, body: Body::Page(page) }
    }

    /// A body that claims to be JSON and is not.
    pub fn unreadable() -> Self {
        Answer {
            status: StatusCode::OK,
            body: Body::Json("upstream connect error; reset reason: overflow".into()),
        }
    }

    pub fn is_json(&self) -> bool {
        matches!(self.body, Body::Json(_))
    }

    /// The first half of the same answer.
    pub fn truncated(self) -> Self {
        let body = match self.body {
            Body::Json(text) => {
                let half = (0..=text.len() / 2).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(0);
                Body::Json(text[..half].to_owned())
            }
            Body::File(bytes) => Body::File(bytes.slice(..bytes.len() / 2)),
            whole @ (Body::Page(_) | Body::Xml(_) | Body::Nothing) => whole,
        };
        Answer { status: self.status, body }
    }

    pub fn into_response(self, request_id: &str, rate_limit: Option<String>) -> Response {
        let (content_type, body) = match self.body {
            Body::Json(text) => (Some("application/json"), Bytes::from(text)),
            Body::Page(page) => (Some("text/html"), Bytes::from_static(page.as_bytes())),
            Body::Xml(text) => (Some("application/xml"), Bytes::from(text)),
            Body::File(bytes) => (Some("binary/octet-stream"), bytes),
            Body::Nothing => (None, Bytes::new()),
        };
        let headers = [
            (header::CONTENT_TYPE, content_type.map(str::to_owned)),
            (HeaderName::from_static("x-amzn-requestid"), Some(request_id.to_owned())),
            (HeaderName::from_static("x-amzn-ratelimit-limit"), rate_limit),
        ];
        let stated: HeaderMap = headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, HeaderValue::from_str(&value?).ok()?)))
            .collect();
        let mut response = Response::new(body.into());
        (*response.status_mut(), *response.headers_mut()) = (self.status, stated);
        response
    }
}
