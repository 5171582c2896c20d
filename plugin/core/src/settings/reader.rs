//! Reads typed values out of flat text and collects what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use crate::canonical::NominalCode;
use crate::finding::{Code, Finding};

/// The first segments of the keys that belong to this plugin. A host may keep other keys beside them.
const OWN_SECTIONS: [&str; 9] =
    ["amazon.", "marketplaces.", "nominals.", "posting.", "settlement.", "sku.", "stock.", "sweep.", "vat."];

pub(super) struct Reader<'a> {
    texts: &'a BTreeMap<String, String>,
    read: BTreeSet<String>,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(texts: &'a BTreeMap<String, String>) -> Self {
        Reader { texts, read: BTreeSet::new(), findings: Vec::new() }
    }

    pub(super) fn report(&mut self, code: Code, key: &str, message: impl Into<String>) {
        self.findings.push(Finding::new(code, key, message));
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }

    /// Whether any key begins with `prefix`.
    pub(super) fn has_below(&self, prefix: &str) -> bool {
        self.texts.keys().any(|key| key.starts_with(prefix))
    }

    pub(super) fn text(&mut self, key: &str) -> Option<&'a str> {
        self.read.insert(key.to_owned());
        self.texts.get(key).map(String::as_str)
    }

    /// A value that `parse` accepts, or `default` where the key is absent.
    pub(super) fn parsed<T>(
        &mut self,
        key: &str,
        default: Option<T>,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Option<T> {
        match self.text(key).map(str::trim) {
            None if default.is_some() => default,
            None => {
                self.report(Code::SettingMissing, key, format!("is missing: set it to {expected}"));
                None
            }
            Some(text) => {
                let value = parse(text);
                if value.is_none() {
                    self.report(Code::SettingInvalid, key, format!("is `{text}`: set it to {expected}"));
                }
                value
            }
        }
    }

    /// One of a few words.
    pub(super) fn choice<T: Clone>(
        &mut self,
        key: &str,
        default: Option<T>,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let words: Vec<String> = choices.iter().map(|(word, _)| format!("`{word}`")).collect();
        self.parsed(key, default, &words.join(" or "), |text| {
            choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| value.clone())
        })
    }

    pub(super) fn nominal(&mut self, key: &str) -> Option<NominalCode> {
        self.parsed(key, None, "a nominal code of your KashFlow chart, for example 4000", |text| {
            text.parse().ok().filter(|code| *code > 0).map(NominalCode)
        })
    }

    /// The distinct next segments of the keys below `prefix`.
    pub(super) fn names_below(&self, prefix: &str) -> BTreeSet<&'a str> {
        self.texts
            .keys()
            .filter_map(|key| key.strip_prefix(prefix)?.split_once('.'))
            .map(|(name, _)| name)
            .collect()
    }

    /// What is wrong, unread keys included: a misspelt setting must not be silently ignored.
    pub(super) fn finish(mut self) -> Vec<Finding> {
        let unread: Vec<String> = self
            .texts
            .keys()
            .filter(|key| OWN_SECTIONS.iter().any(|section| key.starts_with(section)))
            .filter(|key| !self.read.contains(*key))
            .cloned()
            .collect();
        for key in unread {
            self.report(Code::SettingUnknown, &key, "is no setting of this plugin: correct or remove it");
        }
        self.findings
    }
}
