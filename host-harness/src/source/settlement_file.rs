//! Settlement files as events: how one is told from any other body, and how a file becomes an event.
//!
//! A file can have a million rows. It is packed on its way in, so that what is stored is some twenty times smaller,
//! and its event is named by what is in the file, packed or not: handed in twice, it is one event. Deliberately
//! absent: what the rows say, and whether they are whole; the plugin reads them.

use std::fs::File;
use std::io::{self, Cursor, Read};
use std::path::Path;

use flate2::Compression;
use flate2::read::{GzEncoder, MultiGzDecoder};
use sha2::{Digest, Sha256};

use super::envelope::named_by_content;
use super::intake::ArrivedEvent;
use crate::engine::{Export, Source};
use crate::limits::{SETTLEMENT_FILE_BYTES, SETTLEMENT_UNPACKED_BYTES, UPLOAD_BYTES};

/// How a file of gzip begins (RFC 1952, section 2.3.1).
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The byte order mark that some tools put before UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The header of a settlement report stands within this. The longest, of the old form, has some 1,000 characters.
const START_BYTES: u64 = 64 * 1024;

/// How a settlement file comes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Packing {
    Plain,
    Gzip,
}

impl Packing {
    /// `None`: a body that begins so is no settlement file. What is packed is taken for one unseen.
    pub(super) fn of(start: &[u8]) -> Option<Self> {
        if start.starts_with(&GZIP_MAGIC) {
            return Some(Packing::Gzip);
        }
        has_header(start).then_some(Packing::Plain)
    }

    fn content_type(self) -> &'static str {
        match self {
            Packing::Plain => "text/tab-separated-values",
            Packing::Gzip => "application/gzip",
        }
    }

    /// The event of a settlement file. The ordering key keeps two deliveries of one file apart; that of one settlement
    /// in two files is the plugin's to see.
    pub(super) fn event(self, body: Vec<u8>, event_id: String, source: Source) -> ArrivedEvent {
        ArrivedEvent {
            export: Export::OnFinancialEvent,
            source,
            content_type: self.content_type().to_owned(),
            occurred_at: None,
            ordering_key: Some(format!("settlement-file/{event_id}")),
            traceparent: None,
            event_id,
            body,
        }
    }
}

/// Whether the first line that is not blank is the header of a settlement report: `settlement-id` is one of its
/// columns (Selling Partner API, "Settlement Reports Attributes"). Tools write it with other dashes and capitals.
fn has_header(start: &[u8]) -> bool {
    let text = start.strip_prefix(BYTE_ORDER_MARK).unwrap_or(start);
    let header = text.split(|byte| *byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let header = header.unwrap_or_default();
    header.contains(&b'\t') && header.split(|byte| *byte == b'\t').any(is_settlement_id)
}

fn is_settlement_id(column: &[u8]) -> bool {
    let letters = column.trim_ascii().iter().filter(|byte| !b"-_ ".contains(byte));
    letters.map(u8::to_ascii_lowercase).eq(*b"settlementid")
}

/// What a file turns out to be that a person hands in.
#[derive(Debug)]
pub enum HandedIn {
    Settlement(ArrivedEvent),
    /// No settlement file. The event is the file as it lies, for the plugin to say what it is instead.
    Other(ArrivedEvent),
    /// It has more bytes than this, as it lies or packed.
    TooLarge {
        most: u64,
    },
}

/// Makes the event of a file that a person hands in. A plain settlement file is packed.
pub fn hand_in(file: &Path) -> io::Result<HandedIn> {
    read(File::open(file)?)
}

fn read(mut file: impl Read) -> io::Result<HandedIn> {
    let mut start = Vec::new();
    file.by_ref().take(START_BYTES).read_to_end(&mut start)?;
    let packing = Packing::of(&start);
    let whole = Cursor::new(start).chain(file);
    match packing {
        Some(Packing::Plain) => pack(whole, SETTLEMENT_FILE_BYTES),
        Some(Packing::Gzip) => packed(whole),
        None => Ok(bounded(whole)?.map_or(HandedIn::TooLarge { most: UPLOAD_BYTES }, other)),
    }
}

/// The header of the packed file has neither its name nor a time, so that the same text makes the same event.
fn pack(text: impl Read, most: u64) -> io::Result<HandedIn> {
    let text = Digesting::new(text.take(most + 1));
    let mut encoder = GzEncoder::new(text, Compression::default());
    let Some(body) = bounded(encoder.by_ref())? else { return Ok(HandedIn::TooLarge { most: UPLOAD_BYTES }) };
    let text = encoder.into_inner();
    if text.length > most {
        return Ok(HandedIn::TooLarge { most });
    }
    Ok(HandedIn::Settlement(Packing::Gzip.event(body, text.name(), Source::Upload)))
}

fn packed(file: impl Read) -> io::Result<HandedIn> {
    let Some(body) = bounded(file)? else { return Ok(HandedIn::TooLarge { most: UPLOAD_BYTES }) };
    let mut start = Vec::new();
    // What can be unpacked of a damaged file is enough to tell what it is.
    let _ = MultiGzDecoder::new(&body[..]).take(START_BYTES).read_to_end(&mut start);
    if !has_header(&start) {
        return Ok(other(body));
    }
    let name = unpacked_name(&body).unwrap_or_else(|| named_by_content(&Sha256::digest(&body)));
    Ok(HandedIn::Settlement(Packing::Gzip.event(body, name, Source::Upload)))
}

/// `None` where not all of it can be unpacked.
fn unpacked_name(body: &[u8]) -> Option<String> {
    let mut text = Digesting::new(MultiGzDecoder::new(body).take(SETTLEMENT_UNPACKED_BYTES + 1));
    let length = io::copy(&mut text, &mut io::sink()).ok()?;
    (length <= SETTLEMENT_UNPACKED_BYTES).then(|| text.name())
}

/// Always named by its content: the name that a notification brings with it is that of another event.
fn other(body: Vec<u8>) -> HandedIn {
    HandedIn::Other(ArrivedEvent {
        event_id: named_by_content(&Sha256::digest(&body)),
        export: Export::OnFinancialEvent,
        source: Source::Upload,
        content_type: "application/octet-stream".to_owned(),
        occurred_at: None,
        ordering_key: None,
        traceparent: None,
        body,
    })
}

/// All bytes, or `None` where they are more than an event of a person's may have.
fn bounded(bytes: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut body = Vec::new();
    bytes.take(UPLOAD_BYTES + 1).read_to_end(&mut body)?;
    Ok((body.len() as u64 <= UPLOAD_BYTES).then_some(body))
}

/// Digests what is read through it.
struct Digesting<R> {
    reader: R,
    digest: Sha256,
    length: u64,
}

impl<R> Digesting<R> {
    fn new(reader: R) -> Self {
        Digesting { reader, digest: Sha256::new(), length: 0 }
    }

    fn name(self) -> String {
        named_by_content(&self.digest.finalize())
    }
}

impl<R: Read> Read for Digesting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.digest.update(&buffer[..length]);
        self.length += length as u64;
        Ok(length)
    }
}

#[cfg(test)]
pub(super) mod tests;
