//! Writing answers: the result, then `Status` and `StatusDetail`, in an envelope; or a fault.
//!
//! Everything is written into memory, so that a call that answers nothing else cannot fail half way.

use quick_xml::Writer;
use quick_xml::escape::partial_escape;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;

use super::envelope::SoapVersion;
use super::fault::Fault;
use super::scalar::format_date_time;
use super::schema::{Field, Kind, Presence};
use super::value::{Record, Value};
use super::{NAMESPACE, SCHEMA_INSTANCE_NAMESPACE, SCHEMA_NAMESPACE};

const INTO_MEMORY: &str = "writing into memory cannot fail";

type XmlWriter = Writer<Vec<u8>>;

/// How KashFlow itself judges a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    Ok,
    No,
}

impl Status {
    pub const fn text(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::No => "NO",
        }
    }
}

/// The answer of an operation.
pub fn answer(
    version: SoapVersion,
    operation: &str,
    kind: Kind,
    result: &Value,
    status: Status,
    detail: &str,
) -> Vec<u8> {
    let presence = if kind.is_value_type() { Presence::Required } else { Presence::Optional };
    in_envelope(version, |writer| {
        writer
            .create_element(format!("{operation}Response"))
            .with_attribute(("xmlns", NAMESPACE))
            .write_inner_content(|writer| {
                write_value(writer, &format!("{operation}Result"), kind, presence, result)?;
                write_text(writer, "Status", status.text())?;
                write_text(writer, "StatusDetail", detail)
            })
            .map(drop)
    })
}

/// A fault in the form of its SOAP version.
pub fn fault(version: SoapVersion, fault: &Fault) -> Vec<u8> {
    in_envelope(version, |writer| {
        let element = writer.create_element("soap:Fault");
        match version {
            SoapVersion::V1_1 => element.write_inner_content(|writer| {
                write_text(writer, "faultcode", &format!("soap:{}", fault.code()))?;
                write_text(writer, "faultstring", &fault.to_string())?;
                writer.create_element("detail").write_empty().map(drop)
            }),
            SoapVersion::V1_2 => element.write_inner_content(|writer| {
                writer.create_element("soap:Code").write_inner_content(|writer| {
                    write_text(writer, "soap:Value", &format!("soap:{}", fault.code_1_2()))
                })?;
                writer.create_element("soap:Reason").write_inner_content(|writer| {
                    let text = writer.create_element("soap:Text").with_attribute(("xml:lang", "en"));
                    text.write_text_content(escaped(&fault.to_string())).map(drop)
                })?;
                writer.create_element("soap:Detail").write_empty().map(drop)
            }),
        }
        .map(drop)
    })
}

fn in_envelope(version: SoapVersion, body: impl FnOnce(&mut XmlWriter) -> io::Result<()>) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None))).expect(INTO_MEMORY);
    writer
        .create_element("soap:Envelope")
        .with_attribute(("xmlns:soap", version.namespace()))
        .with_attribute(("xmlns:xsi", SCHEMA_INSTANCE_NAMESPACE))
        .with_attribute(("xmlns:xsd", SCHEMA_NAMESPACE))
        .write_inner_content(|writer| writer.create_element("soap:Body").write_inner_content(body).map(drop))
        .expect(INTO_MEMORY);
    writer.into_inner()
}

fn write_record(writer: &mut XmlWriter, record: &Record) -> io::Result<()> {
    record.iter().try_for_each(|(Field { name, kind, presence }, value)| {
        write_value(writer, name, *kind, *presence, value)
    })
}

fn write_value(
    writer: &mut XmlWriter,
    name: &str,
    kind: Kind,
    presence: Presence,
    value: &Value,
) -> io::Result<()> {
    match value {
        Value::Null => match presence {
            Presence::Optional => Ok(()),
            Presence::Nillable => {
                writer.create_element(name).with_attribute(("xsi:nil", "true")).write_empty().map(drop)
            }
            Presence::Required => {
                write_value(writer, name, kind, Presence::Optional, &Value::default_of(kind))
            }
        },
        Value::Text(text) => write_text(writer, name, text),
        Value::Int(number) => write_text(writer, name, &number.to_string()),
        Value::Decimal(number) => write_text(writer, name, &number.to_string()),
        Value::Boolean(flag) => write_text(writer, name, if *flag { "true" } else { "false" }),
        Value::DateTime(moment) => write_text(writer, name, &format_date_time(*moment)),
        Value::Record(record) => {
            writer.create_element(name).write_inner_content(|writer| write_record(writer, record)).map(drop)
        }
        Value::List(records) if records.is_empty() => writer.create_element(name).write_empty().map(drop),
        Value::List(records) => writer
            .create_element(name)
            .write_inner_content(|writer| {
                records.iter().try_for_each(|record| write_item(writer, kind, record))
            })
            .map(drop),
    }
}

fn write_item(writer: &mut XmlWriter, list: Kind, record: &Record) -> io::Result<()> {
    let element = match list {
        Kind::AnyTypeList(item) => writer.create_element("anyType").with_attribute(("xsi:type", item.name)),
        Kind::List(item) => writer.create_element(item.name),
        _ => unreachable!("only lists have items"),
    };
    element.write_inner_content(|writer| write_record(writer, record)).map(drop)
}

fn write_text(writer: &mut XmlWriter, name: &str, text: &str) -> io::Result<()> {
    let element = writer.create_element(name);
    if text.is_empty() { element.write_empty() } else { element.write_text_content(escaped(text)) }.map(drop)
}

/// Quotes stay as they are in text, as .NET writes them.
fn escaped(text: &str) -> BytesText<'_> {
    BytesText::from_escaped(partial_escape(text))
}
