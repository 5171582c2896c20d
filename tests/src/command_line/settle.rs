//! `harness settle`: a settlement file is seen through to its end, posted once, and named where it is none.

use std::fs::File;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use host_harness::store::{StoreLock, Waits};
use serde_json::Value;

use super::seller::{CLOSED, Seller};
use super::{Ran, command, documented_keys, harness, keys, plugin};

const HEADER: [&str; 24] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

/// A settlement with the money of so many orders that nobody knows: 12 pounds each.
fn settlement(orders: usize) -> String {
    let total = format!("{}.00", 12 * orders);
    let (begins, ends) = ("14.10.2026 09:10:07 UTC", "28.10.2026 09:10:07 UTC");
    let mut lines = vec![
        HEADER.join("\t"),
        line(&[(1, begins), (2, ends), (3, "30.10.2026 09:10:07 UTC"), (4, &total), (5, "GBP")]),
    ];
    for number in 1..=orders {
        let order = format!("026-{number:07}-{number:07}");
        for (description, amount) in [("Principal", "10.00"), ("Tax", "2.00")] {
            lines.push(line(&[
                (6, "Order"),
                (7, &order),
                (11, "Amazon.co.uk"),
                (12, "ItemPrice"),
                (13, description),
                (14, amount),
                (15, "MFN"),
                (16, "22.10.2026"),
                (17, "22.10.2026 17:12:22 UTC"),
                (21, "MUG-RED"),
            ]));
        }
    }
    lines.join("\n") + "\n"
}

fn line(cells: &[(usize, &str)]) -> String {
    let mut line = [""; HEADER.len()];
    line[0] = "11000000001";
    for (column, text) in cells {
        line[*column] = text;
    }
    line.join("\t")
}

/// A line of JSON for each file, with nothing in it that the README does not list.
fn lines(ran: &Ran) -> Vec<Value> {
    let documented = documented_keys("settle");
    let read = |line: &str| {
        let value: Value = serde_json::from_str(line).expect("a line of JSON");
        assert!(keys(&value).is_subset(&documented), "{line}");
        value
    };
    ran.out.lines().map(read).collect()
}

