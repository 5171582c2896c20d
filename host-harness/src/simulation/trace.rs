//! What happened in a run, line by line: a digest of everything, and the lines themselves where they are
//! wanted.
//!
//! Two runs of a seed are the same run exactly if their digests are equal. Absent on purpose: personal data;
//! lines name orders, calls and codes.

use std::fmt;

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

/// One thing that happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TraceLine {
    pub at: DateTime<Utc>,
    /// The order that it is about, where it is about one.
    pub order: Option<String>,
    pub text: String,
}

impl fmt::Display for TraceLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.at.format("%m-%d %H:%M:%S%.3f"), self.text)
    }
}

/// What has happened so far.
pub(super) struct Trace {
    digest: Sha256,
    /// `None` where nobody wants to read them.
    lines: Option<Vec<TraceLine>>,
}

impl Trace {
    pub fn new(keeps_lines: bool) -> Self {
        Trace { digest: Sha256::new(), lines: keeps_lines.then(Vec::new) }
    }

    pub fn line(&mut self, at: DateTime<Utc>, order: Option<&str>, text: fmt::Arguments<'_>) {
        let line = TraceLine { at, order: order.map(str::to_owned), text: text.to_string() };
        self.digest.update(format!("{line}{order:?}\n"));
        if let Some(lines) = &mut self.lines {
            lines.push(line);
        }
    }

    /// The digest in hexadecimal digits, and the lines.
    pub fn finish(self) -> (String, Vec<TraceLine>) {
        let digest = self.digest.finalize();
        (digest.iter().map(|byte| format!("{byte:02x}")).collect(), self.lines.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(keeps_lines: bool, texts: &[&str]) -> (String, Vec<TraceLine>) {
        let mut trace = Trace::new(keeps_lines);
        for text in texts {
            trace.line(DateTime::UNIX_EPOCH, Some("026-1"), format_args!("{text}"));
        }
        trace.finish()
    }

    #[test]
    fn the_digest_is_that_of_all_lines_whether_they_are_kept_or_not() {
        let (digest, lines) = trace(true, &["a", "b"]);
        assert_eq!((digest.len(), lines.len()), (64, 2));
        assert_eq!(lines[1].to_string(), "01-01 00:00:00.000 b");
        assert_eq!(trace(false, &["a", "b"]), (digest.clone(), Vec::new()));
        assert_ne!(trace(false, &["a", "c"]).0, digest);
        assert_ne!(trace(false, &["b", "a"]).0, digest);
    }
}
