//! Puts KashFlow's user name and password into a SOAP request.
//!
//! KashFlow's SOAP interface has no session: `UserName` and `Password` are the first two elements of every
//! operation (KashFlow API documentation, `service.asmx?WSDL`). All other bytes of the body stay as they are.

use bytes::Bytes;
use quick_xml::NsReader;
use quick_xml::escape::escape;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use secrecy::{ExposeSecret, SecretString};

/// The namespaces of the envelope in SOAP 1.1 and 1.2.
const ENVELOPES: [&str; 2] =
    ["http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope"];

const USER_NAME: &str = "UserName";
const PASSWORD: &str = "Password";

/// Why a body cannot take credentials.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub(super) enum SoapRefusal {
    #[error("the body is not a SOAP envelope: {0}")]
    NotSoap(&'static str),
    #[error("the operation `{operation}` is not the one that SOAPAction names, `{action}`")]
    OtherOperation { operation: String, action: String },
    #[error("the operation already has the element `{0}`")]
    HasCredentials(String),
}

/// Where the operation begins, and what to write there.
struct Operation {
    /// The byte after the start tag.
    start_tag_end: usize,
    self_closing: bool,
    /// With its prefix, as written.
    name: String,
}

/// What the reader is inside of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Envelope,
    Header,
    Body,
    Operation,
    Deeper,
}

