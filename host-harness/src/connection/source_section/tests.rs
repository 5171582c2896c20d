//! The section of the sources, whole and broken.

use crate::connection::tests::{WHOLE, environment, folder};
use crate::connection::{Connection, Sources, WebhookSecret};
use crate::redactor::REDACTED;
use crate::runtime::redactor;
use crate::source::{ScheduledEvent, TimeZone, Timetable};
use secrecy::ExposeSecret;

const SOURCES: &str = r#"
[sources.sqs]
queue-url = "https://sqs.eu-west-1.amazonaws.com/123456789012/orders"
region = "eu-west-1"
endpoint = "http://127.0.0.1:5000"
access-key-id = { env = "AWS_ACCESS_KEY_ID" }
secret-access-key = { env = "AWS_SECRET_ACCESS_KEY" }
receivers = 2

[sources.directory]
path = "events"
poll-ms = 500

[[sources.schedule]]
cron = "*/15 * * * *"
event = "sweep-orders"

[[sources.schedule]]
cron = "30 3 * * *"
event = "sweep-stock"
timezone = "Europe/London"

[sources.webhook]
listen = "0.0.0.0:8471"
allow-remote = true
path = "/amazon"
hmac-secret = { env = "WEBHOOK_SECRET" }
"#;

fn read(sources: &str) -> Result<Connection, String> {
    let folder = folder();
    Connection::from_text(&format!("{WHOLE}{sources}"), folder.path(), environment)
        .map_err(|errors| errors.to_string().replace("connection.toml:", ""))
}

fn sources(text: &str) -> Sources {
    read(text).unwrap_or_else(|problems| panic!("{problems}")).sources
}

/// What is printed about the section in which one text is replaced by another, without the number of the line.
fn problem(from: &str, to: &str) -> String {
    assert!(SOURCES.contains(from), "{from}");
    let problems = read(&SOURCES.replacen(from, to, 1)).map(|_| ()).expect_err("the section is broken");
    let (line, problem) = problems.split_once(": ").expect("a line");
    assert!(line.parse::<usize>().is_ok_and(|line| line > WHOLE.lines().count()), "{problems}");
    problem.to_owned()
}

#[test]
fn every_source_is_read() {
    let sources = sources(SOURCES);
    let sqs = sources.sqs.expect("it is configured");
    assert_eq!(sqs.queue_url.as_str(), "https://sqs.eu-west-1.amazonaws.com/123456789012/orders");
    assert_eq!((sqs.region.as_str(), sqs.receivers), ("eu-west-1", 2));
    assert_eq!(sqs.endpoint.expect("it is configured").as_str(), "http://127.0.0.1:5000/");
    assert_eq!(sqs.credentials.expect("they are").secret_access_key.expose_secret(), "aws-secret-key");
    let directory = sources.directory.expect("it is configured");
    assert!(directory.path.is_absolute() && directory.path.ends_with("events"));
    assert_eq!(directory.poll_ms, 500);
    let [often, nightly] = &sources.schedules[..] else { panic!("{:?}", sources.schedules) };
    assert_eq!(often.timetable, Timetable::parse("*/15 * * * *", TimeZone::Utc).unwrap());
    assert_eq!(nightly.timetable, Timetable::parse("30 3 * * *", TimeZone::London).unwrap());
    assert_eq!((often.event, nightly.event), (ScheduledEvent::SweepOrders, ScheduledEvent::SweepStock));
    let webhook = sources.webhook.expect("it is configured");
    assert_eq!((webhook.listen.to_string().as_str(), webhook.path.as_str()), ("0.0.0.0:8471", "/amazon"));
    assert!(matches!(webhook.secret, WebhookSecret::Hmac(_)));
}

#[test]
fn every_source_is_optional_and_so_are_most_keys() {
    let none = sources("");
    assert!(none.sqs.is_none() && none.directory.is_none() && none.webhook.is_none());
    assert!(none.schedules.is_empty());
    let short = sources(
        r#"
        [sources]
        sqs = { queue-url = "https://sqs.eu-west-1.amazonaws.com/1/q", region = "eu-west-1" }
        directory = { path = "/var/events" }
        webhook = { shared-secret = { env = "WEBHOOK_SECRET" } }
        "#,
    );
    let sqs = short.sqs.expect("it is configured");
    assert!(sqs.credentials.is_none() && sqs.endpoint.is_none() && sqs.receivers == 1);
    assert_eq!(short.directory.expect("it is configured").poll_ms, 1_000);
    let webhook = short.webhook.expect("it is configured");
    assert_eq!((webhook.listen.to_string().as_str(), webhook.path.as_str()), ("127.0.0.1:8470", "/events"));
    assert!(matches!(webhook.secret, WebhookSecret::Shared(_)));
}

