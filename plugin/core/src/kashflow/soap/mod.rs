//! SOAP 1.1 as KashFlow's ASMX service speaks it: document/literal, everything in the namespace `KashFlow`.
//!
//! [`envelope`] writes, [`element`] reads XML, [`answer`] decides what an answer says, [`record`] reads
//! typed values out of it. Absent on purpose: any element that belongs to one operation only, and SOAP 1.2.

pub mod answer;
pub mod element;
pub mod envelope;
pub mod record;

pub use element::Element;
pub use envelope::Content;
pub use record::Record;

/// One operation, as its request, its classification and its messages need it.
pub struct Operation {
    pub name: &'static str,
    /// Whether it changes the books.
    pub writes: bool,
    /// What it is about, free of personal data: `invoice of order 026-1234567-1234567`.
    pub document: String,
}

impl Operation {
    pub fn reading(name: &'static str, document: impl Into<String>) -> Self {
        Operation { name, writes: false, document: document.into() }
    }

    pub fn writing(name: &'static str, document: impl Into<String>) -> Self {
        Operation { name, writes: true, document: document.into() }
    }
}
