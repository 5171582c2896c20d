//! Schema tables: what an `xsd:sequence` is made of.
//!
//! Only what KashFlow's description uses: sequences of named elements, arrays, and arrays of `anyType`.
//! Extension, choice and attributes are absent.

/// One element of a sequence.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    pub presence: Presence,
}

/// How often the element occurs, and what a missing one means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// `minOccurs="1"`: a value type; a missing one reads as zero, false or the first of January of year 1.
    Required,
    /// `minOccurs="0"`: a reference type; a missing one reads as null, and null is not written.
    Optional,
    /// `minOccurs="1" nillable="true"`: null is written as `xsi:nil`.
    Nillable,
}

/// The type of an element.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    Text,
    Int,
    /// `xsd:integer`, which .NET carries as a string.
    Integer,
    Decimal,
    Boolean,
    DateTime,
    Complex(&'static ComplexType),
    /// `ArrayOf<Item>`: the items are elements named like their type.
    List(&'static ComplexType),
    /// `ArrayOfAnyType`: the items are `<anyType xsi:type="…">`, and the service expects this type in them.
    AnyTypeList(&'static ComplexType),
}

/// A named `xsd:complexType`.
#[derive(Debug)]
pub struct ComplexType {
    pub name: &'static str,
    pub fields: &'static [Field],
}

pub const fn required(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Required }
}

pub const fn optional(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Optional }
}

pub const fn nillable(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, presence: Presence::Nillable }
}

impl Kind {
    /// Whether a result of this type is a .NET value type, which is always written.
    pub const fn is_value_type(self) -> bool {
        matches!(self, Self::Int | Self::Decimal | Self::Boolean | Self::DateTime)
    }

    /// The type's name in the service description, prefixed with `s:` (XML Schema) or `tns:` (KashFlow).
    pub fn qualified_name(self) -> String {
        match self {
            Self::Text => "s:string".to_owned(),
            Self::Int => "s:int".to_owned(),
            Self::Integer => "s:integer".to_owned(),
            Self::Decimal => "s:decimal".to_owned(),
            Self::Boolean => "s:boolean".to_owned(),
            Self::DateTime => "s:dateTime".to_owned(),
            Self::Complex(complex) => format!("tns:{}", complex.name),
            Self::List(item) => format!("tns:ArrayOf{}", item.name),
            Self::AnyTypeList(_) => "tns:ArrayOfAnyType".to_owned(),
        }
    }
}
