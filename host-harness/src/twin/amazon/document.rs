//! The documents of reports and feeds, as Amazon S3 gives them out and takes them: under a presigned link, for five
//! minutes, to and from whoever has it.
//!
//! Source: Reports API 2021-06-30, `ReportDocument`; Feeds API 2021-06-30, `FeedDocument`; Amazon S3, "Authenticating Requests: Using Query Parameters (AWS
//! Signature Version 4)" and "Error responses". Absent on purpose: the signature's true recipe. This one is checked
//! as strictly and needs no key of AWS.

use axum::response::Response;
use bytes::Bytes;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::request::Parts;
use http::{StatusCode, header};
use sha2::Sha256;

use super::answer::{Answer, Body};
use super::connection::CutSwitch;
use super::fault::Fault;
use super::operation::OperationId;
use super::parameters::Query;
use super::service::Service;
use crate::twin::world::stream::{Purpose, Stream};

/// Where the documents are, on the same listener.
pub(super) const DOCUMENT_PATH: &str = "/documents/{documentId}";

const LINK_LIFE_SECONDS: i64 = 300;
const DATE_FORM: &str = "%Y%m%dT%H%M%SZ";

/// What a link allows. A link to send something is good for one content type alone.
#[derive(Clone, Copy)]
enum Allowed<'a> {
    Receive,
    Send { content_type: &'a str },
}

/// A link to receive a document, good from now on.
pub(super) fn link(endpoint: &str, document_id: &str, made: (u64, DateTime<Utc>)) -> String {
    presigned(endpoint, document_id, Allowed::Receive, made)
}

/// A link to send a document of this content type, good from now on.
pub(super) fn upload_link(
    endpoint: &str,
    document_id: &str,
    content_type: &str,
    made: (u64, DateTime<Utc>),
) -> String {
    presigned(endpoint, document_id, Allowed::Send { content_type }, made)
}

fn presigned(
    endpoint: &str,
    document_id: &str,
    allowed: Allowed<'_>,
    (seed, now): (u64, DateTime<Utc>),
) -> String {
    let date = now.format(DATE_FORM).to_string();
    let signature = signature(seed, document_id, allowed, &date);
    let headers = match allowed {
        Allowed::Receive => "host",
        Allowed::Send { .. } => "content-type%3Bhost",
    };
    format!(
        "{endpoint}/documents/{document_id}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}\
         &X-Amz-Expires={LINK_LIFE_SECONDS}&X-Amz-SignedHeaders={headers}&X-Amz-Signature={signature}"
    )
}

/// The token of a page of reports.
pub(super) fn page_token(seed: u64, number: usize) -> String {
    let number = u64::try_from(number).expect("a count fits 64 bits");
    Stream::new(seed, Purpose::Report, number | 1 << 63).text(64, "abcdefghijklmnopqrstuvwxyz0123456789")
}

fn signature(seed: u64, document_id: &str, allowed: Allowed<'_>, date: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&seed.to_le_bytes()).expect("a key of any length will do");
    mac.update(format!("{document_id}\n{date}").as_bytes());
    if let Allowed::Send { content_type } = allowed {
        mac.update(format!("\nPUT\n{content_type}").as_bytes());
    }
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

impl Service {
    /// Answers a call of a document's link.
    pub fn document(&self, document_id: &str, request: &Parts, switch: &CutSwitch) -> Response {
        let given = || self.give_out(document_id, request).unwrap_or_else(|refusal| refusal);
        let answer = self.with_fault(OperationId::DownloadDocument, switch, given, refusal_of_fault);
        self.respond(OperationId::DownloadDocument, answer, None)
    }

    /// Answers a call of the link to send a document; `None` for one that is too long.
    pub fn upload(
        &self,
        document_id: &str,
        request: &Parts,
        body: Option<Bytes>,
        switch: &CutSwitch,
    ) -> Response {
        let taken = || self.take_in(document_id, request, body).unwrap_or_else(|refusal| refusal);
        let answer = self.with_fault(OperationId::UploadDocument, switch, taken, refusal_of_fault);
        self.respond(OperationId::UploadDocument, answer, None)
    }

    fn give_out(&self, document_id: &str, request: &Parts) -> Result<Answer, Answer> {
        self.check_link(document_id, request, Allowed::Receive)?;
        let of_a_report = self.reports().document(document_id, self.now()).map(|document| document.bytes);
        let bytes = of_a_report.or_else(|| self.stock().feeds.document(document_id)?.content.clone());
        let bytes = bytes.ok_or_else(no_such_key)?;
        Ok(Answer { status: StatusCode::OK, body: Body::File(bytes) })
    }

    fn take_in(&self, document_id: &str, request: &Parts, body: Option<Bytes>) -> Result<Answer, Answer> {
        let stated = request.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = stated.unwrap_or_default();
        self.check_link(document_id, request, Allowed::Send { content_type })?;
        if request.headers.contains_key(header::TRANSFER_ENCODING) {
            let message = "You must provide the Content-Length HTTP header.";
            return Err(refusal(411, "MissingContentLength", message));
        }
        let body = body.ok_or_else(|| {
            refusal(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
        })?;
        let mut stock = self.stock();
        let document = stock.feeds.document_mut(document_id).ok_or_else(no_such_key)?;
        document.content = Some(body);
        Ok(Answer { status: StatusCode::OK, body: Body::Nothing })
    }

    /// Whether the link of a call is one of the twin's, for this and no other purpose, and not too old.
    fn check_link(&self, document_id: &str, request: &Parts, allowed: Allowed<'_>) -> Result<(), Answer> {
        if request.headers.contains_key("x-amz-access-token") {
            let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature \
                           query string parameter or the Authorization header should be specified";
            return Err(refusal(400, "InvalidArgument", message));
        }
        let query = Query::parse(request.uri.query().unwrap_or_default());
        let parameter = |name| query.one(name).ok().flatten().unwrap_or_default();
        let date = parameter("X-Amz-Date");
        let made_at = NaiveDateTime::parse_from_str(date, DATE_FORM).ok().map(|time| time.and_utc());
        let signed = signature(self.seed(), document_id, allowed, date);
        let Some(made_at) = made_at.filter(|_| parameter("X-Amz-Signature") == signed) else {
            let message = "The request signature we calculated does not match the signature you provided. Check \
                           your key and signing method.";
            return Err(refusal(403, "SignatureDoesNotMatch", message));
        };
        match self.now() >= made_at + Duration::seconds(LINK_LIFE_SECONDS) {
            true => Err(refusal(403, "AccessDenied", "Request has expired")),
            false => Ok(()),
        }
    }
}

fn no_such_key() -> Answer {
    refusal(404, "NoSuchKey", "The specified key does not exist.")
}

/// What Amazon S3 says where a fault takes the place of the true answer.
fn refusal_of_fault(fault: Fault) -> Answer {
    match fault {
        Fault::InternalFailure => {
            refusal(500, "InternalError", "We encountered an internal error. Please try again.")
        }
        Fault::Revoked => refusal(403, "AccessDenied", "Access Denied"),
        _ => refusal(503, "SlowDown", "Please reduce your request rate."),
    }
}

/// An error of Amazon S3.
fn refusal(status: u16, code: &str, message: &str) -> Answer {
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    );
    let status = StatusCode::from_u16(status).expect("the callers give statuses of HTTP");
    Answer { status, body: Body::Xml(xml) }
}
