//! The built-in rules as a whole: none out of reach, none left out; and the connection's own before them.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Days;

use super::*;
use crate::canonical::{CountryCode, Fulfilment, NominalCode, SupplierCode};
use crate::mapping::settlement::posting_rule::PostingNominal;
use crate::settings::{NominalRole, UnknownOrders};

mod golden_cases;
mod vocabulary;

fn kind<'a>(
    transaction_type: &'a str,
    amount_type: &'a str,
    amount_description: &'a str,
) -> TransactionKind<'a> {
    TransactionKind { transaction_type, amount_type, amount_description }
}

fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).expect("a country code")
}

fn settlements(category_rules: &str, posting_rules: &str) -> Settlements {
    let roles = NominalRole::ALL.into_iter().filter(|role| *role != NominalRole::EarlierSales);
    Settlements {
        supplier_code: SupplierCode::new("AMAZONEU").expect("a code"),
        supplier_name: "Amazon".into(),
        payment_method: None,
        unknown_orders: UnknownOrders::Hold,
        nominals: roles.map(|role| (role, NominalCode(6100))).collect(),
        category_rules: category_rules.into(),
        posting_rules: posting_rules.into(),
    }
}

/// One context for each category, marketplace with rules of its own, other marketplace, and fulfilment.
fn contexts(date: NaiveDate) -> Vec<PostingContext> {
    let rules = built_in_posting_rules();
    let mut marketplaces: BTreeSet<CountryCode> =
        rules.iter().flat_map(|rule| rule.marketplaces.iter().copied()).collect();
    marketplaces.insert(country("US"));
    let mut contexts = Vec::new();
    for category in Category::ALL.iter().copied() {
        for marketplace in marketplaces.iter().copied() {
            for fulfilment in [None, Some(Fulfilment::ByAmazon), Some(Fulfilment::ByMerchant)] {
                contexts.push(PostingContext { category, marketplace, fulfilment, date });
            }
        }
    }
    contexts
}

/// The days on which a rule begins or ends, and their neighbours: between them nothing changes.
fn days_of_change() -> BTreeSet<NaiveDate> {
    let mut days = BTreeSet::from([FIRST_DAY]);
    for rule in built_in_posting_rules() {
        days.extend([rule.from, rule.from - Days::new(1)]);
        days.extend(rule.until.into_iter().flat_map(|until| [until, until + Days::new(1)]));
    }
    days.into_iter().filter(|day| *day >= FIRST_DAY).collect()
}

#[test]
fn no_category_rule_is_out_of_reach() {
    let rules = RuleBook::built_in();
    let mut ids = BTreeSet::new();
    for rule in rules.category_rules() {
        assert!(ids.insert(&rule.id), "{} stands there twice", rule.id);
        // What a rule is for, with words that no other rule knows in place of its stars.
        let example = |pattern: &str| pattern.replace('*', " words that nobody knows ");
        let texts = [rule.transaction_type(), rule.amount_type(), rule.amount_description()].map(example);
        let found = rules.categorise(kind(&texts[0], &texts[1], &texts[2]));
        assert_eq!(found.id, rule.id, "an earlier rule takes everything from {}", rule.id);
    }
}

#[test]
fn exactly_one_posting_rule_applies_on_each_day() {
    let rules = RuleBook::built_in();
    let (mut reached, mut ids) = (BTreeSet::new(), BTreeSet::new());
    for day in days_of_change() {
        for context in contexts(day) {
            // The first scope that is about it decides, and its rules follow each other without gap or overlap.
            let mut about = rules.posting_rules().filter(|rule| rule.is_about(&context));
            let scope = about.next().unwrap_or_else(|| panic!("no rule for {context:?}")).scope();
            let valid: Vec<&PostingRule> =
                rules.posting_rules().filter(|rule| rule.scope() == scope && rule.is_valid_on(day)).collect();
            assert_eq!(valid.len(), 1, "{valid:?} for {context:?}");
            assert_eq!(rules.posting(&context), valid[0]);
            reached.insert(valid[0].id.clone());
        }
    }
    for rule in rules.posting_rules() {
        assert!(ids.insert(rule.id.clone()), "{} stands there twice", rule.id);
        assert!(reached.contains(&rule.id), "no posting reaches {}", rule.id);
        assert!(!rule.note.is_empty(), "{} says no reason", rule.id);
    }
}

#[test]
fn a_day_before_the_first_is_posted_as_the_first() {
    let rules = RuleBook::built_in();
    let long_ago = NaiveDate::from_ymd_opt(2012, 2, 29).expect("a day");
    for (earlier, first) in contexts(long_ago).iter().zip(contexts(FIRST_DAY)) {
        assert_eq!(rules.posting(earlier), rules.posting(&first));
    }
}

