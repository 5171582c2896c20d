//! `harness rules`: which rule decides about a row, and where the row goes on a day.

use serde_json::json;

use super::seller::Seller;
use super::{documented_keys, harness, keys};

#[test]
fn a_row_is_explained_with_its_rules_and_their_sources() {
    let ran = harness(["rules", "explain", "Order", "ItemFees", "Commission", "--date", "2026-10-22"]);
    assert_eq!((ran.exit_code, ran.err.as_str()), (Some(0), ""));
    for word in ["is fee-selling", "is posted to selling-fees, VAT standard", "source:", "2026-10-22"] {
        assert!(ran.out.contains(word), "`{word}` is missing in: {}", ran.out);
    }
}

#[test]
fn the_day_and_the_marketplace_decide_about_the_vat() {
    let vat = |more: &[&str]| {
        let words = ["rules", "explain", "Order", "ItemFees", "Commission", "--json"];
        let ran = harness(words.iter().chain(more));
        assert_eq!(ran.exit_code, Some(0), "{}", ran.err);
        assert_eq!(keys(&ran.json()), documented_keys("rules explain"));
        ran.json()["vat"].as_str().expect("a word").to_owned()
    };
    for (more, expected) in [
        (vec!["--date", "2024-07-31"], "reverse-charge"),
        (vec!["--date", "2024-08-01"], "standard"),
        (vec!["--date", "2024-08-01", "--marketplace", "UK"], "standard"),
        (vec!["--date", "2024-08-01", "--marketplace", "A1F83G8C2ARO7P"], "standard"),
        (vec!["--date", "2024-08-01", "--marketplace", "US"], "reverse-charge"),
        (vec!["--date", "2024-08-01", "--fulfilment", "merchant"], "standard"),
    ] {
        assert_eq!(vat(&more), expected, "{more:?}");
    }
}

#[test]
fn a_connection_adds_its_own_rules_and_its_nominal_codes() {
    let seller = Seller::new();
    let explain = || seller.run_alone(&["rules", "explain", "Order", "ItemFees", "Commission"]).json();
    assert_eq!((&explain()["nominal"], &explain()["nominalCode"]), (&json!("selling-fees"), &json!(6100)));
    seller.write(
        "rules.csv",
        "id,transaction-type,amount-type,amount-description,category\nmine,Order,ItemFees,Commission,fee-postage\n",
    );
    seller.edit(&[("sku.unknown", "settlement.category-rules = { file = \"rules.csv\" }\nsku.unknown")]);
    assert_eq!((&explain()["categoryRule"]["id"], &explain()["nominalCode"]), (&json!("mine"), &json!(7501)));
    let listed = seller.run_alone(&["rules", "list"]).json();
    assert_eq!(keys(&listed), documented_keys("rules list"));
    assert_eq!((&listed["ownCategoryRules"], &listed["categoryRules"][0]["id"]), (&json!(1), &json!("mine")));
}

#[test]
fn every_rule_is_listed_with_what_it_decides() {
    let text = harness(["rules", "list"]);
    assert_eq!((text.exit_code, text.err.as_str()), (Some(0), ""));
    for line in
        ["sale-goods: sale-goods\n", "  Order* / ItemPrice / Principal\n", "VAT as-sale, from 2018-01-01\n"]
    {
        assert!(text.out.contains(line), "`{line}` is missing in: {}", text.out);
    }
    let listed = harness(["rules", "list", "--json"]).json();
    let ids = |key: &str| listed[key].as_array().expect("rules").len();
    assert!(ids("categoryRules") > 50 && ids("postingRules") > 20);
    assert!(text.out.contains(listed["digest"].as_str().expect("a digest")));
}

#[test]
fn what_is_no_marketplace_is_refused() {
    let words = ["rules", "explain", "Order", "ItemFees", "Commission", "--marketplace", "Mars"];
    harness(words).assert_refused(2, &["GB", "A1F83G8C2ARO7P"]);
}
