//! `harness deliver`: once each, with an exit code for each ending, and nothing delivered where something
//! is wrong beforehand.

use host_harness::store::Waits;
use serde_json::Value;

use super::seller::{CLOSED, Seller};
use super::{Ran, documented_keys, keys};

/// The ending of each delivery, a line of JSON each.
fn endings(ran: &Ran) -> Vec<String> {
    let documented = documented_keys("deliver");
    let ending = |line| {
        let result: Value = serde_json::from_str(line).expect("a line of JSON");
        assert!(keys(&result).is_subset(&documented), "{line}");
        result["ending"].as_str().expect("an ending").to_owned()
    };
    ran.out.lines().map(ending).collect()
}

#[test]
fn an_event_is_posted_once() {
    let seller = Seller::new();
    let event = seller.event();
    let first = seller.run("deliver", &[&event]);
    assert_eq!((first.exit_code, first.err.as_str()), (Some(0), ""));
    let result = first.json();
    assert_eq!(result["ending"], "completed");
    assert_eq!(result["file"], event.as_str());
    let invoice = result["effects"].as_array().and_then(|effects| effects.last()).expect("an invoice");
    assert_eq!(invoice["document"], "sales-invoice");
    assert_eq!(seller.invoices(), 1);

    let second = seller.run("deliver", &[&event]);
    assert_eq!((second.exit_code, endings(&second)), (Some(0), vec!["already-done".to_owned()]));
    assert_eq!(second.json()["effects"][0]["number"], invoice["number"]);
    assert_eq!(seller.invoices(), 1);
}

#[test]
fn of_several_events_each_is_delivered_and_the_worst_decides() {
    let seller = Seller::new();
    let whole = seller.event();
    let truncated = seller.write("truncated.json", "{\"NotificationVersion\": \"1.0\", \"Noti");
    let ran = seller.run("deliver", &[&truncated, &whole]);
    assert_eq!(
        (ran.exit_code, endings(&ran)),
        (Some(6), vec!["dead-letter".to_owned(), "completed".to_owned()])
    );
    assert!(ran.out.contains("KA-0101"), "{}", ran.out);
    assert_eq!(seller.invoices(), 1);
}

#[test]
fn a_missing_event_file_keeps_all_from_being_delivered() {
    let seller = Seller::new();
    let event = seller.event();
    seller
        .run("deliver", &[&event, "absent.json"])
        .assert_refused(1, &["absent.json", "nothing was delivered"]);
    assert_eq!(seller.invoices(), 0);
}

#[test]
fn a_broken_connection_file_is_refused_by_line_and_code() {
    let seller = Seller::new();
    let event = seller.event();
    let refused = |words: &[&str]| seller.run("deliver", &[&event]).assert_refused(1, words);
    seller.edit(&[("vat.registered = true", "vat.registered = yes")]);
    let connection = std::fs::read_to_string(seller.file("connection.toml")).expect("the file is there");
    let line = connection.lines().position(|line| line.starts_with("vat.registered")).expect("it is there");
    refused(&[&format!("connection.toml:{}: ", line + 1), "HH-0102"]);

    seller.edit(&[("vat.registered = yes", "vat.registered = true"), ("region = \"eu\"", "region = \"uk\"")]);
    seller.edit(&[("methods = [\"POST\"]", "methods = [\"post\"]")]);
    refused(&["amazon.region", "HH-0106", "grants.http.methods"]);

    std::fs::remove_file(seller.file("connection.toml")).expect("it was there");
    refused(&["connection.toml", "HH-0101"]);
    assert_eq!(seller.invoices(), 0);
}

#[test]
fn a_credential_in_the_connection_file_is_refused_and_not_repeated() {
    let seller = Seller::new();
    let event = seller.event();
    seller.edit(&[("{ file = \"secrets/kashflow-password\" }", "\"hunter2-hunter2\"")]);
    let ran = seller.run("deliver", &[&event]);
    ran.assert_refused(1, &["kashflow.password", "HH-0104"]);
    assert!(!ran.err.contains("hunter2"), "{}", ran.err);
}

#[test]
fn a_service_that_refuses_the_connection_is_tried_again_later() {
    let seller = Seller::new();
    let event = seller.event();
    let endpoint = format!("endpoint = \"{}\"", seller.pair.amazon.endpoint());
    seller.edit(&[(&endpoint, &format!("endpoint = \"{CLOSED}\""))]);
    let ran = seller.run("deliver", &[&event]);
    assert_eq!((ran.exit_code, endings(&ran)), (Some(4), vec!["retry".to_owned()]));
    assert!(ran.json()["afterMs"].as_u64().is_some_and(|after_ms| after_ms > 0), "{}", ran.out);
    assert!(ran.out.contains("KA-0702"), "{}", ran.out);
}

#[test]
fn what_a_person_must_correct_is_held_until_it_is() {
    let seller = Seller::new();
    let event = seller.event();
    let (granted, misspelt) = ("/orders/2026-01-01/orders/*", "/orders/2026-01-01/order/*");
    seller.edit(&[(granted, misspelt)]);
    let ran = seller.run("deliver", &[&event]);
    assert_eq!((ran.exit_code, endings(&ran)), (Some(5), vec!["held".to_owned()]));
    assert_eq!(ran.finding_codes(), ["KA-0701"]);
    assert_eq!(seller.invoices(), 0);

    // Nothing of it is lost: the file may go, the event is kept.
    let [parked] = &seller.parked(Waits::Held)[..] else { panic!("one event waits") };
    assert_eq!(parked.arrived.body, std::fs::read(&event).expect("the event file"));
    let reason = parked.reason.as_ref().expect("it says why");
    assert_eq!((reason.code.as_str(), parked.attempt), ("KA-0701", 1));
    assert!(reason.message.contains("grant this host, method and path"), "{}", reason.message);

    seller.edit(&[(misspelt, granted)]);
    assert_eq!(seller.run("deliver", &[&event]).exit_code, Some(0));
    assert_eq!(seller.invoices(), 1);
    assert_eq!(seller.parked(Waits::Held), []);
}
