//! Reading a record from an element, by its table.
//!
//! The reader walks the sequence with a cursor, as ASP.NET does for ordered types: an element that does not come
//! at or after the cursor is ignored without a word, and its field keeps the value of a missing element. A client
//! that sends elements in the wrong order therefore gets an `OK` and wrong data.

use super::super::decimal::Decimal;
use super::NAMESPACE;
use super::element::{Element, QualifiedName, XmlError};
use super::fault::Fault;
use super::scalar;
use super::schema::{ComplexType, Field, Kind, Presence};
use super::value::{Record, Value};

/// Reads the children of `element` as the sequence `fields`.
///
/// # Errors
/// A fault when a value is not of its type.
pub fn read_record(element: &Element, fields: &'static [Field]) -> Result<Record, Fault> {
    let mut records = read_sequences(element, &[fields])?;
    Ok(records.remove(0))
}

/// Reads the children of `element` as one sequence that is kept in several tables, one after the other.
///
/// # Errors
/// A fault when a value is not of its type.
pub fn read_sequences(element: &Element, tables: &[&'static [Field]]) -> Result<Vec<Record>, Fault> {
    let mut records: Vec<Record> = tables.iter().map(|fields| Record::new(fields)).collect();
    let sequence: Vec<(usize, &'static Field)> = tables
        .iter()
        .enumerate()
        .flat_map(|(table, fields)| fields.iter().map(move |field| (table, field)))
        .collect();
    let mut cursor = 0;
    for child in element.children.iter().filter(|child| child.name.namespace == NAMESPACE) {
        let found = sequence[cursor..].iter().position(|(_, field)| field.name == child.name.local);
        let Some(skipped) = found else { continue };
        let (table, field) = sequence[cursor + skipped];
        records[table].set(field.name, read_value(child, field)?);
        cursor += skipped + 1;
    }
    Ok(records)
}

fn read_value(element: &Element, field: &Field) -> Result<Value, Fault> {
    // A value type that is not nillable ignores `xsi:nil` and trips over its empty text.
    if element.nil && (field.presence == Presence::Nillable || !field.kind.is_value_type()) {
        return Ok(Value::Null);
    }
    match field.kind {
        Kind::Complex(complex) => Ok(Value::Record(read_record(element, complex.fields)?)),
        Kind::List(item) => read_list(element, item),
        Kind::AnyTypeList(item) => read_any_type_list(element, item),
        simple => read_simple(element, simple),
    }
}

fn read_simple(element: &Element, kind: Kind) -> Result<Value, Fault> {
    if let Some(child) = element.children.first() {
        return Err(unreadable(
            child,
            format!("Unexpected element '{}' inside a simple value.", child.name.local),
        ));
    }
    let text = &element.text;
    match kind {
        Kind::Int => scalar::parse_int(text).map(Value::Int).map_err(|error| unreadable(element, error)),
        Kind::Boolean => {
            scalar::parse_boolean(text).map(Value::Boolean).map_err(|error| unreadable(element, error))
        }
        Kind::DateTime => {
            scalar::parse_date_time(text).map(Value::DateTime).map_err(|error| unreadable(element, error))
        }
        Kind::Decimal => Decimal::parse(text).map(Value::Decimal).map_err(|error| unreadable(element, error)),
        _ => Ok(Value::Text(text.clone())),
    }
}

fn read_list(element: &Element, item: &'static ComplexType) -> Result<Value, Fault> {
    element
        .children
        .iter()
        .filter(|child| child.name.is(NAMESPACE, item.name))
        .map(|child| read_record(child, item.fields))
        .collect::<Result<Vec<_>, _>>()
        .map(Value::List)
}

/// The items of an `ArrayOfAnyType`. An element of another name is ignored, so that `<Lines><InvoiceLine>` reads as
/// an array without items.
fn read_any_type_list(element: &Element, item: &'static ComplexType) -> Result<Value, Fault> {
    element
        .children
        .iter()
        .filter(|child| child.name.is(NAMESPACE, "anyType"))
        .map(|child| match &child.schema_type {
            Some(schema_type) if schema_type.is(NAMESPACE, item.name) => read_record(child, item.fields),
            Some(schema_type) => Err(other_type(child, schema_type, item)),
            None if child.nil => Err(Fault::WrongItemType { found: "null".to_owned(), expected: item.name }),
            // Without a type the .NET reader keeps raw XML nodes, which the service cannot use as a line.
            None => {
                Err(Fault::WrongItemType { found: "System.Xml.XmlNode[]".to_owned(), expected: item.name })
            }
        })
        .collect::<Result<Vec<_>, _>>()
        .map(Value::List)
}

fn other_type(element: &Element, schema_type: &QualifiedName, expected: &'static ComplexType) -> Fault {
    if schema_type.namespace == super::SCHEMA_NAMESPACE {
        return Fault::WrongItemType {
            found: format!("System.{}", schema_type.local),
            expected: expected.name,
        };
    }
    let QualifiedName { namespace, local } = schema_type;
    let message = format!(
        "The specified type was not recognized: name='{local}', namespace='{namespace}', at <anyType xmlns='KashFlow'>."
    );
    unreadable(element, message)
}

fn unreadable(element: &Element, message: impl ToString) -> Fault {
    Fault::Unreadable(XmlError { position: element.position, message: message.to_string() })
}

#[cfg(test)]
mod tests {
    use super::super::element::parse;
    use super::super::schema::{nillable, optional, required};
    use super::*;

    static LINE: ComplexType = ComplexType {
        name: "Line",
        fields: &[required("Quantity", Kind::Decimal), optional("Text", Kind::Text)],
    };
    static DOCUMENT: &[Field] = &[
        required("Number", Kind::Int),
        required("Date", Kind::DateTime),
        optional("Reference", Kind::Text),
        optional("Lines", Kind::AnyTypeList(&LINE)),
        nillable("Flag", Kind::Boolean),
    ];

    fn read(content: &str) -> Result<Record, Fault> {
        let xml = format!(
            r#"<D xmlns="KashFlow" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{content}</D>"#
        );
        read_record(&parse(&xml).unwrap(), DOCUMENT)
    }

    #[test]
    fn an_element_behind_the_cursor_is_dropped() {
        let record = read("<Reference>A</Reference><Number>7</Number><Flag>1</Flag>").unwrap();
        assert_eq!((record.int("Number"), record.text("Reference"), record.boolean("Flag")), (0, "A", true));
        let record = read("<Number>7</Number><Number>8</Number>").unwrap();
        assert_eq!(record.int("Number"), 7);
    }

    #[test]
    fn missing_and_foreign_elements_leave_the_default() {
        let record = read(r#"<Number xmlns="Other">7</Number><Unknown>1</Unknown>"#).unwrap();
        assert_eq!(record.int("Number"), 0);
        assert_eq!(record.date_time("Date"), scalar::DATE_TIME_MIN);
        assert!(matches!(record.get("Reference"), Value::Null));
    }

    #[test]
    fn nil_is_null_where_the_table_allows_it() {
        let record = read(r#"<Reference xsi:nil="true"/><Flag xsi:nil="true"/>"#).unwrap();
        assert!(matches!((record.get("Reference"), record.get("Flag")), (Value::Null, Value::Null)));
        assert!(read(r#"<Number xsi:nil="true"/>"#).is_err());
    }

    #[test]
    fn items_need_their_type() {
        let typed =
            read(r#"<Lines><anyType xsi:type="Line"><Quantity>2</Quantity></anyType></Lines>"#).unwrap();
        assert_eq!(typed.list("Lines").len(), 1);
        assert!(read("<Lines><Line><Quantity>2</Quantity></Line></Lines>").unwrap().list("Lines").is_empty());
        let cases = [
            ("<anyType/>", "System.Xml.XmlNode[]"),
            (r#"<anyType xsi:nil="true"/>"#, "null"),
            (r#"<anyType xsi:type="Other"/>"#, "type was not recognized: name='Other'"),
        ];
        for (item, message) in cases {
            let fault = read(&format!("<Lines>{item}</Lines>")).unwrap_err();
            assert!(fault.to_string().contains(message), "{fault}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_type_is_a_fault() {
        let cases = [
            ("<Number>x</Number>", "Input string was not in a correct format."),
            ("<Number><a/></Number>", "Unexpected element 'a'"),
            ("<Date>yesterday</Date>", "The string 'yesterday' is not a valid AllXsd value."),
            ("<Flag>maybe</Flag>", "The string 'maybe' is not a valid Boolean value."),
        ];
        for (content, message) in cases {
            let text = read(content).unwrap_err().to_string();
            assert!(text.starts_with(
                "Server was unable to read request. ---> There is an error in XML document (1, "
            ));
            assert!(text.contains(message), "{text}");
        }
    }
}
