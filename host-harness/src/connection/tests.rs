//! Connection files, whole and broken.

use std::path::Path;
use std::time::Duration;

use http::Method;
use secrecy::ExposeSecret;

use super::Connection;
use crate::gateway::{BreakerThresholds, Pattern};
use crate::limits::Limits;

pub(super) const WHOLE: &str = r#"connection = "acme-uk"

[amazon]
region = "eu"
endpoint = "http://127.0.0.1:8401"
token-endpoint = "http://127.0.0.1:8401/auth/o2/token"
client-id = { env = "AMAZON_CLIENT_ID" }
client-secret = { env = "AMAZON_CLIENT_SECRET" }
refresh-token = { file = "refresh-token" }

[kashflow]
user-name = { env = "KASHFLOW_USER_NAME" }
password = { env = "KASHFLOW_PASSWORD" }

[[grants.http]]
host = "sellingpartnerapi-eu.amazon.com"
methods = ["GET"]
paths = ["/orders/2026-01-01/orders/*"]

[[grants.http]]
host = "securedwebapp.com"
methods = ["POST"]
paths = ["/api/service.asmx"]
soap-actions = ["KashFlow/Get*", "KashFlow/Insert*"]

[grants]
queues = ["alert"]

[limits]
wall-time-ms = 30_000

[settings]
posting.on-status = "shipped"
posting.attempts = 0x10
posting.enabled = true
marketplaces.A1F83G8C2ARO7P.customer-code = "AMAZONUK"
marketplaces.list = ["A1F83G8C2ARO7P", "A1PA6795UKMFR9"]
sku.table = { file = "sku.csv" }
sku.prefix = { env = "SKU_PREFIX" }
"#;

pub(super) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("refresh-token"), "Atzr|refresh\r\n").unwrap();
    std::fs::write(folder.path().join("sku.csv"), "sku,code\nA,1\n").unwrap();
    folder
}

pub(super) fn environment(name: &str) -> Option<String> {
    let value = match name {
        "AMAZON_CLIENT_ID" => "amzn1.client",
        "AMAZON_CLIENT_SECRET" => "client-secret",
        "KASHFLOW_USER_NAME" => "acme",
        "KASHFLOW_PASSWORD" => "password",
        "SKU_PREFIX" => "GB-",
        "PROXY" => "walter:open-sesame",
        "AWS_ACCESS_KEY_ID" => "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY" => "aws-secret-key",
        "WEBHOOK_SECRET" => "secret of the webhook",
        "EMPTY" => "",
        _ => return None,
    };
    Some(value.to_owned())
}

/// What is printed about a file in which one text is replaced by another.
fn problems(from: &str, to: &str) -> String {
    assert!(WHOLE.contains(from), "{from}");
    let folder = folder();
    let errors = Connection::from_text(&WHOLE.replace(from, to), folder.path(), environment)
        .map(|_| ())
        .expect_err("the file is broken");
    errors.to_string().replace(&folder.path().display().to_string(), "FOLDER")
}

#[test]
fn a_whole_file_is_read() {
    let folder = folder();
    let connection = Connection::from_text(WHOLE, folder.path(), environment).unwrap();
    assert_eq!(connection.name.as_str(), "acme-uk");
    assert_eq!(connection.amazon.host, "sellingpartnerapi-eu.amazon.com");
    assert_eq!(connection.amazon.endpoint.as_str(), "http://127.0.0.1:8401/");
    assert_eq!(connection.amazon.refresh_token.expose_secret(), "Atzr|refresh");
    assert_eq!(connection.kashflow.endpoint.as_str(), "https://securedwebapp.com/api/service.asmx");
    assert_eq!(connection.kashflow.user_name.expose_secret(), "acme");
    assert_eq!(connection.state_file, folder.path().join("acme-uk.sqlite"));
    assert_eq!(connection.limits, Limits { wall_time_ms: 30_000, ..Limits::default() });
    assert_eq!(connection.queues.iter().collect::<Vec<_>>(), ["alert"]);
    let [amazon, kashflow] = connection.grants.as_slice() else { panic!("{:?}", connection.grants) };
    assert_eq!((amazon.methods.as_slice(), &amazon.soap_actions), (&[Method::GET][..], &None));
    assert_eq!(kashflow.soap_actions.as_ref().unwrap()[1], Pattern::new("KashFlow/Insert*"));
    let settings: Vec<_> =
        connection.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    assert_eq!(
        settings,
        [
            ("marketplaces.A1F83G8C2ARO7P.customer-code", "AMAZONUK"),
            ("marketplaces.list", "A1F83G8C2ARO7P,A1PA6795UKMFR9"),
            ("posting.attempts", "16"),
            ("posting.enabled", "true"),
            ("posting.on-status", "shipped"),
            ("sku.prefix", "GB-"),
            ("sku.table", "sku,code\nA,1\n"),
        ]
    );
}

