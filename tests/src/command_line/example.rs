//! `docs/connection.example.toml` is a connection that works, and its commented keys are the defaults.

use std::collections::BTreeSet;
use std::path::Path;

use host_harness::artifact::workspace;
use host_harness::connection::Connection;
use plugin_core::settings::Settings;

use super::{harness, plugin};

const UNITED_KINGDOM: &str = "A1F83G8C2ARO7P";

fn example() -> String {
    let path = workspace().join("docs/connection.example.toml");
    std::fs::read_to_string(path).expect("the example is there")
}

/// The example with every key set that is commented out: `#key = value`, where `# text` is a comment.
fn with_every_key() -> String {
    let is_key = |line: &str| line.starts_with('#') && line.len() > 1 && !line.starts_with("# ");
    let lines: Vec<String> = example()
        .lines()
        .map(|line| if is_key(line) { line[1..].to_owned() } else { line.to_owned() })
        .collect();
    lines.join("\n")
}

/// Reads a connection in a folder that holds the tables which the example names: without a row, as by default.
fn read(text: &str) -> (Connection, Settings) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, table) in [
        ("skus.csv", "seller-sku\n"),
        ("stock.csv", "seller-sku\n"),
        ("category-rules.csv", ""),
        ("posting-rules.csv", ""),
    ] {
        std::fs::write(folder.path().join(name), table).expect("a writable folder");
    }
    let connection = Connection::from_text(text, folder.path(), |name| Some(format!("the {name}")))
        .unwrap_or_else(|errors| panic!("{errors}"));
    let settings = Settings::parse(&connection.settings).unwrap_or_else(|findings| panic!("{findings:?}"));
    (connection, settings)
}

#[test]
fn the_example_is_a_connection_that_the_plugin_accepts() {
    let (connection, settings) = read(&example());
    assert_eq!(connection.name.as_str(), "acme-uk");
    assert!(settings.vat.registered);
}

#[test]
fn the_commented_keys_are_the_defaults() {
    // Stock is kept in step by whoever names the seller; its other keys are the defaults of that.
    let seller = "stock.seller-id = ";
    let (_, keeps_none) = read(&example());
    let (short, short_settings) = read(&example().replace(&format!("#{seller}"), seller));
    assert_eq!((keeps_none.stock, short_settings.stock.is_some()), (None, true));
    let (long, mut long_settings) = read(&with_every_key());
    assert!(long.settings.len() > short.settings.len() && long.settings.contains_key("vat.scheme"));
    assert_eq!(
        (&long.amazon.endpoint, &long.kashflow.endpoint),
        (&short.amazon.endpoint, &short.kashflow.endpoint)
    );
    assert_eq!(long.amazon.token_endpoint, short.amazon.token_endpoint);
    assert_eq!((long.limits, &long.queues), (short.limits, &short.queues));
    assert_eq!(long.breaker, short.breaker);
    assert_eq!(long.egress.private_networks, short.egress.private_networks);
    assert_eq!(long.state_file.file_name(), short.state_file.file_name());
    long_settings.marketplaces.retain(|id, _| id.as_str() == UNITED_KINGDOM);
    assert_eq!(long_settings, short_settings);
}

#[test]
fn the_example_grants_what_the_plugin_asks_for_and_nothing_else() {
    let (connection, _) = read(&example());
    let granted: BTreeSet<(String, String)> = connection
        .grants
        .iter()
        .flat_map(|grant| grant.methods.iter().map(|method| (grant.host.clone(), method.to_string())))
        .collect();
    let inspected = harness([Path::new("inspect"), plugin(), Path::new("--json")]).json();
    let mut asked = BTreeSet::new();
    for capability in inspected["capabilities"].as_array().expect("the plugin asks for powers") {
        for method in capability["methods"].as_array().expect("each has methods") {
            let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
            asked.insert((text(&capability["host"]), text(method)));
        }
    }
    assert_eq!(granted, asked);
}
