//! Says where JSON went wrong without repeating it: the content can be personal data.

use serde_json::error::Category;

pub fn describe_json_error(error: &serde_json::Error) -> String {
    let what = match error.classify() {
        Category::Eof => "it ends too early",
        Category::Syntax => "it is not JSON",
        Category::Data => "a value is missing or of another kind",
        Category::Io => "it cannot be read",
    };
    format!("{what}, line {} column {}", error.line(), error.column())
}
