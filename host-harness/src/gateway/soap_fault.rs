//! Whether a body is a SOAP fault.
//!
//! ASP.NET answers every fault of a `.asmx` with status 500 (SOAP 1.1, section 6.2): it is an answer about one
//! request. Only a 500 that is no fault says that the service itself is out of order.

use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};

use super::soap_credential::{is_envelope_namespace, local_name};

pub(super) fn is_soap_fault(body: &[u8]) -> bool {
    str::from_utf8(body).is_ok_and(|text| holds_fault(text.trim_start_matches('\u{feff}')))
}

fn holds_fault(text: &str) -> bool {
    let mut reader = NsReader::from_str(text);
    let (mut depth, mut in_body) = (0, false);
    loop {
        let Ok((namespace, event)) = reader.read_resolved_event() else {
            return false;
        };
        let of_soap = is_envelope_namespace(&namespace);
        let is = |tag: &BytesStart<'_>, name: &str| of_soap && local_name(tag) == name;
        match (&event, depth) {
            (Event::Eof, _) => return false,
            (Event::Start(tag), 0) if !is(tag, "Envelope") => return false,
            (Event::Start(tag), 1) => in_body = is(tag, "Body"),
            (Event::Start(tag) | Event::Empty(tag), 2) if in_body => return is(tag, "Fault"),
            _ => {}
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_soap_fault;

    #[test]
    fn only_a_fault_in_the_body_of_an_envelope_is_one() {
        let envelope = |content: &str| {
            format!(
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope \
                 xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">{content}</soap:Envelope>"
            )
        };
        let fault = "<soap:Fault><faultcode>soap:Server</faultcode></soap:Fault>";
        for (body, expected) in [
            (envelope(&format!("<soap:Body>{fault}</soap:Body>")), true),
            (envelope(&format!("<soap:Header><a/></soap:Header><soap:Body>\n {fault}</soap:Body>")), true),
            (envelope("<soap:Header/><soap:Body><soap:Fault/></soap:Body>"), true),
            (envelope("<soap:Body><Fault/></soap:Body>"), false),
            (envelope(&format!("<soap:Header>{fault}</soap:Header><soap:Body/>")), false),
            (envelope(&format!("<soap:Body><Answer>{fault}</Answer></soap:Body>")), false),
            (envelope("<soap:Body><Answer/></soap:Body>"), false),
            (fault.to_owned(), false),
            ("<html><body>Server Error in '/' Application.</body></html>".to_owned(), false),
            (String::new(), false),
        ] {
            assert_eq!(is_soap_fault(body.as_bytes()), expected, "{body}");
            assert_eq!(is_soap_fault(format!("\u{feff}{body}").as_bytes()), expected, "{body}");
        }
        assert!(!is_soap_fault(b"\xff\xfe"));
    }
}