fn until(what: &str, has_happened: impl Fn() -> bool) {
    let start = Instant::now();
    while !has_happened() {
        assert!(start.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_settlement_is_seen_through_and_posted_once() {
    let seller = Seller::new();
    // More than one delivery posts.
    let file = seller.write("settlement.txt", settlement(250));
    let first = seller.run("settle", &[&file]);
    assert_eq!((first.exit_code, first.err.as_str()), (Some(3), ""), "{}", first.out);
    let [result] = &lines(&first)[..] else { panic!("one file") };
    assert_eq!((&result["ending"], &result["file"]), (&"partly-held".into(), &file.as_str().into()));
    assert!(result["deliveries"].as_u64().is_some_and(|deliveries| deliveries > 1), "{result}");
    assert!(first.finding_codes().contains(&"KA-0823".to_owned()), "{result}");
    assert_eq!(seller.pair.kashflow.books().balance_pence(9998), -1_200 * 250);

    let books = seller.pair.kashflow.books().render();
    let renamed = seller.write("again.tsv", settlement(250));
    for file in [&file, &renamed] {
        let again = seller.run("settle", &[file]);
        let [once_more] = &lines(&again)[..] else { panic!("one file") };
        assert_eq!((again.exit_code, &once_more["eventId"]), (Some(3), &result["eventId"]));
        assert_eq!((&once_more["deliveries"], &once_more["effects"]), (&1.into(), &result["effects"]));
    }
    assert_eq!(seller.pair.kashflow.books().render(), books);
}

#[test]
fn a_person_reads_what_came_of_each_file() {
    let seller = Seller::new();
    let (whole, other) = (seller.write("a.txt", settlement(1)), seller.write("b.xlsx", "PK\x03\x04"));
    let (connection, plugin) = (seller.file("connection.toml"), plugin().to_str().expect("a path of text"));
    let ran = harness(["settle", &whole, &other, "--connection", &connection, "--plugin", plugin]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(6), ""));
    let expected = [
        format!("{whole}: partly-held (1 delivery, "),
        "  KA-0823 026-0000001-0000001: ".to_owned(),
        format!("{other}: dead-letter ("),
        "  KA-0801 ".to_owned(),
        "2 events: 1 partly-held, 1 dead-letter\n".to_owned(),
    ];
    for text in expected {
        assert!(ran.out.contains(&text), "`{text}` is missing in: {}", ran.out);
    }
}

#[test]
fn a_file_that_is_not_whole_is_a_dead_letter_that_no_terminal_has_to_show() {
    let seller = Seller::new();
    let text = settlement(1);
    let cut = seller.write("cut.txt", &text[..text.len() - 30]);
    let short = seller.write("short.txt", text.lines().take(3).collect::<Vec<_>>().join("\n") + "\n");
    let ran = seller.run("settle", &[&cut, &short]);
    assert_eq!(ran.exit_code, Some(6), "{}{}", ran.out, ran.err);
    let codes: Vec<_> =
        lines(&ran).iter().map(|result| result["findings"][0]["code"].as_str().map(str::to_owned)).collect();
    assert_eq!(codes, [Some("KA-0802".to_owned()), Some("KA-0803".to_owned())]);
    assert_eq!(seller.pair.kashflow.books().bank_transactions(), []);

    let letters = seller.parked(Waits::DeadLetter);
    assert_eq!(letters.len(), 2);
    let id = &letters[0].arrived.event_id;
    let shown = seller.run_alone(&["dead-letters", "show", id, "--body"]).json();
    assert_eq!((&shown["body"], &shown["contentType"]), (&Value::Null, &"application/gzip".into()));
    assert_eq!(shown["bodyBytes"], letters[0].arrived.body.len());
    let connection = seller.file("connection.toml");
    let told = harness(["dead-letters", "show", id, "--body", "--connection", &connection]);
    assert!(told.out.contains("bytes of application/gzip, which is no text"), "{}", told.out);
}

#[test]
fn what_cannot_be_read_keeps_all_from_being_delivered() {
    let seller = Seller::new();
    let whole = seller.write("settlement.txt", settlement(1));
    let folder = seller.file("secrets");
    let large = seller.write("large.txt.gz", [0x1f, 0x8b]);
    File::options().write(true).open(&large).and_then(|file| file.set_len(65 << 20)).expect("a sparse file");
    for (wrong, reason) in [("absent.txt", "No such file"), (&folder, "directory"), (&large, "larger than")] {
        seller.run("settle", &[&whole, wrong]).assert_refused(1, &[wrong, "nothing was delivered", reason]);
    }
    assert_eq!(seller.pair.kashflow.books().bank_transactions(), []);
    harness(["settle", "--connection", "acme.toml"]).assert_refused(2, &["<FILE>"]);
}

#[test]
fn a_harness_that_runs_is_given_the_file() {
    let seller = Seller::new();
    let file = seller.write("settlement.txt", settlement(1));
    let _lock = StoreLock::take(&seller.state_file()).expect("nobody delivers");
    for duplicate in [false, true] {
        let queued = seller.run("settle", &[&file]);
        let [result] = &lines(&queued)[..] else { panic!("one file: {}", queued.err) };
        assert_eq!((queued.exit_code, &result["duplicate"]), (Some(0), &duplicate.into()));
    }
    let listed = seller.run_alone(&["events", "list"]).json();
    assert_eq!(
        (&listed["events"][0]["export"], &listed["events"][0]["stand"]),
        (&"on-financial-event".into(), &"waiting".into())
    );
}

#[test]
fn ctrl_c_ends_it_between_two_deliveries_and_the_same_command_goes_on() {
    let seller = Seller::new();
    let kashflow = seller.pair.kashflow.url();
    let closed = format!("{CLOSED}/api/service.asmx");
    seller.edit(&[(&kashflow, &closed)]);
    let files = [seller.write("a.txt", settlement(1)), seller.write("b.txt", settlement(2))];
    let connection = seller.file("connection.toml");
    let plugin = plugin().to_str().expect("a path of text");
    let child = command(["settle", &files[0], &files[1], "--connection", &connection, "--plugin", plugin])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary was just built");
    until("the first delivery ends", || {
        seller.state_file().exists()
            && seller.run_alone(&["events", "list"]).json()["events"][0]["ending"] == "retry"
    });
    let process = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &process]).status().expect("kill is there").success());
    let output = child.wait_with_output().expect("it ends");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(4), "{told}");
    assert!(told.contains("2 of 2 files not settled: the same command goes on where it was"), "{told}");

    seller.edit(&[(&closed, &kashflow)]);
    let ran = seller.run("settle", &[&files[0]]);
    assert_eq!(ran.exit_code, Some(3), "{}{}", ran.out, ran.err);
}