#[test]
fn a_connection_prints_no_secret() {
    let folder = folder();
    let connection = Connection::from_text(WHOLE, folder.path(), environment).unwrap();
    let printed = format!("{connection:?}");
    for secret in ["Atzr|refresh", "client-secret", "\"password\"", "amzn1.client", "\"acme\""] {
        assert!(!printed.contains(secret), "{secret}: {printed}");
    }
}

#[test]
fn a_credential_in_the_file_is_refused_and_not_repeated() {
    for literal in ["\"hunter22\"", "22334455", "2233.4455", "[\"hunter22\"]", "{ env = \"hunter-22\" }"] {
        let printed = problems("{ env = \"AMAZON_CLIENT_SECRET\" }", literal);
        assert!(printed.starts_with("connection.toml:8: amazon.client-secret: "), "{printed}");
        assert!(!printed.contains("hunter") && !printed.contains("2233"), "{printed}");
    }
    let printed = problems("{ env = \"KASHFLOW_PASSWORD\" }", "\"hunter22\"");
    assert_eq!(
        printed,
        "connection.toml:13: kashflow.password: a credential must not be written here; it is now known to \
         everyone who can read this file, so replace it at its issuer and write { env = \"NAME\" } or \
         { file = \"PATH\" } (HH-0104)"
    );
}

#[test]
fn each_problem_is_named_with_its_line_key_and_remedy() {
    for (from, to, expected) in [
        (
            "region = \"eu\"",
            "region = \"uk\"",
            "connection.toml:4: amazon.region: the regions are eu, na and fe (HH-0106)",
        ),
        (
            "region = \"eu\"\n",
            "",
            "connection.toml: amazon.region: the region is missing; the United Kingdom is in \"eu\" (HH-0103)",
        ),
        (
            "{ env = \"AMAZON_CLIENT_ID\" }",
            "{ env = \"UNSET\" }",
            "connection.toml:7: amazon.client-id: the environment variable UNSET is not set; set it (HH-0105)",
        ),
        (
            "{ env = \"AMAZON_CLIENT_ID\" }",
            "{ env = \"EMPTY\" }",
            "connection.toml:7: amazon.client-id: the environment variable EMPTY is empty; set it (HH-0105)",
        ),
        (
            "{ file = \"refresh-token\" }",
            "{ file = \"absent\" }",
            "connection.toml:9: amazon.refresh-token: the file FOLDER/absent cannot be read: \
             No such file or directory (os error 2); create it (HH-0105)",
        ),
        (
            "{ file = \"refresh-token\" }",
            "{ file = \"refresh-token\", env = \"EMPTY\" }",
            "connection.toml:9: amazon.refresh-token: either env or file is needed, and not both; \
             write { env = \"NAME\" } or { file = \"PATH\" } (HH-0103)",
        ),
        (
            "http://127.0.0.1:8401\"",
            "http://example.org\"",
            "connection.toml:5: amazon.endpoint: not an address that credentials may be sent to: \
             write https://HOST/PATH, or http:// with a loopback address, without user name and query (HH-0106)",
        ),
        (
            "connection = \"acme-uk\"",
            "connection = \"Acme UK\"",
            "connection.toml:1: connection: a connection name has 1 to 64 characters, lowercase letters, \
             digits and hyphens: for example `acme-uk` (HH-0106)",
        ),
        (
            "user-name =",
            "username =",
            "connection.toml:12: kashflow.username: unknown field `username`, expected one of `endpoint`, \
             `user-name`, `password` (HH-0103)",
        ),
        (
            "methods = [\"GET\"]",
            "methods = \"GET\"",
            "connection.toml:17: grants.http.methods: invalid type: string \"GET\", expected a sequence (HH-0103)",
        ),
        (
            "methods = [\"GET\"]",
            "methods = [\"get\"]",
            "connection.toml:17: grants.http.methods: the methods are GET, HEAD, POST, PUT, PATCH and DELETE (HH-0106)",
        ),
        (
            "host = \"sellingpartnerapi-eu.amazon.com\"",
            "host = \"sellingpartnerapi-na.amazon.com\"",
            "connection.toml:16: grants.http.host: no section leads to this host; the hosts are \
             sellingpartnerapi-eu.amazon.com, securedwebapp.com, report-documents.amazon, feed-documents.amazon (HH-0107)",
        ),
        (
            "paths = [\"/orders/2026-01-01/orders/*\"]\n",
            "",
            "connection.toml:15: grants.http.paths: without paths the grant allows nothing; list them, or \
             remove the grant (HH-0103)",
        ),
        (
            "queues = [\"alert\"]",
            "queues = [\"alert\", \"Alert!\"]",
            "connection.toml:27: grants.queues: a queue has a name of lowercase letters, digits, hyphens and dots (HH-0106)",
        ),
        (
            "wall-time-ms = 30_000",
            "wall-time-ms = 0",
            "connection.toml:30: limits.wall-time-ms: a number from 1 to 110000 is needed (HH-0110)",
        ),
        (
            "posting.enabled = true",
            "posting.rate = 0.2",
            "connection.toml:35: settings.posting.rate: a number with a fraction has no exact value; write it \
             as a string (HH-0108)",
        ),
        (
            "posting.enabled = true",
            "posting.since = 2026-04-01",
            "connection.toml:35: settings.posting.since: write a date or time as a string (HH-0108)",
        ),
        (
            "[\"A1F83G8C2ARO7P\", \"A1PA6795UKMFR9\"]",
            "[\"A1F83G8C2ARO7P\", 7]",
            "connection.toml:37: settings.marketplaces.list: a list holds strings only; write each in \
             quotation marks (HH-0108)",
        ),
        (
            "[\"A1F83G8C2ARO7P\", \"A1PA6795UKMFR9\"]",
            "[\"one,two\"]",
            "connection.toml:37: settings.marketplaces.list: a string with a comma in a list would become two; \
             write it differently (HH-0108)",
        ),
        (
            "{ file = \"sku.csv\" }",
            "{ file = \"absent.csv\" }",
            "connection.toml:38: settings.sku.table: the file FOLDER/absent.csv cannot be read: \
             No such file or directory (os error 2); create it (HH-0109)",
        ),
        (
            "{ env = \"SKU_PREFIX\" }",
            "\"GB\"\n\"sku.prefix\" = \"DE\"",
            "connection.toml:40: settings.sku.prefix: the setting is there twice, in two spellings; remove one (HH-0103)",
        ),
        (
            "[limits]",
            "[limit]",
            "connection.toml:29: limit: there is no such section; the sections are connection, amazon, kashflow, \
             grants, gateway, state, alerts, limits, sources, settings (HH-0103)",
        ),
    ] {
        assert_eq!(problems(from, to), expected, "{to}");
    }
}

