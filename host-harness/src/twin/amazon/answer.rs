//! An answer before it becomes HTTP.
//!
//! Absent on purpose: why it is what it is.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, StatusCode, header};
use serde_json::Value;

pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Body,
}

pub(super) enum Body {
    Json(String),
    Page(&'static str),
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
            Body::Page(page) => Body::Page(page),
        };
        Answer { status: self.status, body }
    }

    pub fn into_response(self, request_id: &str, rate_limit: Option<String>) -> Response {
        let (content_type, text) = match self.body {
            Body::Json(text) => ("application/json", text),
            Body::Page(page) => ("text/html", page.to_owned()),
        };
        let headers = [
            (header::CONTENT_TYPE, content_type.to_owned()),
            (HeaderName::from_static("x-amzn-requestid"), request_id.to_owned()),
        ];
        let rate_limit = rate_limit.map(|rate| [(HeaderName::from_static("x-amzn-ratelimit-limit"), rate)]);
        match rate_limit {
            Some(rate_limit) => (self.status, headers, rate_limit, text).into_response(),
            None => (self.status, headers, text).into_response(),
        }
    }
}
