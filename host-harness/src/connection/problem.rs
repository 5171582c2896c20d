//! What is wrong with a connection file: all of it at once, each with its place and its remedy.

use std::fmt;
use std::path::PathBuf;

use crate::code::Code;

/// One thing that is wrong, printed as `acme.toml:14: amazon.client-secret: … (HH-0104)`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionProblem {
    pub code: Code,
    pub file: PathBuf,
    /// Line and column, from 1; `None` where something is missing altogether.
    pub position: Option<(usize, usize)>,
    /// The dotted key; empty for the file as a whole.
    pub key: String,
    /// What is wrong and what to do, without any value that could be a secret.
    pub message: String,
}

impl fmt::Display for ConnectionProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some((line, _column)) = self.position {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {} ({})", self.message, self.code)
    }
}

/// Everything that is wrong with a connection file, in the order of its lines; never empty.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ConnectionErrors(pub Vec<ConnectionProblem>);

impl ConnectionErrors {
    pub(super) fn new(mut problems: Vec<ConnectionProblem>) -> Self {
        problems.sort_by_key(|problem| problem.position.unwrap_or((usize::MAX, 0)));
        ConnectionErrors(problems)
    }
}

impl fmt::Display for ConnectionErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let line_break = if index == 0 { "" } else { "\n" };
            write!(f, "{line_break}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ConnectionErrors {}
