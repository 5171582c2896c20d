//! The plugin's settings, flattened: `[settings] posting.on-status = "shipped"` is `posting.on-status`.
//!
//! A value is text in the end. `{ file = "PATH" }` and `{ env = "NAME" }` take it from elsewhere, so a table
//! of nothing but one of these two keys cannot be a group of settings.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::load::Reader;
use crate::code::Code;
use crate::limits::SETTING_FILE_BYTES;

impl Reader<'_> {
    pub(super) fn settings(&mut self, section: Option<&Spanned<DeValue<'_>>>) -> BTreeMap<String, String> {
        let mut settings = BTreeMap::new();
        match section.map(|section| (section.get_ref(), section.span())) {
            None => {}
            Some((DeValue::Table(table), _span)) => self.group("", table, &mut settings),
            Some((_other, span)) => {
                self.problem(
                    Code::ConnectionShape,
                    Some(span),
                    "settings",
                    "a section is needed: [settings]",
                );
            }
        }
        settings
    }

    fn group(&mut self, prefix: &str, table: &DeTable<'_>, settings: &mut BTreeMap<String, String>) {
        for (key, value) in table.iter() {
            let name = format!("{prefix}{}", key.get_ref());
            match value.get_ref() {
                DeValue::Table(inner) if reference(inner).is_none() => {
                    self.group(&format!("{name}."), inner, settings);
                }
                _ => {
                    let Some(text) = self.text_of(&name, value) else {
                        continue;
                    };
                    match settings.entry(name) {
                        Entry::Vacant(place) => _ = place.insert(text),
                        Entry::Occupied(place) => {
                            let message = "the setting is there twice, in two spellings; remove one";
                            let key_name = format!("settings.{}", place.key());
                            self.problem(Code::ConnectionShape, Some(key.span()), &key_name, message);
                        }
                    }
                }
            }
        }
    }

    fn text_of(&mut self, name: &str, value: &Spanned<DeValue<'_>>) -> Option<String> {
        let text = match value.get_ref() {
            DeValue::String(text) => Ok(text.to_string()),
            DeValue::Boolean(value) => Ok(value.to_string()),
            DeValue::Integer(number) => i64::from_str_radix(number.as_str(), number.radix())
                .map(|number| number.to_string())
                .map_err(|_error| {
                    (Code::SettingNotText, "the number is too large; write it as a string".to_owned())
                }),
            DeValue::Array(items) => joined(items.iter().map(Spanned::get_ref)),
            DeValue::Table(table) => match reference(table) {
                Some((kind, Some(source))) => self.read_reference(kind, source),
                _ => Err((Code::ConnectionShape, "file and env take a string".to_owned())),
            },
            DeValue::Float(_) => Err((
                Code::SettingNotText,
                "a number with a fraction has no exact value; write it as a string".to_owned(),
            )),
            DeValue::Datetime(_) => {
                Err((Code::SettingNotText, "write a date or time as a string".to_owned()))
            }
        };
        text.map_err(|(code, message)| {
            let span: Range<usize> = value.span();
            self.problem(code, Some(span), &format!("settings.{name}"), message);
        })
        .ok()
    }

    fn read_reference(&self, kind: &str, source: &str) -> Result<String, (Code, String)> {
        let unavailable = |message: String| (Code::SettingUnavailable, message);
        if kind == "env" {
            return self
                .environment(source)
                .ok_or_else(|| unavailable(format!("the environment variable {source} is not set; set it")));
        }
        let path = self.path(source);
        let size = std::fs::metadata(&path).map(|metadata| metadata.len());
        if size.is_ok_and(|size| size > SETTING_FILE_BYTES) {
            let message = format!("the file {} has more than {SETTING_FILE_BYTES} bytes", path.display());
            return Err(unavailable(message));
        }
        std::fs::read_to_string(&path).map_err(|error| {
            unavailable(format!("the file {} cannot be read: {error}; create it", path.display()))
        })
    }
}

/// `env` or `file`, and the string beside it, where the table is nothing but that.
fn reference<'a>(table: &'a DeTable<'_>) -> Option<(&'static str, Option<&'a str>)> {
    let (key, value) = table.iter().next().filter(|_| table.len() == 1)?;
    let kind = ["env", "file"].into_iter().find(|kind| *kind == key.get_ref().as_ref())?;
    match value.get_ref() {
        // `file.name = "x"` is a group that happens to be called `file`.
        DeValue::Table(_) => None,
        value => Some((kind, value.as_str())),
    }
}

/// A list of strings, joined by commas.
fn joined<'a, 'i: 'a>(items: impl Iterator<Item = &'a DeValue<'i>>) -> Result<String, (Code, String)> {
    let mut texts = Vec::new();
    for item in items {
        match item.as_str() {
            Some(text) if !text.contains(',') => texts.push(text),
            Some(_) => {
                let message = "a string with a comma in a list would become two; write it differently";
                return Err((Code::SettingNotText, message.to_owned()));
            }
            None => {
                let message = "a list holds strings only; write each in quotation marks";
                return Err((Code::SettingNotText, message.to_owned()));
            }
        }
    }
    Ok(texts.join(","))
}
