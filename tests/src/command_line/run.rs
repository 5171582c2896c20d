//! `harness run`: the whole as a process. An event comes in, an invoice stands in the books, and an operator sees
//! it, stops it, and is told what is wrong.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::seller::{CLOSED, Seller};
use super::{Ran, command, documented_keys, keys, plugin};

/// Nothing here takes so long, unless it never happens.
const NEVER: Duration = Duration::from_secs(60);

const SECRET: &str = "the-secret-of-the-webhook";

/// A harness that ends with the test.
struct Running {
    child: Child,
    /// What it said when it was ready; null where it ended instead.
    announced: Value,
}

impl Running {
    fn start(seller: &Seller) -> Running {
        let plugin = plugin().to_str().expect("a path of text");
        let connection = seller.file("connection.toml");
        let arguments =
            ["run", "--json", "--connection", &connection, "--plugin", plugin, "--listen", "127.0.0.1:0"];
        let log = std::fs::File::create(seller.file("log")).expect("a writable folder");
        // All that anything says, so that a secret that anything says is found.
        let mut child = command(arguments)
            .env("HARNESS_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the binary was just built");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("the harness prints text");
        Running { child, announced: serde_json::from_str(&line).unwrap_or_default() }
    }

    /// The whole answer to a request, head and all.
    fn ask(&self, request: &str, path: &str, more: &str) -> String {
        let authority = match request {
            "POST" => self.announced["webhooks"]["twin"].as_str().expect("a webhook"),
            _ => self.announced["operations"].as_str().expect("an address"),
        };
        let authority = authority.trim_start_matches("http://").trim_end_matches('/');
        let mut stream = TcpStream::connect(authority).expect("the harness listens");
        let head = format!("{request} {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n");
        stream.write_all((head + more).as_bytes()).expect("the harness reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("the harness answers text");
        answer
    }

    fn post(&self, secret: &str, body: &str) -> String {
        let length = body.len();
        let more = format!("x-webhook-secret: {secret}\r\nContent-Length: {length}\r\n\r\n{body}");
        self.ask("POST", "/events", &more)
    }

    fn get(&self, path: &str) -> String {
        self.ask("GET", path, "\r\n")
    }

    /// As a service manager does it.
    fn stop(mut self) -> Option<i32> {
        let process = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &process]).status().expect("kill is there").success());
        self.child.wait().expect("it ends").code()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        self.child.kill().and_then(|()| self.child.wait()).ok();
    }
}

fn seller() -> Seller {
    let seller = Seller::new();
    seller.write("secrets/webhook", SECRET);
    seller.edit(&[(
        "[settings]",
        "[sources.webhook]\nlisten = \"127.0.0.1:0\"\nshared-secret = { file = \"secrets/webhook\" }\n\n[settings]",
    )]);
    seller
}

