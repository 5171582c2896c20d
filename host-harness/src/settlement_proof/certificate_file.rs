//! Certificate files, written and read row by row: a settlement can have a million rows.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

use plugin_core::finding::Finding;
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::form::{Head, VERSION, row_form};
use super::reading::Reading;

#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    #[error("the certificate {} cannot be read: {source}", file.display())]
    Unreadable { file: PathBuf, source: io::Error },
    #[error("{} is no certificate: {problem}", file.display())]
    NoCertificate { file: PathBuf, problem: String },
    #[error("the certificate {} cannot be written: {source}", file.display())]
    Unwritable { file: PathBuf, source: io::Error },
    #[error("{0}")]
    Settlement(Finding),
}

/// Writes a certificate: its head, and each row as the file is read once more.
///
/// The file appears whole under its name, or not at all.
///
/// # Errors
/// Where it cannot be written, or the settlement cannot be read any more.
pub fn write(file: &Path, head: &Head, reading: &Reading<'_>) -> Result<(), CertificateError> {
    let unwritable = |source| CertificateError::Unwritable { file: file.to_owned(), source };
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let part = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new("."))).map_err(unwritable)?;
    let mut to = BufWriter::new(part);
    write_head(&mut to, head).map_err(unwritable)?;
    let (mut written, mut separator) = (Ok(()), "");
    let read = reading.certify(|row| {
        if written.is_ok() {
            written = write_row(&mut to, separator, &row_form(row));
            separator = ",";
        }
    });
    read.map_err(CertificateError::Settlement)?;
    written.map_err(unwritable)?;
    to.write_all(b"\n]}\n").map_err(unwritable)?;
    let part = to.into_inner().map_err(|error| unwritable(error.into_error()))?;
    part.persist(file).map(drop).map_err(|error| unwritable(error.error))
}

fn write_head(to: &mut impl Write, head: &Head) -> io::Result<()> {
    to.write_all(b"{")?;
    for (key, value) in head {
        write!(to, "\n\"{key}\": ")?;
        serde_json::to_writer(&mut *to, value)?;
        to.write_all(b",")?;
    }
    to.write_all(b"\n\"rows\": [")
}

fn write_row(to: &mut impl Write, separator: &str, row: &Value) -> io::Result<()> {
    writeln!(to, "{separator}")?;
    serde_json::to_writer(to, row).map_err(io::Error::from)
}

/// All of a certificate but its rows.
///
/// # Errors
/// Where there is no certificate of a known version.
pub fn head_of(file: &Path) -> Result<Map<String, Value>, CertificateError> {
    read(file, &mut |_| true)
}

/// Reads a certificate and shows each row to `take` until that says that it has enough.
pub(super) fn read(
    file: &Path,
    take: &mut dyn FnMut(Value) -> bool,
) -> Result<Map<String, Value>, CertificateError> {
    let opened =
        File::open(file).map_err(|source| CertificateError::Unreadable { file: file.to_owned(), source })?;
    let no_certificate = |problem| CertificateError::NoCertificate { file: file.to_owned(), problem };
    let mut text = serde_json::Deserializer::from_reader(BufReader::new(opened));
    let head = text.deserialize_map(Document { take }).and_then(|head| text.end().map(|()| head));
    let head = head.map_err(|error| no_certificate(error.to_string()))?;
    if head.get("version") != Some(&VERSION.into()) {
        return Err(no_certificate(format!("its `version` is not {VERSION}")));
    }
    Ok(head)
}

struct Document<'a> {
    take: &'a mut dyn FnMut(Value) -> bool,
}

impl<'de> Visitor<'de> for Document<'_> {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a certificate of a settlement")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut head = Map::new();
        let mut has_rows = false;
        while let Some(key) = map.next_key::<String>()? {
            if key != "rows" {
                if head.insert(key.clone(), map.next_value()?).is_some() {
                    return Err(serde::de::Error::custom(format!("`{key}` stands there twice")));
                }
            } else if std::mem::replace(&mut has_rows, true) {
                return Err(serde::de::Error::duplicate_field("rows"));
            } else {
                map.next_value_seed(Rows { take: &mut *self.take })?;
            }
        }
        if has_rows { Ok(head) } else { Err(serde::de::Error::missing_field("rows")) }
    }
}

struct Rows<'a> {
    take: &'a mut dyn FnMut(Value) -> bool,
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while let Some(row) = rows.next_element()? {
            if !(self.take)(row) {
                break;
            }
        }
        while rows.next_element::<IgnoredAny>()?.is_some() {}
        Ok(())
    }
}
