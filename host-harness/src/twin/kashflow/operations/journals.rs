//! Operations on journals.

use super::super::identifiers::JournalNumber;
use super::super::journals::{Journal, JournalDraft, JournalLine, JournalLineDraft};
use super::super::soap::schema::{Kind, optional, required};
use super::super::soap::value::{Record, Value};
use super::super::types::journal::{JOURNAL_ENTRY, JOURNAL_LINE};
use super::Operation;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "InsertJournal",
        parameters: &[optional("Jnl", Kind::Complex(&JOURNAL_ENTRY))],
        result: Kind::Int,
        success_detail: "Journal added",
        handler: |call| {
            let stated = call.parameters.record("Jnl").cloned();
            let stated = stated.unwrap_or_else(|| Record::new(JOURNAL_ENTRY.fields));
            Ok(call.account.insert_journal(draft(&stated))?.get().into())
        },
    },
    Operation {
        name: "GetJournal",
        parameters: &[required("JournalNumber", Kind::Int)],
        result: Kind::Complex(&JOURNAL_ENTRY),
        success_detail: "Found Journal",
        handler: |call| {
            let number = JournalNumber::new(call.parameters.int("JournalNumber"));
            Ok(to_record(call.account.journals.by_number(number)?).into())
        },
    },
    Operation {
        name: "GetJournals",
        parameters: &[],
        result: Kind::List(&JOURNAL_ENTRY),
        success_detail: "Found Journals",
        handler: |call| Ok(call.account.journals.iter().map(to_record).collect()),
    },
];

fn draft(stated: &Record) -> JournalDraft {
    let line = |line: &Record| JournalLineDraft {
        nominal_id: line.int("NominalID"),
        amount: line.decimal("Amount"),
        comment: line.text("Comment").to_owned(),
        project: line.int("ProjId"),
    };
    JournalDraft {
        number: match stated.int("JournalNumber") {
            0 => None,
            number => Some(JournalNumber::new(number)),
        },
        date: stated.date_time("JournalDate"),
        comment: stated.text("Comment").to_owned(),
        lines: stated.list("Lines").iter().map(line).collect(),
    }
}

fn to_record(journal: &Journal) -> Record {
    let line = |line: &JournalLine| {
        Record::new(JOURNAL_LINE.fields)
            .with("NominalID", line.nominal_id.get())
            .with("Amount", line.amount)
            .with("Comment", line.comment.as_str())
            .with("ProjId", line.project)
    };
    Record::new(JOURNAL_ENTRY.fields)
        .with("DBID", journal.id.get())
        .with("JournalNumber", journal.number.get())
        .with("JournalDate", journal.date)
        .with("Comment", journal.comment.as_str())
        .with("Lines", journal.lines.iter().map(line).collect::<Value>())
}
