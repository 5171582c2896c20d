//! A small XML tree: enough for SOAP answers, indifferent to namespace prefixes.
//!
//! Absent on purpose: attributes other than `xsi:nil`, comments, and document type declarations, which SOAP
//! forbids and which are refused, so that no entity of a document's own is ever expanded.

use std::fmt;

use quick_xml::Reader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// An answer is some six elements deep. Deeper nesting is no answer of KashFlow's, and unbounded nesting
/// would exhaust the stack when the tree is dropped.
const DEPTH_MAX: usize = 32;

#[derive(Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Without namespace prefix.
    pub name: String,
    pub children: Vec<Element>,
    pub text: String,
    /// Whether `xsi:nil` says that there is no value.
    pub nil: bool,
}

/// Why bytes are no XML document.
#[derive(Debug, thiserror::Error)]
pub enum ElementError {
    #[error("it is not UTF-8")]
    NotUtf8,
    #[error("it is not well-formed XML at byte {position}")]
    Malformed {
        position: u64,
        #[source]
        source: quick_xml::Error,
    },
    #[error("it ends before it is complete")]
    Truncated,
    #[error("it has text outside its root element")]
    StrayText,
    #[error("it has more than one root element")]
    SecondRoot,
    #[error("it has a document type declaration")]
    DocumentType,
    #[error("it refers to an unknown entity")]
    UnknownEntity,
    #[error("it is nested deeper than {DEPTH_MAX} elements")]
    TooDeep,
}

impl Element {
    pub fn parse(bytes: &[u8]) -> Result<Element, ElementError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ElementError::NotUtf8)?;
        let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
        let mut tree = Tree::default();
        loop {
            let event = reader
                .read_event()
                .map_err(|source| ElementError::Malformed { position: reader.error_position(), source })?;
            match event {
                Event::Start(start) => tree.open(&start)?,
                Event::Empty(start) => {
                    tree.open(&start)?;
                    tree.close()?;
                }
                Event::End(_) => tree.close()?,
                Event::Text(text) => tree.append(&text.xml10_content())?,
                Event::CData(text) => tree.append(&text.xml10_content())?,
                Event::GeneralRef(reference) => tree.append(&resolve(&reference)?)?,
                Event::DocType(_) => return Err(ElementError::DocumentType),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => return tree.finish(),
            }
        }
    }

    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The first child of that name, taken out.
    pub fn into_child(self, name: &str) -> Option<Element> {
        self.children.into_iter().find(|child| child.name == name)
    }
}

impl fmt::Debug for Element {
    /// Without texts: they may be personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}> with {} children", self.name, self.children.len())
    }
}

/// The elements that are open, outermost first, and the root once it is closed.
#[derive(Default)]
struct Tree {
    open: Vec<Element>,
    root: Option<Element>,
}

impl Tree {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), ElementError> {
        if self.root.is_some() {
            return Err(ElementError::SecondRoot);
        }
        if self.open.len() == DEPTH_MAX {
            return Err(ElementError::TooDeep);
        }
        let nil = start.attributes().flatten().any(|attribute| {
            local(attribute.key.as_ref()) == "nil" && matches!(attribute.value.as_ref(), "true" | "1")
        });
        let name = local(start.name().as_ref()).to_owned();
        self.open.push(Element { name, nil, ..Element::default() });
        Ok(())
    }

    fn close(&mut self) -> Result<(), ElementError> {
        // The reader checks that every end tag has its start tag.
        let element = self.open.pop().ok_or(ElementError::Truncated)?;
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
        Ok(())
    }

    fn append(&mut self, text: &str) -> Result<(), ElementError> {
        match self.open.last_mut() {
            Some(element) => element.text.push_str(text),
            None if text.trim().is_empty() => {}
            None => return Err(ElementError::StrayText),
        }
        Ok(())
    }

    fn finish(self) -> Result<Element, ElementError> {
        self.root.filter(|_| self.open.is_empty()).ok_or(ElementError::Truncated)
    }
}

fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

fn resolve(reference: &BytesRef<'_>) -> Result<String, ElementError> {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => Ok(character.to_string()),
        Ok(None) => resolve_xml_entity(reference).map(str::to_owned).ok_or(ElementError::UnknownEntity),
        Err(_) => Err(ElementError::UnknownEntity),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Element, String> {
        Element::parse(text.as_bytes()).map_err(|error| error.to_string())
    }

    #[test]
    fn prefixes_nil_and_references_are_read() {
        let root = parse(
            "\u{feff}<?xml version=\"1.0\"?><!-- c --><s:a xmlns:s=\"x\"><k:b>1 &amp; &#x32;<![CDATA[<3>]]></k:b>\
             <c xsi:nil=\"true\"/><d p:nil=\"0\"></d></s:a>\n",
        )
        .expect("well-formed");
        assert_eq!(root.name, "a");
        assert_eq!(root.child("b").map(|child| child.text.as_str()), Some("1 & 2<3>"));
        assert!(root.child("c").is_some_and(|child| child.nil));
        assert!(root.child("d").is_some_and(|child| !child.nil && child.text.is_empty()));
        assert_eq!(root.child("e"), None);
    }

    #[test]
    fn what_is_no_document_is_refused() {
        let deep = "<a>".repeat(33) + &"</a>".repeat(33);
        let cases = [
            ("", "it ends before it is complete"),
            ("<a><b>1</b>", "it ends before it is complete"),
            ("<a><b>1</b", "it is not well-formed XML at byte 7"),
            ("<a></b>", "it is not well-formed XML at byte 3"),
            ("Service Unavailable", "it has text outside its root element"),
            ("<a/>x", "it has text outside its root element"),
            ("<a/><b/>", "it has more than one root element"),
            ("<!DOCTYPE html><html></html>", "it has a document type declaration"),
            ("<a>&nbsp;</a>", "it refers to an unknown entity"),
            (deep.as_str(), "it is nested deeper than 32 elements"),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), Err(expected.to_owned()), "{text}");
        }
        assert!(matches!(Element::parse(b"<a>\xff</a>"), Err(ElementError::NotUtf8)));
    }

    #[test]
    fn an_element_never_prints_its_text() {
        let root = parse("<Email>jane@example.com</Email>").expect("well-formed");
        assert_eq!(format!("{root:?}"), "<Email> with 0 children");
    }
}
