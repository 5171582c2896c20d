//! The documents of reports, as Amazon S3 gives them out: under a presigned link, for five minutes, to whoever has it.
//!
//! Source: Reports API 2021-06-30, `ReportDocument`; Amazon S3, "Authenticating Requests: Using Query Parameters (AWS
//! Signature Version 4)" and "Error responses". Absent on purpose: the signature's true recipe. This one is checked
//! as strictly and needs no key of AWS.

use axum::response::Response;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit, Mac};
use http::StatusCode;
use http::request::Parts;
use sha2::Sha256;

use super::answer::{Answer, Body};
use super::connection::CutSwitch;
use super::fault::Fault;
use super::operation::OperationId;
use super::parameters::Query;
use super::service::Service;
use crate::twin::world::stream::{Purpose, Stream};

/// Where the documents are, on the same listener.
pub(super) const DOCUMENT_PATH: &str = "/documents/{reportDocumentId}";

const LINK_LIFE_SECONDS: i64 = 300;
const DATE_FORM: &str = "%Y%m%dT%H%M%SZ";

/// A link that is good from now on.
pub(super) fn link(endpoint: &str, document_id: &str, (seed, now): (u64, DateTime<Utc>)) -> String {
    let date = now.format(DATE_FORM).to_string();
    let signature = signature(seed, document_id, &date);
    format!(
        "{endpoint}/documents/{document_id}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}\
         &X-Amz-Expires={LINK_LIFE_SECONDS}&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}"
    )
}

/// The token of a page of reports.
pub(super) fn page_token(seed: u64, number: usize) -> String {
    let number = u64::try_from(number).expect("a count fits 64 bits");
    Stream::new(seed, Purpose::Report, number | 1 << 63).text(64, "abcdefghijklmnopqrstuvwxyz0123456789")
}

fn signature(seed: u64, document_id: &str, date: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&seed.to_le_bytes()).expect("a key of any length will do");
    mac.update(format!("{document_id}\n{date}").as_bytes());
    HEXLOWER.encode(&mac.finalize().into_bytes())
}

impl Service {
    /// Answers a call of a document's link.
    pub fn document(&self, document_id: &str, request: &Parts, switch: &CutSwitch) -> Response {
        let given = || self.give_out(document_id, request).unwrap_or_else(|refusal| refusal);
        let answer = self.with_fault(OperationId::DownloadDocument, switch, given, |fault| match fault {
            Fault::InternalFailure => {
                refusal(500, "InternalError", "We encountered an internal error. Please try again.")
            }
            Fault::Revoked => refusal(403, "AccessDenied", "Access Denied"),
            _ => refusal(503, "SlowDown", "Please reduce your request rate."),
        });
        self.respond(OperationId::DownloadDocument, answer, None)
    }

    fn give_out(&self, document_id: &str, request: &Parts) -> Result<Answer, Answer> {
        if request.headers.contains_key("x-amz-access-token") {
            let message = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature \
                           query string parameter or the Authorization header should be specified";
            return Err(refusal(400, "InvalidArgument", message));
        }
        let query = Query::parse(request.uri.query().unwrap_or_default());
        let parameter = |name| query.one(name).ok().flatten().unwrap_or_default();
        let date = parameter("X-Amz-Date");
        let made_at = NaiveDateTime::parse_from_str(date, DATE_FORM).ok().map(|time| time.and_utc());
        let (now, signed) = (self.now(), signature(self.seed(), document_id, date));
        let Some(made_at) = made_at.filter(|_| parameter("X-Amz-Signature") == signed) else {
            let message = "The request signature we calculated does not match the signature you provided. Check \
                           your key and signing method.";
            return Err(refusal(403, "SignatureDoesNotMatch", message));
        };
        if now >= made_at + Duration::seconds(LINK_LIFE_SECONDS) {
            return Err(refusal(403, "AccessDenied", "Request has expired"));
        }
        let document = self.reports().document(document_id, now);
        let document =
            document.ok_or_else(|| refusal(404, "NoSuchKey", "The specified key does not exist."))?;
        Ok(Answer { status: StatusCode::OK, body: Body::File(document.bytes) })
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
