//! `harness holds` and `harness dead-letters`: what a person sees of events that wait, and does with them.

use serde_json::Value;

use super::seller::Seller;
use super::{documented_keys, keys};

/// The ids of the events that are listed.
fn listed(seller: &Seller, command: &str) -> Vec<String> {
    let ran = seller.run_alone(&[command, "list"]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    let events = ran.json()["events"].as_array().cloned().expect("a list of events");
    for event in &events {
        assert!(keys(event).is_subset(&documented_keys("holds list")), "{event}");
    }
    events.iter().map(|event| event["eventId"].as_str().expect("an id").to_owned()).collect()
}

#[test]
fn a_held_event_is_listed_shown_and_released() {
    let seller = Seller::new();
    let event = seller.event();
    let (granted, misspelt) = ("/orders/2026-01-01/orders/*", "/orders/2026-01-01/order/*");
    seller.edit(&[(granted, misspelt)]);
    assert_eq!(seller.run("deliver", &[&event]).exit_code, Some(5));
    // The file may go: what is needed is kept.
    let body = std::fs::read_to_string(&event).expect("the event file");
    std::fs::remove_file(&event).expect("it was there");

    let [id] = &listed(&seller, "holds")[..] else { panic!("one event is held") };
    assert_eq!(listed(&seller, "dead-letters"), Vec::<String>::new());
    let shown = seller.run_alone(&["holds", "show", id, "--body"]).json();
    assert_eq!((&shown["code"], &shown["body"]), (&"KA-0701".into(), &Value::from(body.as_str())));
    let without_body = seller.run_alone(&["holds", "show", id]).json();
    assert_eq!(without_body.get("body"), None, "it can hold personal data");

    let still_held = seller.run("holds", &["release", id]);
    assert_eq!((still_held.exit_code, still_held.json()["ending"].as_str()), (Some(5), Some("held")));
    seller.edit(&[(misspelt, granted)]);
    let released = seller.run("holds", &["release", "--code", "KA-0701"]);
    assert_eq!((released.exit_code, released.json()["ending"].as_str()), (Some(0), Some("completed")));
    assert_eq!((seller.invoices(), listed(&seller, "holds").len()), (1, 0));
}

#[test]
fn a_dead_letter_is_kept_whole_until_it_is_discarded() {
    let seller = Seller::new();
    let truncated = seller.write("truncated.json", "{\"NotificationVersion\": \"1.0\", \"Noti");
    assert_eq!(seller.run("deliver", &[&truncated]).exit_code, Some(6));
    let [id] = &listed(&seller, "dead-letters")[..] else { panic!("one dead letter") };
    let retried = seller.run("dead-letters", &["retry", "--all"]);
    assert_eq!((retried.exit_code, retried.json()["ending"].as_str()), (Some(6), Some("dead-letter")));

    seller.run_alone(&["dead-letters", "discard", id, "misspelt"]).assert_refused(1, &["misspelt", "list"]);
    assert_eq!(listed(&seller, "dead-letters").len(), 1, "nothing is half done");
    assert_eq!(seller.run_alone(&["dead-letters", "discard", id]).json()["discarded"], id.as_str());
    assert_eq!(listed(&seller, "dead-letters").len(), 0);
}

#[test]
fn an_event_that_nobody_holds_and_no_choice_at_all_are_refused() {
    let seller = Seller::new();
    seller
        .run_alone(&["holds", "show", "absent"])
        .assert_refused(1, &["absent is not among the held events"]);
    let nothing_chosen = seller.run("holds", &["release"]);
    assert_eq!(nothing_chosen.exit_code, Some(2), "{}", nothing_chosen.err);
    let none = seller.run("holds", &["release", "--all"]);
    assert_eq!((none.exit_code, none.out.as_str()), (Some(0), ""));
}
