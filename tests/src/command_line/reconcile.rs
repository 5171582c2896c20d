//! `harness reconcile`: a settlement is proven before and after it is posted, and a certificate is checked.

use host_harness::settlement_proof::Terms;
use serde_json::{Value, json};

use super::seller::Seller;
use super::{Ran, documented_keys, harness, keys, plugin};

const HEADER: &str = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\t\
    transaction-type\torder-id\tmerchant-order-id\tadjustment-id\tshipment-id\tmarketplace-name\tamount-type\t\
    amount-description\tamount\tfulfillment-id\tposted-date\tposted-date-time\torder-item-code\t\
    merchant-order-item-id\tmerchant-adjustment-item-id\tsku\tquantity-purchased\tpromotion-id";

const ID: &str = "12345678901";

/// Type, amount type, description, amount, order.
const ROWS: [[&str; 5]; 5] = [
    ["Order", "ItemPrice", "Principal", "24.00", "026-9999999-9999999"],
    ["Order", "ItemFees", "Commission", "-3.60", "026-9999999-9999999"],
    ["other-transaction", "other-transaction", "Storage Fee", "-1.20", ""],
    ["other-transaction", "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE", "5.00", ""],
    ["other-transaction", "other-transaction", "Current Reserve Amount", "-4.20", ""],
];

/// Nothing that a person has to decide: every row has its rule.
fn sheet(rows: &[[&str; 5]], total: &str) -> String {
    let (begins, ends) = ("14.10.2026 09:10:07 UTC", "28.10.2026 09:10:07 UTC");
    let deposit = "30.10.2026 09:10:07 UTC";
    let empty = "\t".repeat(18);
    let mut text = format!("{HEADER}\n{ID}\t{begins}\t{ends}\t{deposit}\t{total}\tGBP{empty}\n");
    for [transaction_type, amount_type, description, amount, order] in rows {
        text.push_str(&format!(
            "{ID}\t\t\t\t\t\t{transaction_type}\t{order}\t\t\t\tAmazon.co.uk\t{amount_type}\t{description}\t{amount}\t\
             MFN\t22.10.2026\t22.10.2026 17:12:22 UTC\t\t\t\tMUG\t\t\n"
        ));
    }
    text
}

fn file(seller: &Seller) -> String {
    seller.write("settlement.txt", sheet(&ROWS, "20.00"))
}