fn until(what: &str, has_happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !has_happened() {
        assert!(start.elapsed() < NEVER, "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn finished(ran: &Ran) -> u64 {
    ran.json()["finished"].as_u64().expect("a count")
}

#[test]
fn an_event_comes_in_becomes_an_invoice_and_is_told_of() {
    let seller = seller();
    let event = std::fs::read_to_string(seller.event()).expect("the event file");
    let running = Running::start(&seller);
    assert_eq!(keys(&running.announced), documented_keys("run"));
    assert!(running.get("/healthz").starts_with("HTTP/1.1 200"));
    until("it is ready", || running.get("/readyz").starts_with("HTTP/1.1 200"));

    assert!(running.post("wrong", &event).starts_with("HTTP/1.1 401"));
    let taken = running.post(SECRET, &event);
    assert!(taken.starts_with("HTTP/1.1 202"), "{taken}");
    let status = || seller.run_alone(&["status"]);
    until("it is delivered", || finished(&status()) == 1);
    assert_eq!(seller.invoices(), 1);
    assert!(running.post(SECRET, &event).contains("\"duplicate\":true"));
    assert_eq!(keys(&status().json()), documented_keys("status"));
    assert_eq!(status().json()["deliveredByProcess"], running.announced["process"].to_string());

    let listed = seller.run_alone(&["events", "list"]).json();
    let listed = &listed["events"][0];
    assert!(keys(listed).is_subset(&documented_keys("events list")), "{listed}");
    let id = listed["eventId"].as_str().expect("an id");
    let story = seller.run_alone(&["events", "show", id]).json();
    assert_eq!(story["history"][0]["ending"], "completed");
    assert_eq!(story["history"][0]["plugin"], running.announced["plugin"]);
    let documents: Vec<_> = story["documents"].as_array().expect("documents").iter().collect();
    assert!(documents.iter().any(|document| document["document"] == "sales-invoice"), "{documents:?}");

    let metrics = running.get("/metrics");
    for line in [
        "kashflow_amazon_events_arrived_total{connection=\"twin\",source=\"amazon-notification\",export=\"on-order\",result=\"stored\"} 1",
        "kashflow_amazon_deliveries_ended_total{connection=\"twin\",export=\"on-order\",ending=\"completed\"} 1",
        "operation=\"InsertInvoice\",result=\"2xx\"} 1",
    ] {
        assert!(metrics.contains(line), "`{line}` is missing in {metrics}");
    }
    let page = running.get("/");
    assert!(page.contains("twin"), "a page for people");
    let log = std::fs::read_to_string(seller.file("log")).expect("a log");
    assert!(log.contains("InsertInvoice"), "it tells of every call: {log}");
    let stories = story.to_string();
    for (name, told) in [("log", &log), ("metrics", &metrics), ("page", &page), ("story", &stories)] {
        seller.assert_discreet(name, told);
    }
    assert_eq!(running.stop(), Some(0));
    assert_eq!(status().json()["deliveredByProcess"], Value::Null);
    assert_eq!(finished(&status()), 1);
}

#[test]
fn what_is_held_is_released_into_the_queue_of_the_harness_that_runs() {
    let seller = seller();
    let event = std::fs::read_to_string(seller.event()).expect("the event file");
    let (granted, misspelt) = ("/orders/2026-01-01/orders/*", "/orders/2026-01-01/order/*");
    seller.edit(&[(granted, misspelt)]);
    let running = Running::start(&seller);
    assert!(running.post(SECRET, &event).starts_with("HTTP/1.1 202"));
    let held = || seller.run_alone(&["holds", "list"]).json()["events"].as_array().expect("a list").len();
    until("it is held", || held() == 1);
    assert_eq!(seller.run_alone(&["status"]).exit_code, Some(3), "a person is needed");
    // Another process must not deliver beside it: what it is given goes into the queue.
    let queued = seller.run("deliver", &[&seller.event()]);
    assert_eq!(
        (queued.exit_code, queued.json()["duplicate"].as_bool()),
        (Some(0), Some(true)),
        "{}",
        queued.err
    );
    let refused = seller.run("run", &["--listen", "127.0.0.1:0"]);
    refused.assert_refused(1, &["HH-0208", &running.announced["process"].to_string()]);
    assert_eq!(running.stop(), Some(0));

    seller.edit(&[(misspelt, granted)]);
    let running = Running::start(&seller);
    let released = seller.run("holds", &["release", "--all"]);
    assert_eq!(released.exit_code, Some(0), "{}", released.err);
    assert!(released.json()["queued"].is_string());
    until("it is delivered", || seller.invoices() == 1);
    until("it waits no more", || held() == 0);
    assert_eq!(running.stop(), Some(0));
}

#[test]
fn an_event_that_waits_for_a_later_time_can_be_hurried() {
    let seller = Seller::new();
    let endpoint = seller.pair.kashflow.url();
    seller.edit(&[(&endpoint, &format!("{CLOSED}/api/service.asmx"))]);
    let retry = seller.run("deliver", &[&seller.event()]);
    assert_eq!(retry.exit_code, Some(4), "{}", retry.err);
    let delayed = || seller.run_alone(&["status"]).json()["delayed"] == 1;
    assert!(delayed());
    let hurried = seller.run_alone(&["events", "hurry", "--all"]).json();
    assert_eq!((keys(&hurried), &hurried["hurried"]), (documented_keys("events hurry"), &1.into()));
    assert!(!delayed());
    seller.run_alone(&["events", "hurry", "absent"]).assert_refused(1, &["absent does not wait"]);
}

#[test]
fn orders_that_no_notification_told_of_are_found_by_a_sweep() {
    let seller = Seller::new();
    // The world of the twins is months old to this process: the first sweep has to look that far back.
    seller.edit(&[(
        "[settings]",
        "[[sources.schedule]]\ncron = \"0 * * * *\"\nevent = \"sweep-orders\"\n\n[settings]\nsweep.first-days = 730",
    )]);
    let to_post = seller.orders_to_post();
    assert!(to_post > 5, "{to_post} orders");
    let running = Running::start(&seller);
    until("every order is in the books", || seller.invoices() == to_post);
    until("nothing is left to do", || {
        let status = seller.run_alone(&["status"]).json();
        ["ready", "delayed", "inWork"].iter().all(|state| status[state] == 0)
    });
    assert_eq!(running.stop(), Some(0));
    assert_eq!(seller.invoices(), to_post);
}

#[test]
fn what_an_operator_gets_wrong_is_named_and_nothing_starts() {
    let seller = seller();
    let absent = seller.file("absent.toml");
    super::harness(["run", "--connection", &absent]).assert_refused(1, &["absent.toml", "HH-0101"]);
    super::harness(["run"]).assert_refused(2, &["--connection"]);
    let refused = seller.run("run", &["--listen", "0.0.0.0:0"]);
    refused.assert_refused(1, &["HH-0601", "--allow-remote"]);
    let no_plugin = seller.write("no-plugin.wasm", "no plugin");
    let connection = seller.file("connection.toml");
    super::harness(["run", "--connection", &connection, "--plugin", &no_plugin])
        .assert_refused(1, &["HH-0302"]);
    seller.edit(&[("methods = [\"GET\"]", "methods = [\"HEAD\"]")]);
    let refused = seller.run("run", &["--listen", "127.0.0.1:0"]);
    refused.assert_refused(1, &["HH-0307", "GET sellingpartnerapi-eu.amazon.com"]);
}
