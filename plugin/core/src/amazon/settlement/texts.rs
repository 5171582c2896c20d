//! The cells of a line as texts.
//!
//! Whether a line is UTF-8 is looked at once and not for each of its cells: a million rows pass here. Absent on
//! purpose: which encoding a file has (`survey`).

use std::borrow::Cow;
use std::str;

use super::lines::Line;
use super::survey::Encoding;

/// A line whose cells can be read as texts, without the blanks around them.
#[derive(Clone, Copy)]
pub struct Texts<'r> {
    line: Line<'r>,
    encoding: Encoding,
    /// All of the line, where nothing has to be decoded.
    whole: Option<&'r str>,
}

impl<'r> Texts<'r> {
    pub fn of(line: Line<'r>, encoding: Encoding) -> Self {
        let bytes = line.bytes();
        // ASCII is the same in both encodings.
        let is_text = encoding == Encoding::Utf8 || bytes.is_ascii();
        let whole = if is_text { str::from_utf8(bytes).ok() } else { None };
        Texts { line, encoding, whole }
    }

    /// Empty where the line is too short.
    pub fn cell(self, column: usize) -> Cow<'r, str> {
        let whole = self.whole.and_then(|whole| whole.get(self.line.range(column)?));
        match whole {
            Some(text) => Cow::Borrowed(without_blanks(text)),
            None => match self.encoding.text(self.line.cell(column)) {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            },
        }
    }

    /// The cell of a column that the file may lack.
    pub fn optional(self, column: Option<usize>) -> Cow<'r, str> {
        column.map_or(Cow::Borrowed(""), |column| self.cell(column))
    }
}

/// Most cells have no blanks, which two bytes show.
fn without_blanks(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::Lines;
    use super::*;

    #[test]
    fn cells_are_read_in_their_encoding_and_without_blanks() {
        let cases: [(&[u8], Encoding, [&str; 3]); 5] = [
            (b"Order\t \tMUG RED\n", Encoding::Utf8, ["Order", "", "MUG RED"]),
            (" é\t\u{a0}x\u{a0}\t7\" plate \n".as_bytes(), Encoding::Utf8, ["é", "x", "7\" plate"]),
            (b"caf\xe9\t\xa0x\t \n", Encoding::Windows1252, ["café", "x", ""]),
            ("é\tA\n".as_bytes(), Encoding::Windows1252, ["Ã©", "A", ""]),
            (b"A\tB\n", Encoding::Windows1252, ["A", "B", ""]),
        ];
        for (text, encoding, expected) in cases {
            let mut lines = Lines::open(text).expect("text");
            let line = lines.next().expect("a sound line").expect("a line");
            let texts = Texts::of(line, encoding);
            assert_eq!([0, 1, 2].map(|column| texts.cell(column).into_owned()), expected);
            assert_eq!(texts.optional(None), "");
        }
    }
}
