//! A component that does what the body of its delivery says, so that a test can have a plugin misbehave.
//!
//! The body is one line: a command and its words, parted by single spaces. What came of it is the message
//! of the only finding. Deliberately absent: everything that the real plugin knows.

mod bindings {
    wit_bindgen::generate!({
        world: "plugin",
        path: "../../wit",
        with: {
            "wasi:clocks/monotonic-clock@0.2.12": ::wasi::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.12": ::wasi::clocks::wall_clock,
            "wasi:config/store@0.2.0-rc.1": generate,
            "wasi:http/outgoing-handler@0.2.12": ::wasi::http::outgoing_handler,
            "wasi:http/types@0.2.12": ::wasi::http::types,
            "wasi:io/error@0.2.12": ::wasi::io::error,
            "wasi:io/poll@0.2.12": ::wasi::io::poll,
            "wasi:io/streams@0.2.12": ::wasi::io::streams,
            "clarity:ipaas/log@0.1.0": generate,
            "clarity:ipaas/queue@0.1.0": generate,
            "clarity:ipaas/state@0.1.0": generate,
        },
    });
}

use std::hint::black_box;
use std::io::Read;

use bindings::clarity::ipaas::{log, state};
use bindings::clarity::kashflow_amazon::types::{Delay, Delivery, Disposition, Failure, Finding, Outcome};
use bindings::exports::clarity::kashflow_amazon::{events, lifecycle};
use wasi::http::outgoing_handler;
use wasi::http::types::{ErrorCode, Fields, Method, OutgoingBody, OutgoingRequest, Scheme};

const MEBIBYTE: usize = 1024 * 1024;

struct Guest;

fn carry_out(script: &str) -> String {
    match script.split(' ').collect::<Vec<_>>().as_slice() {
        ["panic", words @ ..] => panic!("{}", words.join(" ")),
        ["loop"] => loop {
            black_box(());
        },
        ["grow"] => grow(),
        ["exit"] => std::process::exit(3),
        ["retry", _] => "came again".to_owned(),
        ["get", keys @ ..] => {
            each(keys, |key| format!("{:?}", state::get(key).map(|entry| entry.map(value))))
        }
        ["create", keys @ ..] => each(keys, |key| format!("{:?}", state::create(key, b"by the guest", None))),
        ["http", method, host, path] => http(method, host, path, ""),
        ["http", method, host, path, body] => http(method, host, path, body),
        ["log", words @ ..] => {
            log::emit(log::Level::Warn, &words.join(" "), &[]);
            "logged".to_owned()
        }
        ["surroundings"] => surroundings(),
        #[cfg(feature = "excess")]
        ["file", path] => format!("{:?}", std::fs::read(path)),
        #[cfg(feature = "excess")]
        ["socket", address] => format!("{:?}", std::net::TcpStream::connect(*address)),
        _ => panic!("there is no such command: {script}"),
    }
}

fn each(keys: &[&str], call: impl Fn(&str) -> String) -> String {
    keys.iter().map(|key| call(key)).collect::<Vec<_>>().join(" ")
}

fn value(entry: state::Entry) -> String {
    String::from_utf8_lossy(&entry.value).into_owned()
}

fn grow() -> ! {
    let mut blocks = Vec::new();
    loop {
        blocks.push(vec![1_u8; MEBIBYTE]);
        black_box(&blocks);
    }
}

/// Environment, arguments and input: what a process on a machine would have.
fn surroundings() -> String {
    let (variables, arguments) = (std::env::vars_os().count(), std::env::args_os().count());
    let mut input = Vec::new();
    let read = std::io::stdin().read_to_end(&mut input);
    format!("{variables} variables, {arguments} arguments, input {read:?}")
}

/// A request: the status of its answer, or the error.
fn http(method: &str, host: &str, path: &str, body: &str) -> String {
    match exchange(method, host, path, body) {
        Ok(status) => status.to_string(),
        Err(error) => format!("{error:?}"),
    }
}

fn exchange(method: &str, host: &str, path: &str, content: &str) -> Result<u16, ErrorCode> {
    let request = OutgoingRequest::new(Fields::new());
    request.set_method(&Method::Other(method.to_owned())).expect("a test names a sound method");
    request.set_scheme(Some(&Scheme::Https)).expect("this scheme is always taken");
    request.set_authority(Some(host)).expect("a test names a sound host");
    request.set_path_with_query(Some(path)).expect("a test names a sound path");
    let body = request.body().expect("a new request still has its body");
    let future = outgoing_handler::handle(request, None)?;
    if !content.is_empty() {
        let stream = body.write().expect("the body is written for the first time");
        stream.blocking_write_and_flush(content.as_bytes()).expect("the host takes in a body to its end");
    }
    OutgoingBody::finish(body, None)?;
    future.subscribe().block();
    let answer = future.get().expect("it was waited for").expect("it is taken for the first time");
    answer.map(|response| response.status())
}

fn outcome(delivery: Delivery) -> Result<Outcome, Failure> {
    let script = String::from_utf8(delivery.body).expect("a script is text");
    // Only the first delivery: the one that comes again is done.
    if let Some(milliseconds) = script.strip_prefix("retry ")
        && delivery.attempt == 1
    {
        let after_ms = milliseconds.parse().expect("a test gives a number");
        return Err(Failure::Retry(Delay { after_ms, reason: "as told".to_owned() }));
    }
    let finding = Finding { code: "GUEST".to_owned(), message: carry_out(&script), subject: script };
    Ok(Outcome { disposition: Disposition::Completed, effects: Vec::new(), findings: vec![finding] })
}

impl events::Guest for Guest {
    fn on_order(delivery: Delivery) -> Result<Outcome, Failure> {
        outcome(delivery)
    }

    fn on_financial_event(delivery: Delivery) -> Result<Outcome, Failure> {
        outcome(delivery)
    }

    fn on_inventory(delivery: Delivery) -> Result<Outcome, Failure> {
        outcome(delivery)
    }
}

impl lifecycle::Guest for Guest {
    fn describe() -> lifecycle::Description {
        lifecycle::Description {
            name: "guest".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            subscriptions: Vec::new(),
            capabilities: Vec::new(),
        }
    }

    fn check_connection() -> Vec<Finding> {
        Vec::new()
    }
}

bindings::export!(Guest with_types_in bindings);