#[test]
fn secrets_of_sources_are_kept_out_of_logs() {
    let connection = read(SOURCES).unwrap();
    let printed = format!("{connection:?}");
    let redactor = redactor(&connection);
    for secret in ["AKIAEXAMPLE", "aws-secret-key", "secret of the webhook"] {
        assert!(!printed.contains(secret), "{printed}");
        assert_eq!(redactor.redact(secret), REDACTED);
    }
}

#[test]
fn each_problem_is_named_with_its_key_and_remedy() {
    for (from, to, expected) in [
        (
            "queue-url = \"https://sqs.eu-west-1.amazonaws.com/123456789012/orders\"\n",
            "",
            "sources.sqs.queue-url: the queue is missing; its URL stands in the SQS console (HH-0103)",
        ),
        (
            "https://sqs.eu-west-1.amazonaws.com/123456789012/orders",
            "http://sqs.test/1/orders",
            "sources.sqs.queue-url: not an address that credentials may be sent to: write https://HOST/PATH, \
             or http:// with a loopback address, without user name and query (HH-0106)",
        ),
        (
            "region = \"eu-west-1\"\n",
            "",
            "sources.sqs.region: the region is missing; it stands in the URL of the queue: for example \
             \"eu-west-1\" (HH-0103)",
        ),
        (
            "{ env = \"AWS_SECRET_ACCESS_KEY\" }",
            "\"aws-secret-key\"",
            "sources.sqs.secret-access-key: a credential must not be written here; it is now known to \
             everyone who can read this file, so replace it at its issuer and write { env = \"NAME\" } or \
             { file = \"PATH\" } (HH-0104)",
        ),
        (
            "receivers = 2",
            "receivers = 11",
            "sources.sqs.receivers: a number from 1 to 10 is needed (HH-0106)",
        ),
        (
            "path = \"events\"\n",
            "",
            "sources.directory.path: the folder is missing; name the one in which events are dropped (HH-0103)",
        ),
        (
            "poll-ms = 500",
            "poll-ms = 99",
            "sources.directory.poll-ms: a number from 100 to 60000 is needed (HH-0106)",
        ),
        (
            "cron = \"*/15 * * * *\"",
            "cron = \"hourly\"",
            "sources.schedule.cron: a cron expression has five fields, minute, hour, day of the month, month \
             and day of the week: for example \"*/15 * * * *\" (HH-0106)",
        ),
        (
            "cron = \"*/15 * * * *\"\n",
            "",
            "sources.schedule.cron: the times are missing; for example cron = \"*/15 * * * *\" (HH-0103)",
        ),
        (
            "event = \"sweep-orders\"",
            "event = \"sweep-books\"",
            "sources.schedule.event: what is known here: sweep-orders, sweep-stock (HH-0106)",
        ),
        (
            "event = \"sweep-orders\"\n",
            "",
            "sources.schedule.event: the event is missing; for example event = \"sweep-orders\" (HH-0103)",
        ),
        (
            "Europe/London",
            "Europe/Berlin",
            "sources.schedule.timezone: what is known here: UTC, Europe/London (HH-0106)",
        ),
        (
            "allow-remote = true\n",
            "",
            "sources.webhook.listen: other machines can reach this address; if they are to, set \
             allow-remote = true, and put something in front of it that speaks TLS (HH-0106)",
        ),
        (
            "listen = \"0.0.0.0:8471\"",
            "listen = \"localhost\"",
            "sources.webhook.listen: an address and a port are needed: for example \"127.0.0.1:8470\" (HH-0106)",
        ),
        (
            "path = \"/amazon\"",
            "path = \"/{amazon}\"",
            "sources.webhook.path: a path begins with / and has letters, digits, and -._~/ only (HH-0106)",
        ),
        (
            "hmac-secret = { env = \"WEBHOOK_SECRET\" }\n",
            "",
            "sources.webhook: either shared-secret or hmac-secret is needed, and not both (HH-0103)",
        ),
        (
            "hmac-secret =",
            "shared-secret = { env = \"WEBHOOK_SECRET\" }\nhmac-secret =",
            "sources.webhook: either shared-secret or hmac-secret is needed, and not both (HH-0103)",
        ),
        (
            "env = \"WEBHOOK_SECRET\"",
            "env = \"KASHFLOW_PASSWORD\"",
            "sources.webhook.hmac-secret: this secret is too short to keep anybody out; take 16 characters or \
             more (HH-0106)",
        ),
        (
            "receivers = 2",
            "receiver = 2",
            "sources.sqs.receiver: unknown field `receiver`, expected one of `queue-url`, `region`, `endpoint`, \
             `access-key-id`, `secret-access-key`, `receivers` (HH-0103)",
        ),
    ] {
        assert_eq!(problem(from, to), expected, "{to}");
    }
}

#[test]
fn half_an_access_key_is_none() {
    let removed = "secret-access-key = { env = \"AWS_SECRET_ACCESS_KEY\" }\n";
    let problems = read(&SOURCES.replace(removed, "")).map(|_| ()).unwrap_err();
    assert!(problems.contains("sources.sqs.secret-access-key: the credential is missing"), "{problems}");
}