/// A whole file with a section for the gateway, on line 46 and after.
fn with_gateway(keys: &str) -> String {
    format!("{WHOLE}\n[gateway]\n{keys}\n")
}

#[test]
fn without_a_section_the_gateway_goes_out_directly_and_to_public_addresses_only() {
    let connection = Connection::from_text(WHOLE, folder().path(), environment).unwrap();
    assert!(connection.egress.proxy.is_none() && connection.egress.private_networks.is_empty());
    assert_eq!(connection.breaker, BreakerThresholds::default());
}

#[test]
fn the_section_of_the_gateway_is_read() {
    let text = with_gateway(
        r#"proxy = "http://proxy.example.org:3128"
proxy-authorization = { env = "PROXY" }
private-networks = ["10.1.0.0/16", "fd00::/8"]
breaker-failures = 3
breaker-open-ms = 1_500
breaker-open-max-ms = 60_000"#,
    );
    let connection = Connection::from_text(&text, folder().path(), environment).unwrap();
    let proxy = connection.egress.proxy.as_ref().unwrap();
    assert_eq!(proxy.address, "http://proxy.example.org:3128/");
    assert_eq!(proxy.credential.as_ref().unwrap().secrets()[1].expose_secret(), "open-sesame");
    let networks: Vec<_> = connection.egress.private_networks.iter().map(ToString::to_string).collect();
    assert_eq!(networks, ["10.1.0.0/16", "fd00::/8"]);
    let (open, open_max) = (Duration::from_millis(1_500), Duration::from_secs(60));
    assert_eq!(connection.breaker, BreakerThresholds { failures: 3, open, open_max });
    assert!(!format!("{connection:?}").contains("open-sesame"));
}

