//! The service description (WSDL 1.1, document/literal, SOAP 1.1 and 1.2), printed from the registry.
//!
//! It describes exactly what this twin does, at this twin's address. The HTTP GET and POST bindings of the real
//! description are absent: they carry passwords in addresses.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, Event};

use super::operations::{CREDENTIALS, Operation, operations};
use super::soap::schema::{Field, Kind, Presence};
use super::soap::{NAMESPACE, SCHEMA_NAMESPACE};

const INTO_MEMORY: &str = "writing into memory cannot fail";

type XmlWriter = Writer<Vec<u8>>;

/// The description, with `url` as the address of both ports.
pub fn describe(url: &str) -> Vec<u8> {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None))).expect(INTO_MEMORY);
    writer
        .create_element("wsdl:definitions")
        .with_attributes([
            ("xmlns:wsdl", "http://schemas.xmlsoap.org/wsdl/"),
            ("xmlns:soap", "http://schemas.xmlsoap.org/wsdl/soap/"),
            ("xmlns:soap12", "http://schemas.xmlsoap.org/wsdl/soap12/"),
            ("xmlns:s", SCHEMA_NAMESPACE),
            ("xmlns:tns", NAMESPACE),
            ("targetNamespace", NAMESPACE),
        ])
        .write_inner_content(|writer| {
            writer.create_element("wsdl:types").write_inner_content(schema)?;
            operations().try_for_each(|operation| messages(writer, operation))?;
            port_type(writer)?;
            binding(writer, "KashFlowAPISoap", "soap")?;
            binding(writer, "KashFlowAPISoap12", "soap12")?;
            service(writer, url)
        })
        .expect(INTO_MEMORY);
    writer.into_inner()
}

/// An `s:element` inside a sequence.
struct Declaration {
    name: String,
    /// None for an `anyType`.
    type_name: Option<String>,
    min_occurs: &'static str,
    max_occurs: &'static str,
    nillable: bool,
}

impl Declaration {
    fn of_field(field: &Field) -> Self {
        Self::single(field.name.to_owned(), field.kind, field.presence)
    }

    fn single(name: String, kind: Kind, presence: Presence) -> Self {
        Self {
            name,
            type_name: Some(kind.qualified_name()),
            min_occurs: if presence == Presence::Optional { "0" } else { "1" },
            max_occurs: "1",
            nillable: presence == Presence::Nillable,
        }
    }

    fn item(name: &str, type_name: Option<String>) -> Self {
        Self { name: name.to_owned(), type_name, min_occurs: "0", max_occurs: "unbounded", nillable: true }
    }
}

fn schema(writer: &mut XmlWriter) -> io::Result<()> {
    writer
        .create_element("s:schema")
        .with_attributes([("elementFormDefault", "qualified"), ("targetNamespace", NAMESPACE)])
        .write_inner_content(|writer| {
            for operation in operations() {
                wrapper(writer, operation.name, &request(operation))?;
                wrapper(writer, &format!("{}Response", operation.name), &response(operation))?;
            }
            named_types().iter().try_for_each(|(name, declarations)| {
                let complex_type =
                    writer.create_element("s:complexType").with_attribute(("name", name.as_str()));
                complex_type.write_inner_content(|writer| sequence(writer, declarations)).map(drop)
            })
        })
        .map(drop)
}

fn request(operation: &Operation) -> Vec<Declaration> {
    CREDENTIALS.iter().chain(operation.parameters).map(Declaration::of_field).collect()
}

fn response(operation: &Operation) -> Vec<Declaration> {
    let presence = if operation.result.is_value_type() { Presence::Required } else { Presence::Optional };
    let text = |name: &str| Declaration::single(name.to_owned(), Kind::Text, Presence::Optional);
    vec![
        Declaration::single(format!("{}Result", operation.name), operation.result, presence),
        text("Status"),
        text("StatusDetail"),
    ]
}

/// Every named type that an operation leads to.
fn named_types() -> BTreeMap<String, Vec<Declaration>> {
    let mut types = BTreeMap::new();
    for operation in operations() {
        collect(operation.result, &mut types);
        operation.parameters.iter().for_each(|field| collect(field.kind, &mut types));
    }
    types
}

fn collect(kind: Kind, types: &mut BTreeMap<String, Vec<Declaration>>) {
    let complex = match kind {
        Kind::Complex(complex) => complex,
        Kind::List(item) => {
            let items = vec![Declaration::item(item.name, Some(Kind::Complex(item).qualified_name()))];
            types.insert(format!("ArrayOf{}", item.name), items);
            item
        }
        Kind::AnyTypeList(item) => {
            types.insert("ArrayOfAnyType".to_owned(), vec![Declaration::item("anyType", None)]);
            item
        }
        _ => return,
    };
    types.insert(complex.name.to_owned(), complex.fields.iter().map(Declaration::of_field).collect());
    complex.fields.iter().for_each(|field| collect(field.kind, types));
}

