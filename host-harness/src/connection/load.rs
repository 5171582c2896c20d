//! Reads a connection file and collects everything that is wrong with it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use super::document::StateSection;
use super::problem::{ConnectionErrors, ConnectionProblem};
use super::{Connection, ConnectionName};
use crate::code::Code;

const SECTIONS: [&str; 10] = [
    "connection",
    "amazon",
    "kashflow",
    "grants",
    "gateway",
    "state",
    "alerts",
    "limits",
    "sources",
    "settings",
];

impl Connection {
    /// Reads the file, and from its environment and the files that it names the credentials and settings.
    pub fn load(path: &Path) -> Result<Connection, ConnectionErrors> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("cannot be read: {error}; check the path and its permissions");
            let (file, key) = (path.to_owned(), String::new());
            let code = Code::ConnectionUnreadable;
            ConnectionErrors::new(vec![ConnectionProblem { code, file, position: None, key, message }])
        })?;
        let base_dir = path.parent().unwrap_or(Path::new(""));
        read(&text, path, base_dir, &|name| std::env::var(name).ok())
    }

    /// The same from text. Relative paths are taken from `base_dir`, environment variables from `environment`.
    pub fn from_text(
        text: &str,
        base_dir: &Path,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Connection, ConnectionErrors> {
        read(text, Path::new("connection.toml"), base_dir, &environment)
    }
}

fn read(
    text: &str,
    file: &Path,
    base_dir: &Path,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<Connection, ConnectionErrors> {
    let mut reader = Reader { text, file, base_dir, environment, problems: Vec::new() };
    let (root, syntax_errors) = DeTable::parse_recoverable(text);
    for error in &syntax_errors {
        reader.problem(Code::ConnectionSyntax, error.span(), "", error.message());
    }
    if !syntax_errors.is_empty() {
        return Err(ConnectionErrors::new(reader.problems));
    }
    let connection = reader.connection(root.get_ref());
    match connection {
        Some(connection) if reader.problems.is_empty() => Ok(connection),
        _ => Err(ConnectionErrors::new(reader.problems)),
    }
}

/// A file that is being read. A function that gives `None` has reported why.
pub(super) struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    base_dir: &'a Path,
    environment: &'a dyn Fn(&str) -> Option<String>,
    problems: Vec<ConnectionProblem>,
}

impl Reader<'_> {
    fn connection(&mut self, root: &DeTable<'_>) -> Option<Connection> {
        for (key, _value) in root.iter().filter(|(key, _)| !SECTIONS.contains(&key.get_ref().as_ref())) {
            let message = format!("there is no such section; the sections are {}", SECTIONS.join(", "));
            self.problem(Code::ConnectionShape, Some(key.span()), key.get_ref(), message);
        }
        // Each is read before any is judged, so that all problems are found.
        let name = self.name(root);
        let amazon = self.required(root, "amazon").map(|section| self.amazon(section));
        let kashflow = self.required(root, "kashflow").map(|section| self.kashflow(section));
        let grants = self.section(root, "grants").map(|section| {
            let amazon_host = amazon.as_ref().and_then(|amazon| amazon.host.clone());
            self.grants(section, amazon_host.as_deref())
        });
        let gateway = self.section(root, "gateway").map(|section| self.gateway(section));
        let state = self.section::<StateSection>(root, "state");
        let alerts = self.section(root, "alerts").map(|section| self.alerts(section));
        let limits = self.section(root, "limits").map(|section| self.limits(section));
        let sources = self.section(root, "sources").map(|section| self.sources(section));
        let settings = self.settings(root.get("settings"));
        let name = name?;
        let state_file = state?.file.map_or_else(|| format!("{name}.sqlite"), Spanned::into_inner);
        let (grants, queues) = grants?;
        let (egress, breaker) = gateway?;
        Some(Connection {
            amazon: amazon?.whole()?,
            kashflow: kashflow??,
            grants,
            queues,
            state_file: self.path(&state_file),
            alerts: alerts?,
            limits: limits?,
            egress,
            breaker,
            sources: sources?,
            settings,
            name,
        })
    }

    fn name(&mut self, root: &DeTable<'_>) -> Option<ConnectionName> {
        let Some(value) = root.get("connection") else {
            self.missing("connection", "give the connection a name: connection = \"acme-uk\"");
            return None;
        };
        let name = value.get_ref().as_str().unwrap_or_default();
        ConnectionName::new(name)
            .inspect_err(|error| self.problem(Code::ConnectionValue, Some(value.span()), "connection", error))
            .ok()
    }

    fn required<T: for<'de> Deserialize<'de> + Default>(
        &mut self,
        root: &DeTable<'_>,
        section: &str,
    ) -> Option<T> {
        if !root.contains_key(section) {
            self.missing(section, format!("the section is missing; add [{section}]"));
            return None;
        }
        self.section(root, section)
    }

    /// An absent section is an empty one.
    fn section<T: for<'de> Deserialize<'de> + Default>(
        &mut self,
        root: &DeTable<'_>,
        section: &str,
    ) -> Option<T> {
        let Some(value) = root.get(section) else {
            return Some(T::default());
        };
        T::deserialize(ValueDeserializer::from(value.clone()))
            .inspect_err(|error| {
                let span = error.span().unwrap_or(value.span());
                let key = key_at(root, span.start);
                self.problem(Code::ConnectionShape, Some(span), &key, error.message());
            })
            .ok()
    }

    pub(super) fn problem(
        &mut self,
        code: Code,
        span: Option<Range<usize>>,
        key: &str,
        message: impl ToString,
    ) {
        let position = span.map(|span| position(self.text, span.start));
        let (file, key) = (self.file.to_owned(), key.to_owned());
        self.problems.push(ConnectionProblem { code, file, position, key, message: message.to_string() });
    }

    pub(super) fn missing(&mut self, key: &str, message: impl ToString) {
        self.problem(Code::ConnectionShape, None, key, message);
    }

    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.base_dir.join(path)
    }

    pub(super) fn environment(&self, name: &str) -> Option<String> {
        (self.environment)(name)
    }
}

/// Line and column of a byte, from 1.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The dotted key of what stands at this byte.
fn key_at(table: &DeTable<'_>, offset: usize) -> String {
    let mut keys = Vec::new();
    collect_keys_at(table, offset, &mut keys);
    keys.join(".")
}

fn collect_keys_at(table: &DeTable<'_>, offset: usize, keys: &mut Vec<String>) {
    let here = table.iter().find(|(key, value)| {
        key.span().contains(&offset) || value.span().contains(&offset) || holds(value.get_ref(), offset)
    });
    let Some((key, value)) = here else {
        return;
    };
    keys.push(key.get_ref().to_string());
    match value.get_ref() {
        DeValue::Table(inner) => collect_keys_at(inner, offset, keys),
        DeValue::Array(items) => {
            for item in items.iter() {
                if let DeValue::Table(inner) = item.get_ref() {
                    collect_keys_at(inner, offset, keys);
                }
            }
        }
        _ => {}
    }
}

/// Whether something in a table is at this byte: the span of a table is that of its header only.
fn holds(value: &DeValue<'_>, offset: usize) -> bool {
    match value {
        DeValue::Table(table) => table.iter().any(|(key, value)| {
            key.span().contains(&offset) || value.span().contains(&offset) || holds(value.get_ref(), offset)
        }),
        DeValue::Array(items) => {
            items.iter().any(|item| item.span().contains(&offset) || holds(item.get_ref(), offset))
        }
        _ => false,
    }
}
