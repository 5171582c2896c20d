//! Who follows whom, and by how much.

use super::*;
use crate::canonical::{Counted, Intended, MarketplaceId, OfferStanding, OnItsWay, ProductId, Unheeded};
use crate::settings::{Brake, StockTable};

fn now() -> DateTime<Utc> {
    "2026-10-28T12:00:00Z".parse().expect("a time")
}

fn sku(text: &str) -> SellerSku {
    SellerSku::new(text).expect("a sku")
}

fn mug() -> ProductCode {
    ProductCode::new("MUG").expect("a code")
}

fn settings(table: &str) -> Stock {
    let britain = MarketplaceId::new("A1F83G8C2ARO7P").expect("an id");
    Stock {
        seller: crate::canonical::SellerId::new("A2EXAMPLE").expect("an id"),
        marketplace: britain.clone(),
        pools: vec![britain],
        counted: vec![crate::canonical::WarehouseState::Fulfillable],
        both_ways: PoolRule::Separate,
        buffer: Units::ZERO,
        cap: None,
        brake: Brake { share: 25, from: 10 },
        feed_from: 200,
        table: StockTable::parse(table).expect("a table"),
    }
}

fn at_amazon(units: i64) -> SkuStanding {
    let mut standing = SkuStanding::default();
    let pool = MarketplaceId::new("A1F83G8C2ARO7P").expect("an id");
    standing.count(&pool, Counted { units: Units(units), as_of: None });
    standing
}

fn offered(units: i64) -> SkuStanding {
    let offer = OfferStanding::read(OfferKind::ByMerchant(Units(units)), now());
    SkuStanding { offer: Some(offer), ..SkuStanding::default() }
}

fn standing(skus: &[(&str, SkuStanding)]) -> ProductStanding {
    let skus = skus.iter().map(|(text, standing)| (sku(text), standing.clone())).collect();
    ProductStanding { skus, ..ProductStanding::default() }
}

fn planned(
    units: i64,
    standing: &ProductStanding,
    promised: &[(&str, i64)],
    settings: &Stock,
) -> ProductPlan {
    let product = StockedProduct { id: ProductId(1), code: mug(), units: Units(units), is_managed: true };
    let promised = promised.iter().map(|(text, units)| (sku(text), Units(*units))).collect();
    plan(&ProductFacts {
        code: &mug(),
        product: Some(&product),
        standing,
        promised: &promised,
        settings,
        now: now(),
    })
}

/// What the books should hold.
fn books(plan: &ProductPlan) -> Option<i64> {
    plan.books.as_ref().map(|change| change.to.0)
}

/// What the offers should show.
fn offers(plan: &ProductPlan) -> Vec<(&str, i64)> {
    plan.offers.iter().map(|change| (change.sku.as_str(), change.to.0)).collect()
}

fn codes(plan: &ProductPlan) -> Vec<Code> {
    plan.finding.iter().chain(plan.sku_findings.values()).map(|finding| finding.code).collect()
}

#[test]
fn the_books_follow_what_lies_at_amazon() {
    let amazon = standing(&[("MUG", at_amazon(7))]);
    let settings = settings("");
    assert_eq!(books(&planned(10, &amazon, &[], &settings)), Some(7));
    assert_eq!(books(&planned(7, &amazon, &[], &settings)), None);
    let two = standing(&[("MUG", at_amazon(7)), ("MUG-2", at_amazon(5))]);
    assert_eq!(books(&planned(10, &two, &[], &settings)), Some(12));
}

#[test]
fn offers_follow_the_books_less_a_buffer_up_to_a_cap_and_never_below_none() {
    let settings = settings("seller-sku,buffer,cap\nMUG,1,\nLAMP,,5\n");
    let mugs = standing(&[("MUG", offered(9))]);
    // KashFlow 3 with a buffer of 1 is 2 at Amazon.
    assert_eq!(offers(&planned(3, &mugs, &[], &settings)), [("MUG", 2)]);
    assert_eq!(offers(&planned(10, &mugs, &[], &settings)), []);
    assert_eq!(offers(&planned(1, &mugs, &[], &settings)), [("MUG", 0)]);
    assert_eq!(offers(&planned(-4, &mugs, &[], &settings)), [("MUG", 0)]);
    assert_eq!(offers(&planned(50, &standing(&[("LAMP", offered(0))]), &[], &settings)), [("LAMP", 5)]);
    assert_eq!(books(&planned(3, &mugs, &[], &settings)), None);
}

#[test]
fn what_was_promised_is_not_offered_again() {
    let settings = settings("");
    let mugs = standing(&[("MUG", offered(3)), ("MUG-2", offered(3))]);
    let promised = planned(3, &mugs, &[("MUG", 1), ("LAMP", 9)], &settings);
    assert_eq!(offers(&promised), [("MUG", 2), ("MUG-2", 2)]);
    assert_eq!(offers(&planned(3, &mugs, &[("MUG-2", 5)], &settings)), [("MUG", 0), ("MUG-2", 0)]);
}

