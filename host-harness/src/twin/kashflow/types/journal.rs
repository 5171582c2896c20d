//! Journals and their lines.

use super::super::soap::schema::{ComplexType, Kind, optional, required};

pub static JOURNAL_LINE: ComplexType = ComplexType {
    name: "JournalLine",
    fields: &[
        required("NominalID", Kind::Int),
        required("Amount", Kind::Decimal),
        optional("Comment", Kind::Text),
        required("ProjId", Kind::Int),
    ],
};

pub static JOURNAL_ENTRY: ComplexType = ComplexType {
    name: "JournalEntry",
    fields: &[
        required("DBID", Kind::Int),
        required("JournalNumber", Kind::Int),
        required("JournalDate", Kind::DateTime),
        optional("Comment", Kind::Text),
        optional("Lines", Kind::AnyTypeList(&JOURNAL_LINE)),
    ],
};
