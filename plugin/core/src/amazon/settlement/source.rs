//! The bytes of a settlement file: unpacked on the way, and never more of them than the limits allow.
//!
//! Absent on purpose: what the text says.

use std::io::{self, Read};

use flate2::bufread::MultiGzDecoder;

use crate::canonical::settlement::{CutOff, NotASettlement, SettlementProblem, TooLarge};
use crate::limits::{SETTLEMENT_BYTES_MAX, SETTLEMENT_LINE_BYTES_MAX, SETTLEMENT_UNPACKED_BYTES_MAX};

/// How much is read at once. No more than a line may have, so that a line that is too long crosses a border.
pub const CHUNK_BYTES: usize = SETTLEMENT_LINE_BYTES_MAX;

/// A reader of the file's text. Its errors hold a [`SettlementProblem`].
pub struct Source<'a> {
    packing: Packing<'a>,
    unpacked_max: u64,
    /// Bytes given so far.
    given: u64,
    last: u8,
    line: u64,
    /// Bytes of the line that has not ended yet.
    open_bytes: usize,
}

enum Packing<'a> {
    Plain(&'a [u8]),
    Gzip(Box<MultiGzDecoder<&'a [u8]>>),
}

impl<'a> Source<'a> {
    pub fn open(bytes: &'a [u8]) -> Result<Self, SettlementProblem> {
        if bytes.len() > SETTLEMENT_BYTES_MAX {
            return Err(SettlementProblem::TooLarge(TooLarge::Bytes { max: SETTLEMENT_BYTES_MAX }));
        }
        if let Some(other) = other_format(bytes) {
            return Err(SettlementProblem::NotASettlement(other));
        }
        let packing = if bytes.starts_with(&[0x1f, 0x8b]) {
            Packing::Gzip(Box::new(MultiGzDecoder::new(bytes)))
        } else {
            Packing::Plain(bytes)
        };
        let unpacked_max = SETTLEMENT_UNPACKED_BYTES_MAX;
        Ok(Source { packing, unpacked_max, given: 0, last: b'\n', line: 1, open_bytes: 0 })
    }

    /// The byte before `position` if nothing after it was given yet. Behind a line that is whole it is a line end.
    pub fn last_before(&self, position: u64) -> Option<u8> {
        (position == self.given).then_some(self.last)
    }

    fn check(&mut self, chunk: &[u8]) -> Result<(), SettlementProblem> {
        self.given += chunk.len() as u64;
        if self.given > self.unpacked_max {
            return Err(SettlementProblem::TooLarge(TooLarge::Unpacked { max: self.unpacked_max }));
        }
        // Only the first and the last line of a chunk can reach beyond it.
        let first = chunk.iter().position(|byte| *byte == b'\n');
        let max = SETTLEMENT_LINE_BYTES_MAX;
        if self.open_bytes + first.unwrap_or(chunk.len()) > max {
            return Err(SettlementProblem::TooLarge(TooLarge::Line { line: self.line, max }));
        }
        match chunk.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => self.open_bytes = chunk.len() - last - 1,
            None => self.open_bytes += chunk.len(),
        }
        self.line += chunk.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.last = chunk.last().copied().unwrap_or(self.last);
        Ok(())
    }
}

impl Read for Source<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = match &mut self.packing {
            Packing::Plain(bytes) => bytes.read(buffer)?,
            Packing::Gzip(decoder) => decoder
                .read(buffer)
                .map_err(|_| io::Error::other(SettlementProblem::CutOff(CutOff::Compression)))?,
        };
        self.check(&buffer[..length]).map_err(io::Error::other)?;
        Ok(length)
    }
}

/// What people hand in instead of the flat file, by its first bytes.
fn other_format(bytes: &[u8]) -> Option<NotASettlement> {
    const FORMATS: [(&[u8], NotASettlement); 7] = [
        (b"PK\x03\x04", NotASettlement::Archive),
        (b"\xd0\xcf\x11\xe0", NotASettlement::Archive),
        (b"%PDF", NotASettlement::Pdf),
        (b"\xff\xfe", NotASettlement::Utf16),
        (b"\xfe\xff", NotASettlement::Utf16),
        (b"<", NotASettlement::Markup),
        (b"\xef\xbb\xbf<", NotASettlement::Markup),
    ];
    if bytes.is_empty() {
        return Some(NotASettlement::NoText);
    }
    FORMATS.iter().find(|(start, _)| bytes.starts_with(start)).map(|(_, format)| *format)
}

#[cfg(test)]
mod tests {
    use super::super::tests::sheet::gzip;
    use super::*;

    fn ended(mut source: Source<'_>) -> Result<(), SettlementProblem> {
        let mut buffer = vec![0; CHUNK_BYTES];
        loop {
            match source.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(error) => return Err(error.downcast().expect("the source's errors are problems")),
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_found_wherever_the_chunks_end() {
        let max = SETTLEMENT_LINE_BYTES_MAX;
        let too_long = Err(SettlementProblem::TooLarge(TooLarge::Line { line: 2, max }));
        for (before, length, expected) in
            [(0, max + 1, &too_long), (9, max + 1, &too_long), (9, max, &Ok(()))]
        {
            let text = [vec![b'x'; before], b"\n".to_vec(), vec![b'x'; length], b"\nx".to_vec()].concat();
            assert_eq!(&ended(Source::open(&text).expect("text")), expected, "{before} + {length}");
        }
    }

    #[test]
    fn what_unpacks_without_end_is_ended() {
        let lines = gzip(&b"line\n".repeat(100_000));
        let bounded = |unpacked_max| ended(Source { unpacked_max, ..Source::open(&lines).expect("gzip") });
        let max = 499_999;
        assert_eq!(bounded(max), Err(SettlementProblem::TooLarge(TooLarge::Unpacked { max })));
        assert_eq!(bounded(500_000), Ok(()));
    }

    #[test]
    fn what_is_transferred_is_bounded() {
        let bytes = vec![b'\n'; SETTLEMENT_BYTES_MAX + 1];
        let max = SETTLEMENT_BYTES_MAX;
        let problem = Source::open(&bytes).err();
        assert_eq!(problem, Some(SettlementProblem::TooLarge(TooLarge::Bytes { max })));
    }
}
