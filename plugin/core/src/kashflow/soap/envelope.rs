//! Writes a request: the envelope, the operation and its parameters, without credentials.
//!
//! The host's gateway puts `UserName` and `Password` before the parameters. Absent on purpose: any check of the
//! order of elements. KashFlow's service drops an element that is out of order without a word, so callers
//! write the elements of a type in the order of the service description.

use std::fmt::Display;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::kashflow::{HOST, PATH};
use crate::remote::{HttpRequest, Method};

use super::Operation;

const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SCHEMA_INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
const KASHFLOW: &str = "KashFlow";

/// The request of `operation` with the parameters that `write` puts into it.
pub fn request(operation: &Operation, write: impl FnOnce(&mut Content)) -> HttpRequest {
    let mut content = Content { writer: Writer::new(Vec::new()) };
    content.event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)));
    let namespaces = [("xmlns:soap", SOAP), ("xmlns:xsi", SCHEMA_INSTANCE), ("xmlns:xsd", SCHEMA)];
    content.element("soap:Envelope", &namespaces, |envelope| {
        envelope
            .element("soap:Body", &[], |body| body.element(operation.name, &[("xmlns", KASHFLOW)], write));
    });
    HttpRequest {
        operation: operation.name,
        method: Method::Post,
        host: HOST.into(),
        path: PATH.to_owned(),
        headers: vec![
            ("Content-Type", "text/xml; charset=utf-8".to_owned()),
            ("SOAPAction", format!("\"{KASHFLOW}/{}\"", operation.name)),
        ],
        body: content.writer.into_inner(),
        writes: operation.writes,
    }
}

/// The inside of an element that is being written.
pub struct Content {
    writer: Writer<Vec<u8>>,
}

impl Content {
    /// An element with text; empty text makes an empty element.
    pub fn text(&mut self, name: &str, text: &str) {
        if text.is_empty() {
            self.event(Event::Empty(BytesStart::new(name)));
        } else {
            let printable = printable(text);
            self.element(name, &[], |element| element.event(Event::Text(BytesText::new(&printable))));
        }
    }

    /// An element with a value whose text needs no escaping.
    pub fn value(&mut self, name: &str, value: impl Display) {
        self.text(name, &value.to_string());
    }

    /// The first moment of a calendar date, without a zone, as the service wants dates.
    pub fn date(&mut self, name: &str, date: NaiveDate) {
        self.date_time(name, date.and_time(NaiveTime::MIN));
    }

    /// `yyyy-MM-ddTHH:mm:ss`: any other form is answered with a fault.
    pub fn date_time(&mut self, name: &str, date_time: NaiveDateTime) {
        self.value(name, date_time.format("%Y-%m-%dT%H:%M:%S"));
    }

    /// An element with elements in it.
    pub fn group(&mut self, name: &str, write: impl FnOnce(&mut Content)) {
        self.element(name, &[], write);
    }

    /// An element of an untyped list, which has to name its type.
    pub fn any_type(&mut self, type_name: &str, write: impl FnOnce(&mut Content)) {
        self.element("anyType", &[("xsi:type", type_name)], write);
    }

    fn element(&mut self, name: &str, attributes: &[(&str, &str)], write: impl FnOnce(&mut Content)) {
        self.event(Event::Start(BytesStart::new(name).with_attributes(attributes.iter().copied())));
        write(self);
        self.event(Event::End(BytesEnd::new(name)));
    }

    fn event(&mut self, event: Event<'_>) {
        self.writer.write_event(event).expect("a vector takes every write");
    }
}

/// The text with everything that breaks a line or that XML 1.0 forbids replaced by a space: line breaks in
/// descriptions do not survive KashFlow, and a forbidden character fails the whole request.
fn printable(text: &str) -> String {
    let breaks = |character: char| {
        character.is_control() || matches!(character, '\u{2028}' | '\u{2029}' | '\u{FFFE}' | '\u{FFFF}')
    };
    text.replace("\r\n", " ").replace(breaks, " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_an_envelope_without_credentials() {
        let request = request(&Operation::reading("GetCustomerByEmail", "customer"), |content| {
            content.text("CustomerEmail", "jane@example.com");
        });
        assert_eq!(
            (request.method, request.host.as_ref(), request.path.as_str()),
            (Method::Post, HOST, PATH)
        );
        assert_eq!(
            request.headers,
            [
                ("Content-Type", "text/xml; charset=utf-8".to_owned()),
                ("SOAPAction", "\"KashFlow/GetCustomerByEmail\"".to_owned()),
            ]
        );
        assert_eq!(
            String::from_utf8(request.body).expect("UTF-8"),
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
             <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
             xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>\
             <GetCustomerByEmail xmlns=\"KashFlow\"><CustomerEmail>jane@example.com</CustomerEmail>\
             </GetCustomerByEmail></soap:Body></soap:Envelope>"
        );
        assert!(!request.writes);
    }

    #[test]
    fn texts_are_escaped_and_keep_to_one_line() {
        let cases = [
            ("Salt & <Pepper> \"set\"", "Salt &amp; &lt;Pepper&gt; &quot;set&quot;"),
            ("two\r\nlines\nor\tthree", "two lines or three"),
            ("vertical\u{b}tab\u{0}nul\u{2028}line\u{ffff}none", "vertical tab nul line none"),
            ("Café ☕ 帽子", "Café ☕ 帽子"),
            ("]]>", "]]&gt;"),
        ];
        for (text, written) in cases {
            let request = request(&Operation::reading("Op", ""), |content| content.text("T", text));
            let body = String::from_utf8(request.body).expect("UTF-8");
            assert!(body.contains(&format!("<T>{written}</T>")), "{body}");
        }
    }

    #[test]
    fn dates_have_a_time_and_no_zone() {
        let date = NaiveDate::from_ymd_opt(2026, 11, 2).expect("a date");
        let request = request(&Operation::writing("Op", ""), |content| content.date("D", date));
        assert!(String::from_utf8(request.body).expect("UTF-8").contains("<D>2026-11-02T00:00:00</D>"));
        assert!(request.writes);
    }
}