#[test]
fn own_rules_come_before_the_built_in_ones() {
    let own = settlements(
        "id,transaction-type,amount-type,amount-description,category\n\
         coupons,CouponRedemptionFee,*,*,fee-selling\n",
        "id,category,marketplace,from,until,vat,nominal\n\
         royal-mail,fee-postage*,GB,2024-01-01,2024-12-31,outside-scope,postage\n",
    );
    let rules = RuleBook::of(&own, true).expect("sound rules");
    assert_eq!(rules.own(), (1, 1));
    assert_eq!(rules.categorise(kind("CouponRedemptionFee", "CouponRedemptionFee", "x")).id, "coupons");
    let rule_on = |date: &str| {
        let category = Category::parse("fee-postage").expect("a category");
        let date = date.parse().expect("a day");
        rules.posting(&PostingContext { category, marketplace: CountryCode::GB, fulfilment: None, date })
    };
    let ids = ["2023-12-31", "2024-01-01", "2024-12-31", "2025-01-01"].map(|date| rule_on(date).id.as_str());
    assert_eq!(ids, ["postage-uk", "royal-mail", "royal-mail", "postage-uk"]);
}

#[test]
fn own_tables_are_refused_with_table_line_and_column() {
    let own = settlements(
        "id,transaction-type,amount-type,amount-description,category\n\
         commission,Order,ItemFees,Commission,fee-selling\n",
        "id,category,vat,nominal\n\
         mine,fee-*,zero,earlier-sales\n\
         not-registered,fee-*,zero,postage\n",
    );
    let findings = RuleBook::of(&own, true).expect_err("an id that is taken");
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "KA-0815 settlement.category-rules: line 2, column `id`: `commission` is the id of another rule, built in or above: choose another one",
            "KA-0815 settlement.posting-rules: line 3, column `id`: `not-registered` is the id of another rule, built in or above: choose another one",
        ]
    );
    let own = settlements("", "id,category,vat,nominal\nmine,fee-*,zero,earlier-sales\n");
    let findings = RuleBook::of(&own, true).expect_err("a nominal that is not set");
    assert_eq!(
        findings[0].message,
        "line 2, column `nominal`: `nominals.earlier-sales` is not set: set it, or use another nominal"
    );
}

#[test]
fn the_digest_follows_what_is_decided_and_nothing_else() {
    let digest = |categories: &str, postings: &str, registered| {
        RuleBook::of(&settlements(categories, postings), registered).expect("sound rules").digest()
    };
    let table =
        |vat: &str, note: &str| format!("id,category,vat,nominal,note\nmine,loan,{vat},loan,{note}\n");
    let plain = digest("", "", true);
    assert_eq!((plain.len(), &plain), (64, &RuleBook::built_in().digest()));
    assert_ne!(plain, digest("", "", false));
    assert_ne!(plain, digest("", &table("none", ""), true));
    assert_ne!(digest("", &table("none", ""), true), digest("", &table("zero", ""), true));
    assert_eq!(digest("", &table("none", ""), true), digest("", &table("none", "why"), true));
}

#[test]
fn a_seller_who_is_not_registered_posts_fees_and_income_without_vat() {
    let registered = RuleBook::built_in();
    let rules = RuleBook::of(&settlements("", ""), false).expect("sound rules");
    for day in days_of_change() {
        for context in contexts(day) {
            let (with, without) = (registered.posting(&context), rules.posting(&context));
            assert_eq!((with.nominal, with.from), (without.nominal, without.from));
            match context.category {
                Category::Fee(..) | Category::Income(_) => {
                    assert_eq!((without.id.as_str(), without.vat), (NOT_REGISTERED, PostingVat::None));
                }
                _ => assert_eq!(with, without),
            }
        }
    }
}

#[test]
fn parts_of_sales_go_where_the_order_is() {
    let rules = RuleBook::built_in();
    let mut nominals: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for context in contexts(FIRST_DAY) {
        let nominal = rules.posting(&context).nominal;
        let side = match context.category {
            Category::Sale(_) => "sale",
            Category::Refund(_) => "refund",
            _ => continue,
        };
        nominals.entry(side).or_default().insert(nominal.name());
    }
    let goodwill = PostingNominal::Role(NominalRole::Goodwill).name();
    assert_eq!(nominals["sale"], BTreeSet::from([PostingNominal::Invoice.name(), goodwill]));
    assert_eq!(nominals["refund"], BTreeSet::from([PostingNominal::OriginalSale.name(), goodwill]));
}