/// The certificate of a file, in a file of its own.
fn certificate(seller: &Seller, settlement: &str) -> (String, Value) {
    let path = seller.file("certificate.json");
    let ran = seller.run_alone(&["reconcile", settlement, "--certificate", &path]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    let text = std::fs::read_to_string(&path).expect("the certificate was written");
    (path, serde_json::from_str(&text).expect("a certificate is JSON"))
}

#[test]
fn a_file_shows_what_would_be_posted_and_five_figures_that_are_equal() {
    let seller = Seller::new();
    let ran = seller.run_alone(&["reconcile", &file(&seller)]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    let result = ran.json();
    let documented = documented_keys("reconcile");
    assert_eq!(keys(&result), documented);
    for figure in ["rows", "total", "postings", "clearing", "payout"] {
        assert_eq!(result["figures"][figure], "20.00", "{figure}");
    }
    assert_eq!((&result["figures"]["left"], &result["isPlan"]), (&json!("0.00"), &json!(true)));
    let fees = json!([{"treatment": "contained", "net": "4.00", "vat": "0.80"}]);
    assert_eq!(result["vat"]["fees"], fees);

    let connection = seller.file("connection.toml");
    let text = harness(["reconcile", &file(&seller), "--connection", &connection]).out;
    for word in ["payments of orders", "6100", "Amazon reserve", "payout to the bank", "proven: 5 postings"] {
        assert!(text.contains(word), "`{word}` is missing in: {text}");
    }
}

#[test]
fn the_certificate_of_a_small_settlement_is_this() {
    let seller = Seller::new();
    let (_, mut certificate) = certificate(&seller, &file(&seller));
    // Of the release, and of the rules as they are now: their own tests pin them.
    for volatile in ["rules", "rowsDigest", "file"] {
        certificate["settlement"][volatile] = "…".into();
    }
    certificate["plugin"] = "…".into();
    let text = serde_json::to_string_pretty(&certificate).expect("a value is JSON");
    insta::assert_snapshot!("certificate", text);
}

#[test]
fn a_certificate_is_true_until_somebody_touches_it() {
    let seller = Seller::new();
    let settlement = file(&seller);
    let (path, sound) = certificate(&seller, &settlement);
    let verify = || seller.run_alone(&["reconcile", &settlement, "--verify", &path]);
    let ran = verify();
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""), "{}", ran.out);
    assert_eq!(keys(&ran.json()), documented_keys("reconcile --verify"));
    assert_eq!((&ran.json()["verified"], &ran.json()["rows"]), (&json!(true), &json!(5)));

    for (pointer, value) in [
        ("/figures/payout", json!("21.00")),
        ("/vat/fees/0/vat", json!("0.81")),
        ("/postings/0/clearing", json!("23.00")),
        ("/settlement/rules", json!("0")),
        ("/rows/1/postingRule", json!("another")),
        ("/rows/4/amount", json!("-4.21")),
        ("/rows/4/note", json!("added")),
    ] {
        let mut tampered = sound.clone();
        let (parent, key) = pointer.rsplit_once('/').expect("a pointer");
        tampered.pointer_mut(parent).expect("it is there")[key] = value;
        assert_tampered(&seller, &tampered, &verify, pointer);
    }
    for change in [Vec::remove as fn(&mut Vec<Value>, usize) -> Value, |rows, at| {
        rows.insert(at, rows[at].clone());
        Value::Null
    }] {
        let mut tampered = sound.clone();
        change(tampered["rows"].as_array_mut().expect("rows"), 2);
        assert_tampered(&seller, &tampered, &verify, "the number of rows");
    }
}

fn assert_tampered(seller: &Seller, tampered: &Value, verify: &dyn Fn() -> Ran, what: &str) {
    seller.write("certificate.json", tampered.to_string());
    let ran = verify();
    assert_eq!(ran.exit_code, Some(1), "{what}: {}{}", ran.out, ran.err);
    let differences = ran.json()["differences"].as_array().expect("differences").len();
    assert!(differences > 0, "{what}");
}

#[test]
fn what_is_no_settlement_or_no_certificate_of_it_is_told() {
    let seller = Seller::new();
    let settlement = file(&seller);
    let (path, _) = certificate(&seller, &settlement);
    let other = seller.write("other.txt", sheet(&ROWS[..1], "24.00"));
    let refused = |words: &[&str], told: &[&str]| {
        seller.run_alone(&[&["reconcile"], words].concat()).assert_refused(1, told);
    };
    refused(&[&other, "--verify", &path], &["the certificate of another file", ID]);
    refused(&[&seller.write("shop.csv", "a,b\n1,2\n")], &["KA-0801", "shop.csv"]);
    refused(&[&seller.write("cut.txt", &sheet(&ROWS, "20.00")[..900])], &["KA-080"]);
    refused(&[&seller.write("wrong.txt", sheet(&ROWS, "20.01"))], &["KA-0803"]);
    refused(&["absent.txt"], &["absent.txt", "No such file"]);
    refused(&[&settlement, "--verify", &settlement], &["is no certificate"]);
    refused(&[&settlement, "--verify", &seller.write("empty.json", "{\"version\": 1}")], &["rows"]);
    refused(&[&settlement, "--books"], &["--books"]);
}

