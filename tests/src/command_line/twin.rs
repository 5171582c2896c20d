//! `harness twin`: both services in the foreground, and a folder that leads to them.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{command, documented_keys, harness, keys, plugin};

/// A twin that ends with the test.
struct Running {
    child: Child,
    /// What it said when it was ready; null where it ended instead.
    announced: Value,
}

impl Running {
    fn start(folder: &str, events: &str) -> Running {
        let mut child = command(["twin", "--json", "--orders", "20", "--write", folder, "--events", events])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was just built");
        let mut line = String::new();
        let out = child.stdout.take().expect("it is piped");
        BufReader::new(out).read_line(&mut line).expect("the twin prints text");
        Running { child, announced: serde_json::from_str(&line).unwrap_or_default() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().and_then(|()| self.child.wait()).expect("the twin can be ended");
    }
}

fn get(url: &str) -> String {
    let (authority, path) = url.trim_start_matches("http://").split_once('/').expect("a path");
    let mut stream = TcpStream::connect(authority).expect("the twin listens");
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).expect("the twin reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("the twin answers text");
    answer
}

fn deliver(folder: &Path, event: &str) -> Value {
    let (event, connection) = (folder.join("events").join(event), folder.join("connection.toml"));
    let path = |path: &Path| path.to_str().expect("a path of text").to_owned();
    let (event, connection, plugin) = (path(&event), path(&connection), path(plugin()));
    harness(["deliver", &event, "--json", "--connection", &connection, "--plugin", &plugin]).json()
}

#[test]
fn a_twin_serves_what_it_wrote_and_a_new_one_begins_anew() {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let folder = temporary.path().join("twin");
    let text = folder.to_str().expect("a path of text");
    {
        let twin = Running::start(text, "3");
        assert_eq!(keys(&twin.announced), documented_keys("twin"));
        let soap = twin.announced["kashflow"]["endpoint"].as_str().expect("an endpoint");
        let description = get(&format!("{soap}?WSDL"));
        assert!(description.starts_with("HTTP/1.1 200") && description.contains("InsertInvoice"));
        assert_eq!(twin.announced["connection"], folder.join("connection.toml").to_str().expect("text"));
        for credential in ["clientId", "clientSecret", "refreshToken", "tokenEndpoint", "endpoint"] {
            assert!(twin.announced["amazon"][credential].is_string(), "{credential}");
        }
        assert_eq!(deliver(&folder, "0001.json")["ending"], "completed");
        assert_eq!(deliver(&folder, "0001.json")["ending"], "already-done");
    }
    // Its books are empty again, and the folder must not remember what was posted to the earlier ones.
    let _twin = Running::start(text, "1");
    assert_eq!(deliver(&folder, "0001.json")["ending"], "completed");
    let events = std::fs::read_dir(folder.join("events")).expect("the events are there").count();
    assert_eq!(events, 1);
}

#[test]
fn a_twin_leaves_a_connection_alone_that_is_not_its_own() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("connection.toml");
    std::fs::write(&file, "connection = \"acme-uk\"\n").expect("a writable folder");
    let mut twin = Running::start(folder.path().to_str().expect("a path of text"), "0");
    assert_eq!(twin.announced, Value::Null);
    assert_eq!(twin.child.wait().expect("it ended").code(), Some(1));
    let mut said = String::new();
    twin.child.stderr.take().expect("it is piped").read_to_string(&mut said).expect("text");
    assert!(said.contains("connection.toml") && said.contains("choose another folder"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).expect("the file is there"), "connection = \"acme-uk\"\n");
}
