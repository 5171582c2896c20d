//! The patterns of grants: text with `*`.

use std::fmt;

/// A `*` stands for anything within one segment (up to the next `/`); as the last character it stands for
/// anything to the end, further segments included, but never for nothing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pattern(String);

impl Pattern {
    pub fn new(pattern: impl Into<String>) -> Self {
        Pattern(pattern.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn matches(&self, text: &str) -> bool {
        matches(&self.0, text)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn matches(pattern: &str, text: &str) -> bool {
    let Some((literal, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(text) = text.strip_prefix(literal) else {
        return false;
    };
    if rest.is_empty() {
        return !text.is_empty();
    }
    let segment_end = text.find('/').unwrap_or(text.len());
    text.char_indices()
        .map(|(at, _)| at)
        .chain([text.len()])
        .skip(1)
        .take_while(|at| *at <= segment_end)
        .any(|at| matches(rest, &text[at..]))
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn patterns_match_by_table() {
        for (pattern, text, expected) in [
            ("/orders", "/orders", true),
            ("/orders", "/orders/1", false),
            ("/orders/*", "/orders/1", true),
            ("/orders/*", "/orders/1/items", true),
            ("/orders/*", "/orders/", false),
            ("/orders/*", "/orders", false),
            ("/orders/*/items", "/orders/1/items", true),
            ("/orders/*/items", "/orders/1/2/items", false),
            ("/orders/*/items", "/orders//items", false),
            ("/orders/*/items", "/orders/1/items/2", false),
            ("/*/items/*", "/a/items/b/c", true),
            // An encoded slash parts nothing.
            ("/items/*/*", "/items/A1/SK%2FU", true),
            ("/items/*/price", "/items/SK%2FU/price", true),
            ("/items/*/price", "/items/SK/U/price", false),
            ("/or*s/x", "/orders/x", true),
            ("*", "anything/at all", true),
            ("*", "", false),
            ("KashFlow/Get*", "KashFlow/GetCustomer", true),
            ("KashFlow/Get*", "KashFlow/DeleteCustomer", false),
            ("KashFlow/Get*", "kashflow/GetCustomer", false),
            ("/é*é", "/éééé", true),
        ] {
            assert_eq!(Pattern::new(pattern).matches(text), expected, "{pattern} on {text}");
        }
    }
}
