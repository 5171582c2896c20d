//! The codes of customers and suppliers: how they compare, and how KashFlow makes one up.

/// Codes and addresses compare without regard to case, as the database does.
pub fn same(left: &str, right: &str) -> bool {
    left.to_lowercase() == right.to_lowercase()
}

/// Whether the code has letters and digits only; an empty one has.
pub fn is_alphanumeric(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The first four letters and digits of the name and the next free number, padded with a zero: `RICH04`.
/// Source: KashFlow change log, "Sage Importer Changes".
pub fn generated(name: &str, nameless: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let letters: String = name.chars().filter(char::is_ascii_alphanumeric).take(4).collect();
    let stem = if letters.is_empty() { nameless.to_owned() } else { letters.to_ascii_uppercase() };
    (1..)
        .map(|number| format!("{stem}{number:02}"))
        .find(|code| !is_taken(code))
        .expect("there are more numbers than customers and suppliers")
}