fn wrapper(writer: &mut XmlWriter, name: &str, declarations: &[Declaration]) -> io::Result<()> {
    writer
        .create_element("s:element")
        .with_attribute(("name", name))
        .write_inner_content(|writer| {
            let complex_type = writer.create_element("s:complexType");
            complex_type.write_inner_content(|writer| sequence(writer, declarations)).map(drop)
        })
        .map(drop)
}

fn sequence(writer: &mut XmlWriter, declarations: &[Declaration]) -> io::Result<()> {
    writer
        .create_element("s:sequence")
        .write_inner_content(|writer| {
            for declaration in declarations {
                writer
                    .create_element("s:element")
                    .with_attributes([
                        ("minOccurs", declaration.min_occurs),
                        ("maxOccurs", declaration.max_occurs),
                        ("name", &declaration.name),
                    ])
                    .with_attributes(declaration.nillable.then_some(("nillable", "true")))
                    .with_attributes(declaration.type_name.as_deref().map(|name| ("type", name)))
                    .write_empty()?;
            }
            Ok(())
        })
        .map(drop)
}

fn messages(writer: &mut XmlWriter, operation: &Operation) -> io::Result<()> {
    for (suffix, element) in [("SoapIn", ""), ("SoapOut", "Response")] {
        let name = format!("{}{suffix}", operation.name);
        let element = format!("tns:{}{element}", operation.name);
        let message = writer.create_element("wsdl:message").with_attribute(("name", name.as_str()));
        message.write_inner_content(|writer| {
            let part = writer.create_element("wsdl:part");
            part.with_attributes([("name", "parameters"), ("element", &element)]).write_empty().map(drop)
        })?;
    }
    Ok(())
}

fn port_type(writer: &mut XmlWriter) -> io::Result<()> {
    let port_type = writer.create_element("wsdl:portType").with_attribute(("name", "KashFlowAPISoap"));
    port_type
        .write_inner_content(|writer| {
            for operation in operations() {
                let element =
                    writer.create_element("wsdl:operation").with_attribute(("name", operation.name));
                element.write_inner_content(|writer| {
                    let input = format!("tns:{}SoapIn", operation.name);
                    writer
                        .create_element("wsdl:input")
                        .with_attribute(("message", input.as_str()))
                        .write_empty()?;
                    let output = format!("tns:{}SoapOut", operation.name);
                    let element = writer.create_element("wsdl:output");
                    element.with_attribute(("message", output.as_str())).write_empty().map(drop)
                })?;
            }
            Ok(())
        })
        .map(drop)
}

fn binding(writer: &mut XmlWriter, name: &str, prefix: &str) -> io::Result<()> {
    writer
        .create_element("wsdl:binding")
        .with_attributes([("name", name), ("type", "tns:KashFlowAPISoap")])
        .write_inner_content(|writer| {
            let transport = ("transport", "http://schemas.xmlsoap.org/soap/http");
            writer.create_element(format!("{prefix}:binding")).with_attribute(transport).write_empty()?;
            operations().try_for_each(|operation| bound_operation(writer, operation, prefix))
        })
        .map(drop)
}

fn bound_operation(writer: &mut XmlWriter, operation: &Operation, prefix: &str) -> io::Result<()> {
    let element = writer.create_element("wsdl:operation").with_attribute(("name", operation.name));
    element
        .write_inner_content(|writer| {
            let action = format!("{NAMESPACE}/{}", operation.name);
            let attributes = [("soapAction", action.as_str()), ("style", "document")];
            writer.create_element(format!("{prefix}:operation")).with_attributes(attributes).write_empty()?;
            for direction in ["wsdl:input", "wsdl:output"] {
                writer.create_element(direction).write_inner_content(|writer| {
                    let body = writer.create_element(format!("{prefix}:body"));
                    body.with_attribute(("use", "literal")).write_empty().map(drop)
                })?;
            }
            Ok(())
        })
        .map(drop)
}

fn service(writer: &mut XmlWriter, url: &str) -> io::Result<()> {
    let service = writer.create_element("wsdl:service").with_attribute(("name", "KashFlowAPI"));
    service
        .write_inner_content(|writer| {
            for (name, prefix) in [("KashFlowAPISoap", "soap"), ("KashFlowAPISoap12", "soap12")] {
                let binding = format!("tns:{name}");
                let port = writer.create_element("wsdl:port");
                port.with_attributes([("name", name), ("binding", &binding)]).write_inner_content(
                    |writer| {
                        let address = writer.create_element(format!("{prefix}:address"));
                        address.with_attribute(("location", url)).write_empty().map(drop)
                    },
                )?;
            }
            Ok(())
        })
        .map(drop)
}