#[test]
fn a_product_that_goes_both_ways_waits_for_a_person_or_holds_the_sum() {
    let mut both = standing(&[("MUG", offered(3)), ("MUG-FBA", at_amazon(7))]);
    let separate = planned(3, &both, &[], &settings(""));
    assert_eq!((books(&separate), offers(&separate)), (None, vec![]));
    assert_eq!(codes(&separate), [Code::SoldBothWays]);
    let sum = Stock { both_ways: PoolRule::Sum, ..settings("") };
    // Before, the books hold the merchant's own.
    let first = planned(3, &both, &[], &sum);
    assert_eq!((books(&first), offers(&first)), (Some(10), vec![]));
    both.at_amazon = Units(7);
    assert_eq!(planned(10, &both, &[], &sum).books, None);
    // The merchant sold one, and Amazon two.
    let sku = both.skus.get_mut(&sku("MUG-FBA")).expect("known");
    *sku = at_amazon(5);
    let sold = planned(9, &both, &[], &sum);
    assert_eq!((books(&sold), offers(&sold)), (Some(7), vec![("MUG", 2)]));
}

#[test]
fn the_owner_can_be_another_or_nobody() {
    let settings = settings("seller-sku,owner\nMUG,amazon\nLAMP,nobody\nVASE,kashflow\n");
    let led = planned(10, &standing(&[("MUG", offered(4))]), &[("MUG", 2)], &settings);
    assert_eq!((books(&led), offers(&led)), (Some(6), vec![]));
    for (name, of) in [("LAMP", offered(4)), ("LAMP", at_amazon(4)), ("VASE", at_amazon(4))] {
        assert_eq!(planned(10, &standing(&[(name, of)]), &[], &settings), ProductPlan::default());
    }
}

#[test]
fn a_product_that_is_not_there_or_not_counted_is_told() {
    let amazon = standing(&[("MUG", at_amazon(7))]);
    let (settings, promised) = (settings(""), BTreeMap::new());
    let unmanaged = StockedProduct { id: ProductId(1), code: mug(), units: Units(3), is_managed: false };
    for (product, code) in [(None, Code::StockWithoutProduct), (Some(&unmanaged), Code::StockNotManaged)] {
        let (code_of, standing) = (mug(), &amazon);
        let facts = ProductFacts {
            code: &code_of,
            product,
            standing,
            promised: &promised,
            settings: &settings,
            now: now(),
        };
        let plan = plan(&facts);
        assert_eq!((books(&plan), codes(&plan)), (None, vec![code]));
    }
}

#[test]
fn a_write_that_may_be_on_its_way_is_waited_for() {
    let mut amazon = standing(&[("MUG", at_amazon(7))]);
    let at = now() - Duration::milliseconds(SETTLING_MS as i64 - 1);
    amazon.intended = Some(Intended { units: Units(8), at_amazon: Units(8), at });
    let waiting = planned(10, &amazon, &[], &settings(""));
    assert_eq!((books(&waiting), waiting.waits_until), (None, Some(now() + Duration::milliseconds(1))));
    // It has arrived.
    assert_eq!(books(&planned(8, &amazon, &[], &settings(""))), Some(7));
    // It cannot arrive any more.
    amazon.intended =
        Some(Intended { units: Units(8), at_amazon: Units(8), at: at - Duration::milliseconds(1) });
    assert_eq!(books(&planned(10, &amazon, &[], &settings(""))), Some(7));
}

#[test]
fn what_amazon_refuses_or_does_not_heed_is_told_and_not_sent_again_until_it_changes() {
    let settings = settings("");
    let with = |change: fn(&mut OfferStanding)| {
        let mut sku = offered(9);
        change(sku.offer.as_mut().expect("offered"));
        standing(&[("MUG", sku)])
    };
    let refused = with(|offer| offer.refused = Some((Units(3), "no price".into())));
    let plan = planned(3, &refused, &[], &settings);
    assert_eq!((offers(&plan), codes(&plan)), (vec![], vec![Code::QuantityRefused]));
    assert_eq!(offers(&planned(4, &refused, &[], &settings)), [("MUG", 4)]);
    let unheeded = with(|offer| offer.unheeded = Some(Unheeded { units: Units(3), times: OFFER_TRIES_MAX }));
    let plan = planned(3, &unheeded, &[], &settings);
    assert_eq!((offers(&plan), codes(&plan)), (vec![], vec![Code::QuantityNotTaken]));
    let tried = with(|offer| offer.unheeded = Some(Unheeded { units: Units(3), times: OFFER_TRIES_MAX - 1 }));
    assert_eq!(offers(&planned(3, &tried, &[], &settings)), [("MUG", 3)]);
}

#[test]
fn what_is_on_its_way_is_not_sent_again_and_what_is_in_a_feed_waits_for_it() {
    let settings = settings("");
    let on_its_way = |feed_message| {
        let mut sku = offered(9);
        let on_its_way = OnItsWay { units: Units(3), at: now(), feed_message };
        sku.offer.as_mut().expect("offered").on_its_way = Some(on_its_way);
        standing(&[("MUG", sku)])
    };
    assert_eq!(offers(&planned(3, &on_its_way(None), &[], &settings)), []);
    assert_eq!(offers(&planned(4, &on_its_way(None), &[], &settings)), [("MUG", 4)]);
    assert_eq!(offers(&planned(4, &on_its_way(Some(1)), &[], &settings)), []);
}
