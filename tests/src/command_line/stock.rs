//! `harness stock diff`: both sides are shown as they are, brought in step where a person asks for it, and what keeps
//! them from being compared is named.

use std::collections::BTreeMap;

use host_harness::store::StoreLock;
use host_harness::twin::amazon::fault::{Fault, When};
use host_harness::twin::amazon::operation::OperationId;
use host_harness::twin::world::stock::FbaCounts;
use serde_json::{Value, json};

use super::seller::{CLOSED, Seller};
use super::{Ran, documented_keys, harness, keys};

const DIFF: [&str; 2] = ["stock", "diff"];

fn diff(seller: &Seller) -> Ran {
    let ran = seller.run_alone(&DIFF);
    assert_eq!(ran.err, "", "{}", ran.out);
    ran
}

/// The same as a person reads it.
fn read(seller: &Seller, more: &[&str]) -> Ran {
    let connection = seller.file("connection.toml");
    harness(DIFF.iter().chain(more).copied().chain(["--connection", &connection]))
}

fn skus(ran: &Ran) -> Vec<Value> {
    ran.json()["skus"].as_array().expect("a list").clone()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A seller of whose goods none waits for a person.
fn seller() -> Seller {
    let seller = Seller::patient();
    for sku in skus(&diff(&seller)).iter().filter(|sku| !sku["finding"].is_null()) {
        seller.pair.amazon.hide_fba_stock(text(&sku["sku"]));
        seller.pair.amazon.remove_listing(text(&sku["sku"]));
    }
    seller
}

/// What KashFlow counts, by product.
fn levels(seller: &Seller) -> BTreeMap<String, i64> {
    let products = seller.pair.kashflow.books().products().into_iter();
    products.map(|product| (product.code, product.quantity_in_stock.into())).collect()
}

#[test]
fn both_sides_are_shown_as_they_are_and_left_so() {
    let seller = Seller::patient();
    let (books, offers) = (levels(&seller), seller.pair.amazon.stock_positions());
    let ran = diff(&seller);
    let skus = skus(&ran);
    let all_keys = keys(&ran.json()).into_iter().chain(keys(&skus[0])).collect();
    assert_eq!((ran.exit_code, documented_keys("stock diff")), (Some(3), all_keys), "{}", ran.out);
    assert!(skus.len() > 20, "{} SKUs", skus.len());
    let mut owners = BTreeMap::new();
    for line in &skus {
        let sku = text(&line["sku"]);
        *owners.entry((text(&line["fulfilment"]), text(&line["owner"]))).or_insert(0) += 1;
        let truth = match text(&line["fulfilment"]) {
            "amazon" => seller.pair.amazon.fba_stock(sku).map(|counts| counts.fulfillable),
            _ => seller.pair.amazon.listing(sku).and_then(|listing| listing.quantity()),
        };
        assert_eq!(line["atAmazon"], json!(truth), "{line}");
        if let Some(units) = line["inBooks"].as_i64() {
            assert_eq!(books.get(text(&line["product"])), Some(&units), "{line}");
            assert_eq!(line["lastWriter"], "other", "nothing was ever written: {line}");
        }
        // Nothing is promised, held back or sold twice in this world: the sides differ by their numbers.
        let differs = line["atAmazon"] != line["inBooks"] && line["finding"].is_null();
        assert_eq!(!line["changeTo"].is_null(), differs, "{line}");
    }
    assert_eq!(owners.keys().copied().collect::<Vec<_>>(), [("amazon", "amazon"), ("merchant", "kashflow")]);
    let count = |key: &str| ran.json()[key].as_u64().expect("a count");
    assert_eq!(count("inStep") + count("toChange") + count("waiting"), skus.len() as u64);
    assert!(count("toChange") > 0 && count("inStep") > 0, "{}", ran.out);

    assert_eq!((levels(&seller), seller.pair.amazon.stock_positions()), (books, offers));
    assert!(!seller.state_file().exists(), "looking leaves nothing behind");
}

#[test]
fn what_differs_is_brought_in_step_and_a_second_look_says_so() {
    let seller = seller();
    let before = skus(&diff(&seller));
    let to_change = |owner: &str| -> Vec<Value> {
        let of_owner = |line: &&Value| line["owner"] == owner && !line["changeTo"].is_null();
        before.iter().filter(of_owner).cloned().collect()
    };
    let (levels_to_write, offers_to_send) = (to_change("amazon"), to_change("kashflow"));
    assert!(!levels_to_write.is_empty() && !offers_to_send.is_empty());

    let applied = seller.run("stock", &["diff", "--apply"]);
    assert_eq!((applied.exit_code, applied.err.as_str()), (Some(0), ""), "{}", applied.out);
    let (shown, done) = applied.out.split_once('\n').expect("two lines of JSON");
    let read = |line: &str| -> Value { serde_json::from_str(line).expect("JSON") };
    assert_eq!(read(shown)["skus"], json!(before));
    let done = read(done);
    assert!(keys(&done).is_subset(&documented_keys("stock diff --apply")), "{done}");
    assert_eq!(done["ending"], "completed");
    let effects = done["effects"].as_array().expect("effects");
    assert_eq!(effects.len(), levels_to_write.len() + offers_to_send.len(), "{done}");

    let levels = levels(&seller);
    for line in &levels_to_write {
        assert_eq!(levels.get(text(&line["product"])).copied(), line["changeTo"].as_i64(), "{line}");
    }
    let second = diff(&seller);
    let result = second.json();
    assert_eq!((second.exit_code, &result["toChange"], &result["waiting"]), (Some(0), &json!(0), &json!(0)));
    assert_eq!(result["inStep"], before.len());
    let written = skus(&second).into_iter().filter(|line| line["lastWriter"] == "plugin").count();
    assert_eq!(written, levels_to_write.len());
    // Amazon has accepted the quantities and shows them later.
    let sent = read_all(&seller);
    assert_eq!(sent.matches("to Amazon").count(), offers_to_send.len(), "{sent}");
    let on_their_way = skus(&second).into_iter().filter(|line| !line["onItsWay"].is_null()).count();
    assert_eq!(on_their_way, offers_to_send.len());

    seller.clock.advance_ms(60_000);
    for line in &offers_to_send {
        let offer = seller.pair.amazon.listing(text(&line["sku"])).and_then(|listing| listing.quantity());
        assert_eq!(offer.map(i64::from), line["changeTo"].as_i64(), "{line}");
    }
    assert_eq!(seller.pair.amazon.conversions(), 0);
    assert!(!read_all(&seller).contains("to Amazon"));
}

fn read_all(seller: &Seller) -> String {
    let ran = read(seller, &["--all"]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    ran.out
}

#[test]
fn a_person_reads_what_differs_and_what_waits() {
    let seller = seller();
    seller.pair.amazon.put_fba_stock("NOBODY-KNOWS-IT", FbaCounts::fulfillable(3));
    let result = diff(&seller).json();
    let ran = read(&seller, &[]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(3), ""));
    assert!(ran.out.lines().filter(|line| line.contains('┆')).all(|line| line.chars().count() <= 80));
    let lines: Vec<&str> = ran.out.lines().collect();
    let (in_step, to_change) = (&result["inStep"], &result["toChange"]);
    let all = result["skus"].as_array().expect("a list").len();
    let expected = format!("{all} SKUs: {in_step} in step, {to_change} to change, 1 waits for a person");
    assert_eq!(lines.last(), Some(&expected.as_str()), "{}", ran.out);
    let left_out = format!("{in_step} that are in step are left out; `--all` shows them");
    assert!(lines.contains(&left_out.as_str()), "{}", ran.out);
    assert!(lines.iter().any(|line| line.starts_with("KA-0902 NOBODY-KNOWS-IT: ")), "{}", ran.out);
    for word in ["sent by", "last writer", "somebody else", "merchant", "KashFlow", "waits", " → "] {
        assert!(ran.out.contains(word), "`{word}` is missing in: {}", ran.out);
    }
    let everything = read(&seller, &["--all"]).out;
    assert!(everything.lines().count() > lines.len() && everything.contains('—'), "{everything}");
}

#[test]
fn a_harness_that_runs_is_given_the_sweep() {
    let seller = Seller::patient();
    let _lock = StoreLock::take(&seller.state_file()).expect("nobody delivers");
    let queued = seller.run("stock", &["diff", "--apply"]);
    assert_eq!((queued.exit_code, queued.err.as_str()), (Some(0), ""));
    let last = queued.out.lines().last().expect("a line");
    let id = serde_json::from_str::<Value>(last).expect("JSON")["queued"].clone();
    assert!(text(&id).starts_with("schedule/by-hand/"), "{id}");
    let listed = seller.run_alone(&["events", "list"]).json();
    let event = &listed["events"][0];
    assert_eq!((&event["eventId"], &event["export"]), (&id, &json!("on-inventory")));
    assert_eq!((&event["stand"], &event["orderingKey"]), (&json!("waiting"), &json!("sweep/stock")));
}

#[test]
fn an_amazon_that_asks_for_patience_is_given_it() {
    let seller = Seller::patient();
    let faults = seller.pair.amazon.faults();
    faults.inject(Some(OperationId::SearchListingsItems), When::Next(1), Fault::QuotaExceeded);
    assert!(!skus(&diff(&seller)).is_empty());
}

#[test]
fn what_keeps_the_sides_from_being_compared_is_named() {
    let seller = Seller::patient();
    let absent = seller.file("absent.toml");
    harness(DIFF.iter().copied().chain(["--connection", &absent]))
        .assert_refused(1, &["absent.toml", "HH-0101"]);
    let refused = |words: &[&str]| seller.run_alone(&DIFF).assert_refused(1, words);
    let endpoint = seller.pair.amazon.endpoint();
    let endpoint = format!("endpoint = \"{endpoint}\"");
    let closed = format!("endpoint = \"{CLOSED}\"");
    seller.edit(&[(&endpoint, &closed)]);
    refused(&["KA-0702", "getInventorySummaries"]);
    seller.edit(&[(&closed, &endpoint)]);
    let (granted, misspelt) = ("/fba/inventory/v1/summaries", "/fba/inventory/v1/summary");
    seller.edit(&[(granted, misspelt)]);
    refused(&["KA-0701", "getInventorySummaries"]);
    seller.edit(&[(misspelt, granted), ("stock.seller-id", "stock.seller")]);
    refused(&["KA-0201 stock.seller-id", "KA-0209 stock.seller"]);
    let seller_id = seller.pair.with_world(|world| world.seller().id.to_string());
    seller.edit(&[(&format!("stock.seller = \"{seller_id}\"\n"), "")]);
    refused(&["KA-0901", "the connection twin keeps no stock in step", "stock.seller-id"]);
    harness(["stock", "diff"]).assert_refused(2, &["--connection"]);
    harness(["stock", "diff", "--connection", "acme.toml", "--plugin", "x.wasm"])
        .assert_refused(2, &["--apply"]);
    let help = harness(["stock", "diff", "--help"]).out;
    assert!(help.contains("Examples:\n  harness stock diff --connection acme-uk.toml\n"), "{help}");
}
