//! Reads a table of rules: built in, or a connection's own.
//!
//! The first line names the columns. Cells stand between tabs where the first line has a tab, as a spreadsheet
//! copies them, and between commas otherwise, with quotes as in CSV. Every row that cannot be read is named with
//! its line and column. Absent on purpose: what the cells mean (`category_rule`, `posting_rule`).

use csv::StringRecord;

/// A column of a table.
pub(super) struct Column {
    pub name: &'static str,
    /// Whether the table must have it, and each row something in it.
    pub required: bool,
}

/// What is wrong with a table, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TableProblem {
    #[error("line {line}: the column `{column}` is missing: the columns are {expected}")]
    ColumnMissing { line: u64, column: &'static str, expected: String },
    #[error("line {line}, column `{column}`: there is no such column: the columns are {expected}")]
    ColumnUnknown { line: u64, column: String, expected: String },
    #[error("line {line}, column `{column}`: it is there twice: remove one")]
    ColumnTwice { line: u64, column: String },
    #[error("line {line}: the row has another number of cells than the first line, or is not text")]
    Shape { line: u64 },
    #[error("line {line}, column `{column}`: {problem}")]
    Cell { line: u64, column: &'static str, problem: String },
}

/// One row, with the cells by the name of their column.
pub(super) struct Row<'a> {
    pub line: u64,
    header: &'a [String],
    record: &'a StringRecord,
}

impl Row<'_> {
    /// The trimmed cell of a column; empty where the table does not have the column.
    pub(super) fn cell(&self, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| self.record.get(place)).unwrap_or_default().trim()
    }

    pub(super) fn wrong(&self, column: &'static str, problem: impl Into<String>) -> TableProblem {
        TableProblem::Cell { line: self.line, column, problem: problem.into() }
    }
}

/// Reads every row with `parse`; an empty text has none. All that is wrong is found at once.
pub(super) fn read<T>(
    text: &str,
    columns: &[Column],
    mut parse: impl FnMut(&Row<'_>) -> Result<T, TableProblem>,
) -> Result<Vec<T>, Vec<TableProblem>> {
    let text = text.trim_start_matches('\u{feff}');
    let Some(first) = text.lines().find(|line| !line.trim().is_empty()) else { return Ok(Vec::new()) };
    let tabs = first.contains('\t');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(if tabs { b'\t' } else { b',' })
        .quoting(!tabs)
        .has_headers(true)
        .from_reader(text.as_bytes());
    let line = line_of_next(text, reader.position());
    let header = header(&mut reader, line, columns)?;
    let mut rows = Vec::new();
    let mut problems = Vec::new();
    let mut record = StringRecord::new();
    loop {
        let line = line_of_next(text, reader.position());
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                match read_row(&Row { line, header: &header, record: &record }, columns, &mut parse) {
                    Ok(row) => rows.push(row),
                    Err(problem) => problems.push(problem),
                }
            }
            Err(_) => problems.push(TableProblem::Shape { line }),
        }
    }
    if problems.is_empty() { Ok(rows) } else { Err(problems) }
}

fn read_row<T>(
    row: &Row<'_>,
    columns: &[Column],
    parse: &mut impl FnMut(&Row<'_>) -> Result<T, TableProblem>,
) -> Result<T, TableProblem> {
    match columns.iter().find(|column| column.required && row.cell(column.name).is_empty()) {
        Some(column) => Err(row.wrong(column.name, "the cell is empty: fill it in, with `*` for anything")),
        None => parse(row),
    }
}

/// The line on which the next row stands: the reader passes over empty lines without a word.
fn line_of_next(text: &str, position: &csv::Position) -> u64 {
    let passed = usize::try_from(position.byte()).ok().and_then(|start| text.as_bytes().get(start..));
    let empty = passed.unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + empty.filter(|byte| **byte == b'\n').count() as u64
}

fn header(
    reader: &mut csv::Reader<&[u8]>,
    line: u64,
    columns: &[Column],
) -> Result<Vec<String>, Vec<TableProblem>> {
    let expected = || columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let read = reader.headers().map_err(|_| vec![TableProblem::Shape { line }])?;
    let header: Vec<String> = read.iter().map(|name| name.trim().to_ascii_lowercase()).collect();
    let mut problems = Vec::new();
    for (place, name) in header.iter().enumerate() {
        if !columns.iter().any(|column| column.name == name) {
            problems.push(TableProblem::ColumnUnknown { line, column: name.clone(), expected: expected() });
        } else if header[..place].contains(name) {
            problems.push(TableProblem::ColumnTwice { line, column: name.clone() });
        }
    }
    for column in columns.iter().filter(|column| column.required) {
        if !header.iter().any(|name| name == column.name) {
            problems.push(TableProblem::ColumnMissing { line, column: column.name, expected: expected() });
        }
    }
    if problems.is_empty() { Ok(header) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: [Column; 2] =
        [Column { name: "id", required: true }, Column { name: "note", required: false }];

    fn rows(text: &str) -> Result<Vec<(u64, String, String)>, Vec<String>> {
        let parse = |row: &Row<'_>| match row.cell("id") {
            "bad" => Err(row.wrong("id", "it is bad")),
            id => Ok((row.line, id.to_owned(), row.cell("note").to_owned())),
        };
        read(text, &COLUMNS, parse).map_err(|problems| problems.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn tabs_and_commas_are_both_read() {
        let row = |line, id: &str, note: &str| (line, id.to_owned(), note.to_owned());
        assert_eq!(rows("id\tnote\na\tsays \"so\", he\n"), Ok(vec![row(2, "a", "says \"so\", he")]));
        assert_eq!(rows("note,id\r\n\"one, two\", a\r\n"), Ok(vec![row(2, "a", "one, two")]));
        assert_eq!(rows("\u{feff}id\na\n"), Ok(vec![row(2, "a", "")]));
        assert_eq!(rows("  \n"), Ok(Vec::new()));
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for text in ["id\n\n\na\nbad\n\nbad\n", "id\r\n\r\n\r\na\r\nbad\r\n\r\nbad\r\n"] {
            let wrong = |line| format!("line {line}, column `id`: it is bad");
            assert_eq!(rows(text), Err(vec![wrong(5), wrong(7)]), "{text:?}");
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_line_and_column() {
        for (text, expected) in [
            ("note\nx\n", "line 1: the column `id` is missing: the columns are id, note"),
            ("id,nota\n", "line 1, column `nota`: there is no such column: the columns are id, note"),
            ("\n\nnote\nx\n", "line 3: the column `id` is missing: the columns are id, note"),
            ("id,id\n", "line 1, column `id`: it is there twice: remove one"),
            (
                "id,note\na\n",
                "line 2: the row has another number of cells than the first line, or is not text",
            ),
            ("id,note\n,x\n", "line 2, column `id`: the cell is empty: fill it in, with `*` for anything"),
        ] {
            assert_eq!(rows(text), Err(vec![expected.to_owned()]), "{text:?}");
        }
    }
}
