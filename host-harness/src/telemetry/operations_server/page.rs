//! The page for a person who looks: what runs, what waits, what goes wrong. One document, nothing to load.

use std::fmt::Write;
use std::time::Duration;

use quick_xml::escape::escape;

use super::{ConnectionStatus, Health, StatusSnapshot, status};
use crate::telemetry::metrics::QueueCounts;

const STYLE: &str = "\
:root{color-scheme:light dark}\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}\
table{border-collapse:collapse;margin:0 0 1.5rem;width:100%}\
caption{text-align:left;font-weight:600;padding:.25rem 0}\
th,td{text-align:left;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #8886;vertical-align:top}\
.count{text-align:right;font-variant-numeric:tabular-nums}\
strong{font-weight:600}";

pub(super) fn render(snapshot: Option<&StatusSnapshot>, health: &Health) -> String {
    let mut obstacles = health.silences();
    obstacles.extend(status::obstacles(snapshot));
    let state = if obstacles.is_empty() { "ready" } else { "not ready" };
    let mut body = format!("<h1>kashflow-amazon: {state}</h1>\n");
    if !obstacles.is_empty() {
        let items: String = obstacles.iter().map(|reason| format!("<li>{}</li>", escape(reason))).collect();
        body += &format!("<ul>{items}</ul>\n");
    }
    body += &about(snapshot, health.uptime());
    if let Some(snapshot) = snapshot {
        body += &queues(&snapshot.connections);
        body += &upstreams(&snapshot.connections);
        body += &errors(&snapshot.connections);
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{state} · kashflow-amazon</title><style>{STYLE}</style></head>\n\
         <body><main>\n{body}</main></body>\n</html>\n"
    )
}

fn about(snapshot: Option<&StatusSnapshot>, uptime: Duration) -> String {
    let plugin = match snapshot.and_then(|snapshot| snapshot.plugin.as_ref()) {
        Some(plugin) => escape(plugin.to_string()).into_owned(),
        None => "none".to_owned(),
    };
    let rows =
        [("Host", env!("CARGO_PKG_VERSION").to_owned()), ("Plugin", plugin), ("Runs for", duration(uptime))];
    let rows: String = rows
        .iter()
        .map(|(name, value)| format!("<tr><th scope=\"row\">{name}</th><td>{value}</td></tr>\n"))
        .collect();
    format!("<table><caption>What runs</caption>\n{rows}</table>\n")
}

fn queues(connections: &[ConnectionStatus]) -> String {
    let states = QueueCounts::default().by_state().map(|(state, _)| state);
    let mut rows = String::new();
    for connection in connections {
        let cells = match &connection.queue {
            Ok(counts) => {
                counts.by_state().map(|(_, count)| format!("<td class=\"count\">{count}</td>")).concat()
            }
            Err(code) => {
                let columns = states.len();
                format!("<td colspan=\"{columns}\"><strong>the store does not answer ({code})</strong></td>")
            }
        };
        rows += &format!("<tr><th scope=\"row\">{}</th>{cells}</tr>\n", connection.name);
    }
    let heads = states.map(|state| format!("<th scope=\"col\" class=\"count\">{state}</th>")).concat();
    format!(
        "<table><caption>Events that wait</caption>\n\
         <tr><th scope=\"col\">connection</th>{heads}</tr>\n{rows}</table>\n"
    )
}

fn upstreams(connections: &[ConnectionStatus]) -> String {
    let mut rows = String::new();
    for connection in connections {
        for (upstream, state) in &connection.breakers {
            let (name, upstream, state) = (&connection.name, upstream.name(), state.name());
            writeln!(rows, "<tr><th scope=\"row\">{name}</th><td>{upstream}</td><td>{state}</td></tr>")
                .expect("a String takes all text");
        }
    }
    section(
        "Services: closed lets calls through, open lets none",
        &["connection", "service", "breaker"],
        &rows,
    )
}

fn errors(connections: &[ConnectionStatus]) -> String {
    let mut rows = String::new();
    for connection in connections {
        for error in &connection.last_errors {
            let (name, code) = (&connection.name, error.code.as_str());
            let at = error.at.format("%Y-%m-%d %H:%M:%S UTC");
            writeln!(rows, "<tr><th scope=\"row\">{name}</th><td>{code}</td><td>{at}</td></tr>")
                .expect("a String takes all text");
        }
    }
    section("Last errors: docs/errors.md explains the codes", &["connection", "code", "when"], &rows)
}

/// Nothing where there is nothing to show.
fn section(caption: &str, heads: &[&str], rows: &str) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    format!("<table><caption>{caption}</caption>\n<tr>{heads}</tr>\n{rows}</table>\n")
}

/// The two largest units that are not zero: `2 d 5 h`.
fn duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_short() {
        let said =
            [0, 59, 60, 3_600, 90_061, 10 * 86_400].map(|seconds| duration(Duration::from_secs(seconds)));
        assert_eq!(said, ["0 s", "59 s", "1 min", "1 h 0 min", "1 d 1 h", "10 d 0 h"]);
    }
}