/// The body with the credentials in it. `action` is the value of `SOAPAction`.
pub(super) fn insert(
    body: &[u8],
    action: Option<&str>,
    user_name: &SecretString,
    password: &SecretString,
) -> Result<Bytes, SoapRefusal> {
    let text = str::from_utf8(body).map_err(|_invalid| SoapRefusal::NotSoap("it is not UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let operation = find_operation(text)?;
    let (prefix, local_name) = match operation.name.split_once(':') {
        Some((prefix, local_name)) => (format!("{prefix}:"), local_name),
        None => (String::new(), operation.name.as_str()),
    };
    // The upstream dispatches by the header and grants are given by the header; the body must agree.
    if let Some(action) = action
        && action.rsplit('/').next() != Some(local_name)
    {
        return Err(SoapRefusal::OtherOperation {
            operation: local_name.to_owned(),
            action: action.to_owned(),
        });
    }
    let element = |name: &str, value: &SecretString| {
        format!("<{prefix}{name}>{}</{prefix}{name}>", escape(value.expose_secret()))
    };
    let credentials = element(USER_NAME, user_name) + &element(PASSWORD, password);
    let (before, after) = text.split_at(operation.start_tag_end);
    let whole = match before.strip_suffix("/>") {
        Some(before) if operation.self_closing => {
            format!("{before}>{credentials}</{}>{after}", operation.name)
        }
        _ => format!("{before}{credentials}{after}"),
    };
    Ok(whole.into())
}

fn find_operation(text: &str) -> Result<Operation, SoapRefusal> {
    let mut reader = NsReader::from_str(text);
    let mut places: Vec<Place> = Vec::new();
    let mut found: Option<Operation> = None;
    let mut envelope_closed = false;
    loop {
        let (namespace, event) = reader
            .read_resolved_event()
            .map_err(|_error| SoapRefusal::NotSoap("it is not well-formed XML"))?;
        let of_soap = is_envelope_namespace(&namespace);
        match event {
            Event::Start(tag) => {
                let place = enter(places.last().copied(), &tag, of_soap, envelope_closed)?;
                places.push(place);
                if place == Place::Operation {
                    note_operation(&mut found, &tag, reader.buffer_position(), false)?;
                }
            }
            Event::Empty(tag) => {
                let place = enter(places.last().copied(), &tag, of_soap, envelope_closed)?;
                envelope_closed |= place == Place::Envelope;
                if place == Place::Operation {
                    note_operation(&mut found, &tag, reader.buffer_position(), true)?;
                }
            }
            Event::End(_) => envelope_closed |= places.pop() == Some(Place::Envelope),
            Event::DocType(_) => return Err(SoapRefusal::NotSoap("SOAP forbids a document type")),
            Event::Eof if !places.is_empty() => return Err(SoapRefusal::NotSoap("it ends in the middle")),
            Event::Eof => return found.ok_or(SoapRefusal::NotSoap("its body has no operation")),
            _ => {}
        }
    }
}

pub(super) fn is_envelope_namespace(namespace: &ResolveResult<'_>) -> bool {
    matches!(namespace, ResolveResult::Bound(namespace) if ENVELOPES.contains(&namespace.as_ref()))
}

/// What an element is, by where it stands.
fn enter(
    parent: Option<Place>,
    tag: &BytesStart<'_>,
    of_soap: bool,
    envelope_closed: bool,
) -> Result<Place, SoapRefusal> {
    let name = local_name(tag);
    match parent {
        None if of_soap && name == "Envelope" && !envelope_closed => Ok(Place::Envelope),
        None => Err(SoapRefusal::NotSoap("its root is not one Envelope")),
        Some(Place::Envelope) if of_soap && name == "Body" => Ok(Place::Body),
        Some(Place::Envelope) if of_soap && name == "Header" => Ok(Place::Header),
        Some(Place::Envelope) => Err(SoapRefusal::NotSoap("its envelope holds more than Header and Body")),
        Some(Place::Body) => Ok(Place::Operation),
        Some(Place::Operation) if name == USER_NAME || name == PASSWORD => {
            Err(SoapRefusal::HasCredentials(name))
        }
        Some(Place::Header | Place::Operation | Place::Deeper) => Ok(Place::Deeper),
    }
}

fn note_operation(
    found: &mut Option<Operation>,
    tag: &BytesStart<'_>,
    position: u64,
    self_closing: bool,
) -> Result<(), SoapRefusal> {
    if found.is_some() {
        return Err(SoapRefusal::NotSoap("its body has more than one operation"));
    }
    *found = Some(Operation {
        start_tag_end: usize::try_from(position).expect("a position in a text in memory"),
        self_closing,
        name: tag.name().as_ref().to_owned(),
    });
    Ok(())
}

pub(super) fn local_name(tag: &BytesStart<'_>) -> String {
    tag.local_name().as_ref().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inserted(body: &str, action: Option<&str>) -> Result<String, SoapRefusal> {
        let (user_name, password) = (SecretString::from("acme"), SecretString::from("a<b&\"c\">"));
        insert(body.as_bytes(), action, &user_name, &password)
            .map(|body| String::from_utf8(body.to_vec()).unwrap())
    }

    /// An envelope around the operation, in the usual form.
    fn envelope(operation: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\">\
             <soap:Body>{operation}</soap:Body></soap:Envelope>\n"
        )
    }

    const CREDENTIALS: &str = "<UserName>acme</UserName><Password>a&lt;b&amp;&quot;c&quot;&gt;</Password>";

    #[test]
    fn credentials_are_the_first_children_and_nothing_else_changes() {
        let before = envelope(
            "<InsertInvoice xmlns=\"KashFlow\">\n <Inv><Note>\u{a3}5 &amp; up</Note><UserName>deep</UserName></Inv></InsertInvoice>",
        );
        let after = inserted(&before, Some("KashFlow/InsertInvoice")).unwrap();
        assert_eq!(after.replace(CREDENTIALS, ""), before);
        assert!(
            after.contains(&format!("<InsertInvoice xmlns=\"KashFlow\">{CREDENTIALS}\n <Inv>")),
            "{after}"
        );
    }

    #[test]
    fn the_prefix_of_the_operation_is_theirs_too() {
        let after = inserted(
            &envelope("<k:GetCustomer xmlns:k='KashFlow' ><k:Code>A</k:Code></k:GetCustomer>"),
            None,
        );
        assert!(after.unwrap().contains(
            "<k:GetCustomer xmlns:k='KashFlow' ><k:UserName>acme</k:UserName>\
                 <k:Password>a&lt;b&amp;&quot;c&quot;&gt;</k:Password><k:Code>"
        ));
    }

    #[test]
    fn an_operation_without_arguments_is_opened() {
        for written in ["<GetNominalCodes xmlns=\"KashFlow\" />", "<GetNominalCodes xmlns=\"KashFlow\"/>"] {
            let after = inserted(&envelope(written), Some("KashFlow/GetNominalCodes")).unwrap();
            let opened = written.strip_suffix("/>").unwrap();
            assert_eq!(after, envelope(&format!("{opened}>{CREDENTIALS}</GetNominalCodes>")));
        }
        let prefixed = inserted(&envelope("<k:Get xmlns:k=\"KashFlow\"/>"), None).unwrap();
        assert!(prefixed.contains("</k:Password></k:Get></soap:Body>"), "{prefixed}");
    }

    #[test]
    fn comments_and_character_data_are_not_elements() {
        let after = inserted(
            &envelope(
                "<!-- <Fake/> --><Get xmlns=\"KashFlow\"><![CDATA[<Password>]]><!-- <UserName/> --></Get>",
            ),
            None,
        );
        assert!(
            after.unwrap().contains(&format!("<Get xmlns=\"KashFlow\">{CREDENTIALS}<![CDATA[<Password>]]>"))
        );
    }

    #[test]
    fn soap_12_headers_and_a_byte_order_mark_are_fine() {
        let body = "\u{feff}<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope'><e:Header><a><UserName/></a></e:Header>\
                    <e:Body><Get xmlns='KashFlow'></Get></e:Body></e:Envelope>";
        assert!(
            inserted(body, None).unwrap().contains(&format!("<Get xmlns='KashFlow'>{CREDENTIALS}</Get>"))
        );
    }

    #[test]
    fn what_already_has_credentials_is_refused() {
        for operation in [
            "<Get xmlns=\"KashFlow\"><UserName>x</UserName></Get>",
            "<Get xmlns=\"KashFlow\"><Code/><Password/></Get>",
            "<k:Get xmlns:k=\"KashFlow\"><k:Password>x</k:Password></k:Get>",
        ] {
            assert!(
                matches!(inserted(&envelope(operation), None), Err(SoapRefusal::HasCredentials(_))),
                "{operation}"
            );
        }
    }

    #[test]
    fn what_is_not_one_soap_call_is_refused() {
        let two_roots = envelope("<Get/>") + &envelope("<Get/>").replace("<?xml version=\"1.0\"?>", "");
        for body in [
            "",
            "UserName=x",
            "{\"Get\": 1}",
            "<Get xmlns=\"KashFlow\"/>",
            "<Envelope><Body><Get/></Body></Envelope>",
            &envelope(""),
            &envelope("<Get/><Delete/>"),
            &envelope("<Get>").replace("</soap:Envelope>", ""),
            &envelope("<Get></Put>"),
            &format!(
                "<!DOCTYPE x [<!ENTITY y SYSTEM \"file:///z\">]>{}",
                envelope("<Get/>").replace("<?xml version=\"1.0\"?>", "")
            ),
            &two_roots,
        ] {
            assert!(matches!(inserted(body, None), Err(SoapRefusal::NotSoap(_))), "{body}");
        }
        let latin = SecretString::from("x");
        assert!(matches!(insert(b"<a>\xe9</a>", None, &latin, &latin), Err(SoapRefusal::NotSoap(_))));
    }

    #[test]
    fn the_operation_is_the_one_that_was_granted() {
        let body = envelope("<DeleteInvoice xmlns=\"KashFlow\"/>");
        assert_eq!(
            inserted(&body, Some("KashFlow/GetInvoice")).unwrap_err().to_string(),
            "the operation `DeleteInvoice` is not the one that SOAPAction names, `KashFlow/GetInvoice`"
        );
    }
}
