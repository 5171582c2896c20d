//! Progress on standard error, where a person sees it and a pipe does not.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A line that turns while something takes its time.
pub(super) fn spinner(message: &str) -> ProgressBar {
    let spinner = ProgressBar::new_spinner().with_message(message.to_owned());
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}

/// A bar over a known number of things.
pub(super) fn bar(length: usize, message: &str) -> ProgressBar {
    let style = ProgressStyle::with_template("{msg} [{wide_bar}] {pos}/{len}, {eta} left")
        .expect("the template is a constant")
        .progress_chars("=> ");
    ProgressBar::new(length as u64).with_style(style).with_message(message.to_owned())
}
