//! An answer before it becomes HTTP.
//!
//! Absent on purpose: why it is what it is.

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderName, StatusCode, header};
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
    /// The document of a report.
    File(Bytes),
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
            whole @ (Body::Page(_) | Body::Xml(_)) => whole,
        };
        Answer { status: self.status, body }
    }

    pub fn into_response(self, request_id: &str, rate_limit: Option<String>) -> Response {
        let (content_type, body) = match self.body {
            Body::Json(text) => ("application/json", Bytes::from(text)),
            Body::Page(page) => ("text/html", Bytes::from_static(page.as_bytes())),
            Body::Xml(text) => ("application/xml", Bytes::from(text)),
            Body::File(bytes) => ("binary/octet-stream", bytes),
        };
        let headers = [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (HeaderName::from_static("x-amzn-requestid"), request_id.to_owned()),
        ];
        let rate_limit = rate_limit.map(|rate| [(HeaderName::from_static("x-amzn-ratelimit-limit"), rate)]);
        match rate_limit {
            Some(rate_limit) => (self.status, headers, rate_limit, body).into_response(),
            None => (self.status, headers, body).into_response(),
        }
    }
}