#[test]
fn each_problem_of_the_gateway_is_named_with_its_remedy() {
    let address = "a proxy is written as http://HOST:PORT, and nothing after that (HH-0106)";
    for (keys, expected) in [
        ("proxy = \"proxy.example.org\"", format!("gateway.proxy: {address}")),
        ("proxy = \"https://proxy.example.org\"", format!("gateway.proxy: {address}")),
        ("proxy = \"http://proxy.example.org/path\"", format!("gateway.proxy: {address}")),
        (
            "proxy = \"http://walter:hunter22@proxy.example.org\"",
            "gateway.proxy: a credential must not be written here; it is now known to everyone who can read this \
             file, so replace it, and point to the new one with gateway.proxy-authorization (HH-0104)"
                .to_owned(),
        ),
        (
            "proxy-authorization = { env = \"PROXY\" }",
            "gateway.proxy-authorization: there is no proxy that it could be for; add gateway.proxy, or remove \
             this key (HH-0106)"
                .to_owned(),
        ),
        (
            "proxy = \"http://proxy.example.org\"\nproxy-authorization = { env = \"KASHFLOW_PASSWORD\" }",
            "gateway.proxy-authorization: not the credential of a proxy: it has the form USER:PASSWORD (HH-0106)"
                .to_owned(),
        ),
        (
            "private-networks = [\"10.1.0.0/16\", \"10.1.0.0\"]",
            "gateway.private-networks: a network is written as ADDRESS/BITS: for example \"10.1.0.0/16\" (HH-0106)"
                .to_owned(),
        ),
        (
            "breaker-failures = 0",
            "gateway.breaker-failures: a number from 1 to 1000 is needed (HH-0110)".to_owned(),
        ),
        (
            "breaker-open-ms = 3_600_001",
            "gateway.breaker-open-ms: a number from 1 to 3600000 is needed (HH-0110)".to_owned(),
        ),
        (
            "breaker-open-ms = 200_000",
            "gateway.breaker-open-max-ms: the longest rest is shorter than the first one, \
             gateway.breaker-open-ms (HH-0106)"
                .to_owned(),
        ),
    ] {
        let result = Connection::from_text(&with_gateway(keys), folder().path(), environment);
        let errors = result.map(|_| ()).expect_err(keys).to_string();
        let (place, message) = errors.split_once(": ").unwrap();
        assert_eq!((place.starts_with("connection.toml:4"), message), (true, expected.as_str()), "{errors}");
    }
}

#[test]
fn problems_of_all_sections_come_together_in_the_order_of_lines() {
    let folder = folder();
    let text = WHOLE
        .replace("region = \"eu\"", "region = \"uk\"")
        .replace("user-name =", "username =")
        .replace("wall-time-ms = 30_000", "wall-time-ms = 0")
        .replace("posting.enabled = true", "posting.rate = 0.2");
    let errors = Connection::from_text(&text, folder.path(), environment).map(|_| ()).unwrap_err();
    let lines: Vec<_> = errors.0.iter().map(|problem| problem.position.unwrap().0).collect();
    assert_eq!(lines, [4, 12, 30, 35]);
}

#[test]
fn an_empty_file_names_everything_that_is_needed() {
    let errors = Connection::from_text("", Path::new(""), environment).map(|_| ()).unwrap_err();
    let keys: Vec<_> = errors.0.iter().map(|problem| problem.key.as_str()).collect();
    assert_eq!(keys, ["connection", "amazon", "kashflow"]);
}

#[test]
fn syntax_errors_are_named_by_line_without_the_line_itself() {
    let printed = problems("{ env = \"AMAZON_CLIENT_SECRET\" }", "hunter22 hunter22");
    assert!(printed.starts_with("connection.toml:8: "), "{printed}");
    assert!(printed.contains("HH-0102") && !printed.contains("hunter22"), "{printed}");
}

#[test]
fn a_file_is_loaded_from_its_folder_and_named_as_it_was_given() {
    let folder = folder();
    let path = folder.path().join("acme.toml");
    let errors = Connection::load(&path).map(|_| ()).unwrap_err().to_string();
    assert!(errors.starts_with(&format!("{}: cannot be read: ", path.display())), "{errors}");
    assert!(errors.ends_with("(HH-0101)"), "{errors}");

    std::fs::write(&path, WHOLE.replace("region = \"eu\"", "region = \"uk\"")).unwrap();
    let errors = Connection::load(&path).map(|_| ()).unwrap_err();
    let region = &errors.0[0];
    assert_eq!((region.file.as_path(), region.position), (path.as_path(), Some((4, 10))));
}
