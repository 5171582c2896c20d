//! An answer of Amazon's that gives a link: the link is kept, and the plugin told another one.

use bytes::Bytes;
use http::{Response, header};
use serde_json::{Map, Value};
use url::Url;

use super::link::{followed, without_query};
use super::{DocumentKind, DocumentLinks};
use crate::gateway::GATEWAY_CODE;

/// The member of the answer that holds the link, in all three operations.
const URL: &str = "url";

impl DocumentLinks {
    /// Keeps the link in an answer to a call of this path, and puts one to the kind's host in its place. A link that
    /// is not followed loses its query: what is left of it opens nothing.
    pub(in crate::gateway) fn keep(
        &self,
        kind: &'static DocumentKind,
        path: &str,
        endpoint: &Url,
        mut response: Response<Bytes>,
    ) -> Response<Bytes> {
        if !response.status().is_success() || response.headers().contains_key(GATEWAY_CODE) {
            return response;
        }
        let Ok(Value::Object(mut document)) = serde_json::from_slice(response.body()) else {
            return response;
        };
        let Some(told) = self.exchanged(kind, path, endpoint, &document) else {
            return response;
        };
        document.insert(URL.to_owned(), Value::String(told));
        *response.body_mut() = Value::Object(document).to_string().into();
        response.headers_mut().remove(header::CONTENT_LENGTH);
        response
    }

    /// What the plugin is told in the place of the link. `None`: there is no link.
    fn exchanged(
        &self,
        kind: &'static DocumentKind,
        path: &str,
        endpoint: &Url,
        document: &Map<String, Value>,
    ) -> Option<String> {
        let link = document.get(URL).and_then(Value::as_str);
        let id_and_target = link.and_then(|link| kind.id(path, document).zip(followed(link, endpoint)));
        let Some((id, target)) = id_and_target else {
            tracing::warn!(operation = kind.announced_by, "an answer has no link that is followed");
            return link.map(|link| without_query(link).to_owned());
        };
        self.remember(kind, &id, target);
        Some(format!("https://{}/{id}", kind.host))
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::super::announced_by;
    use super::*;

    fn answer(status: StatusCode, body: &str) -> Response<Bytes> {
        let builder = Response::builder().status(status).header("content-length", body.len());
        builder.body(Bytes::from(body.to_owned())).unwrap()
    }

    fn amazon() -> Url {
        Url::parse("https://amazon.example").unwrap()
    }

    #[tokio::test]
    async fn the_plugin_is_told_a_link_that_stands_for_the_real_one() {
        let links = DocumentLinks::default();
        for (operation, path, status, before, after, kept) in [
            (
                "getReportDocument",
                "/reports/2021-06-30/documents/1%2F2",
                StatusCode::OK,
                r#"{"reportDocumentId":"1/2","url":"https://example.org/1?s=1"}"#,
                r#"{"reportDocumentId":"1/2","url":"https://report-documents.amazon/1%2F2"}"#,
                "https://example.org/1?s=1",
            ),
            (
                "createFeedDocument",
                "/feeds/2021-06-30/documents",
                StatusCode::CREATED,
                r#"{"feedDocumentId":"1/2","url":"https://example.org/2?s=1"}"#,
                r#"{"feedDocumentId":"1/2","url":"https://feed-documents.amazon/1%2F2"}"#,
                "https://example.org/2?s=1",
            ),
            (
                "getFeedDocument",
                "/feeds/2021-06-30/documents/1%2F2",
                StatusCode::OK,
                r#"{"compressionAlgorithm":"GZIP","feedDocumentId":"1/2","url":"https://example.org/3?s=1"}"#,
                r#"{"compressionAlgorithm":"GZIP","feedDocumentId":"1/2","url":"https://feed-documents.amazon/1%2F2"}"#,
                "https://example.org/3?s=1",
            ),
        ] {
            let kind = announced_by(operation).unwrap();
            let told = links.keep(kind, path, &amazon(), answer(status, before));
            assert_eq!((told.status(), told.body().as_ref()), (status, after.as_bytes()), "{operation}");
            assert!(!told.headers().contains_key("content-length"));
            assert_eq!(links.target(kind, "/1%2F2").unwrap(), kept);
        }
    }

    #[tokio::test]
    async fn an_answer_without_a_link_that_is_followed_gives_none_away() {
        let links = DocumentLinks::default();
        for operation in ["getReportDocument", "createFeedDocument", "getFeedDocument"] {
            let kind = announced_by(operation).unwrap();
            let keep = |answer| links.keep(kind, "/documents/1", &amazon(), answer).into_body();
            for body in ["", "not JSON", "[]", "{}", r#"{"url":1}"#] {
                assert_eq!(keep(answer(StatusCode::OK, body)), body, "{operation}");
            }
            for link in ["http://127.0.0.1/a?s=1", "https://example.org:8443/a#s=1"] {
                let told =
                    keep(answer(StatusCode::OK, &format!(r#"{{"feedDocumentId":"1","url":"{link}"}}"#)));
                let bare = link.split(['?', '#']).next().unwrap();
                assert_eq!(told, format!(r#"{{"feedDocumentId":"1","url":"{bare}"}}"#), "{operation}");
            }
            let refusal = r#"{"feedDocumentId":"1","url":"https://example.org/1"}"#;
            assert_eq!(keep(answer(StatusCode::FORBIDDEN, refusal)), refusal);
            assert_eq!(links.target(kind, "/1"), None);
        }
    }

    #[tokio::test]
    async fn a_link_to_an_upload_without_the_id_of_its_document_is_not_told() {
        let links = DocumentLinks::default();
        let kind = announced_by("createFeedDocument").unwrap();
        let body = r#"{"url":"https://example.org/1?s=1"}"#;
        let told =
            links.keep(kind, "/feeds/2021-06-30/documents", &amazon(), answer(StatusCode::CREATED, body));
        assert_eq!(told.into_body(), r#"{"url":"https://example.org/1"}"#);
    }
}
