//! An XML document as a tree of elements with their namespaces resolved.
//!
//! Only what a SOAP message needs survives: names, text, children, `xsi:type`, `xsi:nil` and `mustUnderstand`.
//! Document type declarations are refused, as ASP.NET refuses them, so there are no entities to expand.

use quick_xml::NsReader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::name::{Namespace, QName, ResolveResult};

use super::SCHEMA_INSTANCE_NAMESPACE;

/// Deeper nesting than any KashFlow message has; the real service ends long before in a stack overflow.
const DEPTH_MAX: usize = 64;

/// One element.
#[derive(Debug)]
pub struct Element {
    pub name: QualifiedName,
    /// The value of `xsi:type`, its prefix resolved where it stands.
    pub schema_type: Option<QualifiedName>,
    /// Whether `xsi:nil` is true.
    pub nil: bool,
    /// Whether a SOAP header entry insists on being understood.
    pub must_understand: bool,
    pub text: String,
    pub children: Vec<Element>,
    pub position: Position,
}

/// A name with its namespace, empty when it has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QualifiedName {
    pub namespace: String,
    pub local: String,
}

impl QualifiedName {
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        self.namespace == namespace && self.local == local
    }
}

/// Where in the document, counted from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// The document is not well-formed XML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("There is an error in XML document ({}, {}). ---> {message}", position.line, position.column)]
pub struct XmlError {
    pub position: Position,
    pub message: String,
}

/// Reads a whole document and returns its root element.
///
/// # Errors
/// When the document is not well-formed, uses an undeclared prefix, has a document type declaration, nests too
/// deeply, or is empty.
pub fn parse(document: &str) -> Result<Element, XmlError> {
    TreeBuilder {
        unread: document,
        position: Position { line: 1, column: 1 },
        reader: NsReader::from_str(document),
        open: Vec::new(),
        root: None,
    }
    .build()
}

struct TreeBuilder<'d> {
    /// The part of the document that `position` has not passed yet.
    unread: &'d str,
    position: Position,
    reader: NsReader<&'d [u8]>,
    open: Vec<Element>,
    root: Option<Element>,
}

