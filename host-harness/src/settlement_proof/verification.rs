//! Computes a certificate again from its file, and says what differs.

use std::path::Path;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

use serde_json::{Map, Value};

use super::certificate_file::{self, CertificateError};
use super::form::{Head, row_form};
use super::reading::Reading;

/// Differences that are told one by one; more are counted.
const TOLD_MAX: usize = 20;

/// Rows that are read ahead.
const ROWS_AHEAD: usize = 1024;

/// What of a head is of the day on which the certificate was made, and cannot be computed again.
const OF_ITS_DAY: [&str; 3] = ["remarks", "standing", "plugin"];

/// What a certificate says that is not so.
#[derive(Default, Debug)]
pub struct Verification {
    pub rows: u64,
    pub differences: Vec<String>,
    pub differences_left_out: u64,
}

impl Verification {
    pub fn is_true(&self) -> bool {
        self.differences.is_empty()
    }

    fn differs(&mut self, what: String) {
        if self.differences.len() < TOLD_MAX {
            self.differences.push(what);
        } else {
            self.differences_left_out += 1;
        }
    }

    /// Compares all that both hold. `path` leads to them.
    fn compare(&mut self, path: &str, says: &Value, is: &Value) {
        match (says, is) {
            (Value::Object(says), Value::Object(is)) => self.compare_objects(path, says, is),
            (Value::Array(says), Value::Array(is)) => {
                for (place, (says, is)) in says.iter().zip(is).enumerate() {
                    self.compare(&format!("{path}[{place}]"), says, is);
                }
                if says.len() != is.len() {
                    let (says, is) = (says.len(), is.len());
                    self.differs(format!("{path}: the certificate has {says}, and the file leads to {is}"));
                }
            }
            _ if says == is => {}
            _ => self.differs(format!("{path}: the certificate says {says}, and it is {is}")),
        }
    }

    fn compare_objects(&mut self, path: &str, says: &Map<String, Value>, is: &Map<String, Value>) {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        for (key, is) in is.iter().filter(|(key, _)| !OF_ITS_DAY.contains(&key.as_str())) {
            self.compare(&below(key), says.get(key).unwrap_or(&Value::Null), is);
        }
        for (key, value) in says.iter().filter(|(key, _)| !is.contains_key(*key)) {
            self.differs(format!("{}: the certificate says {value}, which belongs to none", below(key)));
        }
    }

    fn row(&mut self, says: Option<&Value>, is: &Value) {
        self.rows += 1;
        let path = format!("row {} (line {})", self.rows, is["line"]);
        match says {
            Some(says) => self.compare(&path, says, is),
            None => self.differs(format!("{path}: is missing in the certificate")),
        }
    }
}

/// Compares a certificate with the file that it is of; `head` is what the file leads to.
///
/// # Errors
/// Where either cannot be read.
pub fn verify(
    certificate: &Path,
    head: &Head,
    reading: &Reading<'_>,
) -> Result<Verification, CertificateError> {
    let (sender, rows) = sync_channel(ROWS_AHEAD);
    thread::scope(|scope| {
        // It reads ahead, and ends early where nobody takes its rows any more.
        let reader =
            scope.spawn(move || certificate_file::read(certificate, &mut |row| sender.send(row).is_ok()));
        let compared = compare_rows(reading, rows);
        let says = reader.join().expect("reading a certificate does not panic")?;
        let mut verification = compared?;
        let is: Map<String, Value> =
            head.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        verification.compare_objects("", &says, &is);
        Ok(verification)
    })
}

fn compare_rows(reading: &Reading<'_>, rows: Receiver<Value>) -> Result<Verification, CertificateError> {
    let mut verification = Verification::default();
    let read = reading.certify(|row| verification.row(rows.recv().ok().as_ref(), &row_form(row)));
    read.map_err(CertificateError::Settlement)?;
    for row in rows {
        verification.differs(format!("line {}: the settlement has no such row", row["line"]));
    }
    Ok(verification)
}