/// Posts one order of the seller, and a settlement that pays it and another one that the books do not know; gives the
/// order.
fn post(seller: &Seller, storage_fee: &str, total: &str) -> String {
    let (connection, plugin) = (seller.file("connection.toml"), plugin().to_str().expect("a path"));
    let event = seller.event();
    assert_eq!(seller.run("deliver", &[&event]).exit_code, Some(0));
    let event: Value = serde_json::from_slice(&std::fs::read(event).expect("it was written")).expect("JSON");
    let order = event["Payload"]["OrderChangeNotification"]["AmazonOrderId"].as_str().expect("an order");
    let mut rows = ROWS.to_vec();
    rows[2][3] = storage_fee;
    rows.push(["Order", "ItemPrice", "Principal", "12.00", order]);
    let settlement = seller.write("settlement.txt", sheet(&rows, total));
    let deliver = ["deliver", &settlement, "--export", "on-financial-event", "--connection", &connection];
    for _ in 0..10 {
        let ran = harness(deliver.iter().chain(&["--plugin", plugin]));
        assert!(matches!(ran.exit_code, Some(0 | 3 | 4)), "{}{}", ran.out, ran.err);
        if ran.exit_code != Some(4) {
            break;
        }
    }
    order.to_owned()
}

#[test]
fn a_settlement_that_is_posted_shows_its_documents_and_is_looked_up_in_the_books() {
    let seller = Seller::new();
    post(&seller, "-1.20", "32.00");
    let known = seller.run_alone(&["reconcile", ID, "--books"]);
    assert_eq!((known.exit_code, known.err.as_str()), (Some(0), ""), "{}", known.out);
    let result = known.json();
    assert_eq!(
        (&result["posted"], &result["pending"], &result["waiting"]),
        (&json!(6), &json!(0), &json!(0))
    );
    assert_eq!((&result["books"]["checked"], &result["books"]["differences"]), (&json!(6), &json!([])));
    assert_eq!(result["books"]["clearingBalance"], "0.00");

    let (path, certificate) = certificate(&seller, ID);
    let standings = certificate["postings"].as_array().expect("postings").iter();
    assert!(standings.into_iter().all(|posting| posting["standing"]["state"] == "posted"));
    // The file is found by its hash.
    let verified = seller.run_alone(&["reconcile", "--verify", &path]);
    assert_eq!(verified.exit_code, Some(0), "{}{}", verified.out, verified.err);

    seller.run_alone(&["reconcile", "4711"]).assert_refused(1, &["4711", "not known", ID]);
}

/// Books of the same seller in which the storage fee was £2.40 stand for those that a person changed.
#[test]
fn books_that_say_otherwise_are_told_posting_by_posting() {
    let (seller, changed) = (Seller::new(), Seller::new());
    let order = post(&seller, "-1.20", "32.00");
    post(&changed, "-2.40", "30.80");
    seller.edit(&[(&seller.pair.kashflow.url(), &changed.pair.kashflow.url())]);
    let ran = seller.run_alone(&["reconcile", ID, "--books"]);
    assert_eq!(ran.exit_code, Some(1), "{}{}", ran.out, ran.err);
    assert_eq!(ran.json()["books"]["checked"], 6);
    let told = [
        "AMZ 12345678901 FEES 2026-10: the purchase comes to 6.00 GBP in the books, and the settlement to 4.80 GBP",
        "AMZ 12345678901 PAYOUT 1: the bank transaction comes to -30.80 GBP in the books, and the settlement to \
         -32.00 GBP",
    ];
    assert_eq!(ran.json()["books"]["differences"], json!(told));

    let empty = Seller::new();
    seller.edit(&[(&changed.pair.kashflow.url(), &empty.pair.kashflow.url())]);
    let ran = seller.run_alone(&["reconcile", ID, "--books"]);
    assert_eq!(ran.exit_code, Some(1), "{}{}", ran.out, ran.err);
    let told = [
        "AMZ 12345678901 BALANCES: the books have no such journal".to_owned(),
        "AMZ 12345678901 FEES 2026-10: the books have no such supplier".to_owned(),
        "AMZ 12345678901 INCOME 1: the books have no such bank transaction".to_owned(),
        "AMZ 12345678901 PAYOUT 1: the books have no such bank transaction".to_owned(),
        "payment of order 026-9999999-9999999: the books have no such bank transaction".to_owned(),
        format!("payment of order {order}: the books have no such payment"),
    ];
    assert_eq!(ran.json()["books"]["differences"], json!(told));
}

#[test]
fn settings_without_settlements_are_told() {
    let findings = Terms::read(&std::collections::BTreeMap::new()).map(drop).expect_err("no settings");
    assert!(!findings.is_empty());
}