impl TreeBuilder<'_> {
    fn build(mut self) -> Result<Element, XmlError> {
        loop {
            let event = self.reader.read_event();
            self.advance_position();
            match event {
                Ok(Event::Start(start)) => self.open(&start)?,
                Ok(Event::Empty(start)) => {
                    self.open(&start)?;
                    self.close();
                }
                Ok(Event::End(_)) => self.close(),
                Ok(Event::Text(text)) => self.text(&text.xml10_content())?,
                Ok(Event::CData(text)) => self.text(&text.xml10_content())?,
                Ok(Event::GeneralRef(reference)) => self.reference(&reference)?,
                Ok(Event::DocType(_)) => {
                    return Err(self.error("For security reasons DTD is prohibited in this XML document."));
                }
                Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => {}
                Ok(Event::Eof) => return self.finish(),
                Err(error) => return Err(self.error(error.to_string())),
            }
        }
    }

    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), XmlError> {
        if self.root.is_some() {
            return Err(self.error("There are multiple root elements."));
        }
        if self.open.len() == DEPTH_MAX {
            return Err(self.error("The document nests too deeply."));
        }
        let mut element = Element {
            name: self.resolve(start.name(), true)?,
            schema_type: None,
            nil: false,
            must_understand: false,
            text: String::new(),
            children: Vec::new(),
            position: self.position,
        };
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.error(error.to_string()))?;
            if attribute.key.as_namespace_binding().is_some() {
                continue;
            }
            let name = self.resolve(attribute.key, false)?;
            let value = attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map_err(|error| self.error(error.to_string()))?;
            if name.is(SCHEMA_INSTANCE_NAMESPACE, "type") {
                element.schema_type = Some(self.resolve(QName(value.trim()), true)?);
            } else if name.is(SCHEMA_INSTANCE_NAMESPACE, "nil") {
                element.nil = is_true(&value);
            } else if name.local == "mustUnderstand" {
                element.must_understand = is_true(&value);
            }
        }
        self.open.push(element);
        Ok(())
    }

    fn close(&mut self) {
        // The reader has already checked that every end tag has its start tag.
        let Some(element) = self.open.pop() else { return };
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), XmlError> {
        if let Some(bad) = text.chars().find(|character| !is_xml_character(*character)) {
            let code = u32::from(bad);
            return Err(
                self.error(format!("'{bad}', hexadecimal value 0x{code:02X}, is an invalid character."))
            );
        }
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim_matches(['\u{feff}', ' ', '\t', '\r', '\n']).is_empty() => {}
            None => return Err(self.error("Data at the root level is invalid.")),
        }
        Ok(())
    }

    fn reference(&mut self, reference: &BytesRef<'_>) -> Result<(), XmlError> {
        let character = reference.resolve_char_ref().map_err(|error| self.error(error.to_string()))?;
        match character {
            Some(character) => self.text(character.encode_utf8(&mut [0; 4])),
            None => {
                let name = reference.borrow().into_inner();
                match quick_xml::escape::resolve_predefined_entity(&name) {
                    Some(text) => self.text(text),
                    None => Err(self.error(format!("Reference to undeclared entity '{name}'."))),
                }
            }
        }
    }

    fn finish(mut self) -> Result<Element, XmlError> {
        match (self.open.last(), self.root.take()) {
            (None, Some(root)) => Ok(root),
            (None, None) => Err(self.error("Root element is missing.")),
            (Some(_), _) => Err(self.error("Unexpected end of file has occurred.")),
        }
    }

    fn resolve(&self, name: QName<'_>, use_default: bool) -> Result<QualifiedName, XmlError> {
        let (namespace, local) = self.reader.resolver().resolve(name, use_default);
        let namespace = match namespace {
            ResolveResult::Bound(Namespace(namespace)) => namespace.to_owned(),
            ResolveResult::Unbound => String::new(),
            ResolveResult::Unknown(prefix) => {
                return Err(self.error(format!("'{prefix}' is an undeclared prefix.")));
            }
        };
        Ok(QualifiedName { namespace, local: local.into_inner().to_owned() })
    }

    fn error(&self, message: impl Into<String>) -> XmlError {
        XmlError { position: self.position, message: message.into() }
    }

    fn advance_position(&mut self) {
        let remaining = self.reader.get_ref().len();
        let passed = self.unread.len().saturating_sub(remaining);
        let Some((read, unread)) = self.unread.split_at_checked(passed) else { return };
        self.unread = unread;
        match read.rfind('\n') {
            Some(newline) => {
                self.position.line += read.matches('\n').count();
                self.position.column = 1 + read[newline + 1..].chars().count();
            }
            None => self.position.column += read.chars().count(),
        }
    }
}

fn is_true(value: &str) -> bool {
    matches!(value.trim(), "true" | "1")
}

fn is_xml_character(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_types_and_text_are_resolved() {
        let document = r#"<a:Lines xmlns:a="KashFlow" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">
            <a:anyType i:type="a:InvoiceLine">M&amp;S &#163;1 <![CDATA[<b>]]></a:anyType><a:Nothing i:nil="true"/></a:Lines>"#;
        let root = parse(document).unwrap();
        assert!(root.name.is("KashFlow", "Lines"));
        assert!(root.children[0].schema_type.as_ref().unwrap().is("KashFlow", "InvoiceLine"));
        assert_eq!(root.children[0].text, "M&S £1 <b>");
        assert!(root.children[1].nil);
        assert_eq!(root.children[0].position.line, 2);
    }

    #[test]
    fn broken_documents_are_refused_with_their_position() {
        let cases = [
            ("", "Root element is missing."),
            ("<a><b></a>", "expected `</b>`"),
            ("<a>", "Unexpected end of file has occurred."),
            ("<a/><b/>", "multiple root elements"),
            ("<a/>text", "Data at the root level is invalid."),
            ("<a>&nbsp;</a>", "undeclared entity 'nbsp'"),
            ("<a>&#1;</a>", "0x01"),
            ("<b:a/>", "'b' is an undeclared prefix."),
            ("<!DOCTYPE a><a/>", "DTD is prohibited"),
        ];
        for (document, message) in cases {
            let error = parse(document).unwrap_err();
            assert!(error.message.contains(message), "{document}: {}", error.message);
        }
        assert!(parse("\u{feff}<?xml version=\"1.0\"?>\n<a/>\n").is_ok());
        assert_eq!(parse("<a>\n</b>").unwrap_err().position.line, 2);
        assert!(parse(&"<a>".repeat(100)).unwrap_err().message.contains("nests too deeply"));
    }
}
