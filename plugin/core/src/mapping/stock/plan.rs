//! What both sides of one product should show, and what has to be done for it.
//!
//! A pure function of what is known. It is made anew each time, so that whatever was done before vanishes from it:
//! that is what lets the work stop anywhere and go on.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use crate::canonical::{
    Fulfilment, OfferKind, ProductCode, ProductStanding, SellerSku, SkuStanding, StockedProduct, Units,
};
use crate::finding::{Code, Finding};
use crate::limits::{OFFER_TRIES_MAX, SETTLING_MS};
use crate::settings::{Owner, PoolRule, Stock};

/// What is known of a product.
#[derive(Clone, Copy)]
pub struct ProductFacts<'a> {
    pub code: &'a ProductCode,
    /// `None` where the books have no such product.
    pub product: Option<&'a StockedProduct>,
    pub standing: &'a ProductStanding,
    /// Units that buyers were promised and that no invoice has taken off the books yet.
    pub promised: &'a BTreeMap<SellerSku, Units>,
    pub settings: &'a Stock,
    pub now: DateTime<Utc>,
}

/// A number that the books should hold.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BooksChange {
    pub product: ProductCode,
    pub from: Units,
    pub to: Units,
    /// How many of them lie at Amazon.
    pub at_amazon: Units,
    /// Whether the books hold the merchant's units besides, so that the change is to what they hold by then.
    pub is_sum: bool,
}

/// A number that an offer should show.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfferChange {
    pub product: ProductCode,
    pub sku: SellerSku,
    pub from: Units,
    pub to: Units,
}

/// What has to be done for a product, and what a person should know of it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ProductPlan {
    pub books: Option<BooksChange>,
    pub offers: Vec<OfferChange>,
    /// About the product.
    pub finding: Option<Finding>,
    /// About its SKUs.
    pub sku_findings: BTreeMap<SellerSku, Finding>,
    /// How many of its offers follow the books.
    pub following: usize,
    /// Whether the books follow Amazon.
    pub follows: bool,
    /// Until when nothing may be written: an earlier write may still be on its way.
    pub waits_until: Option<DateTime<Utc>>,
}

/// Plans one product.
pub fn plan(facts: &ProductFacts<'_>) -> ProductPlan {
    let (leading, following) = sides(facts);
    let mut plan =
        ProductPlan { following: following.len(), follows: !leading.is_empty(), ..ProductPlan::default() };
    if leading.is_empty() && following.is_empty() {
        return plan;
    }
    let Some(product) = facts.product else {
        plan.finding = Some(without_product(facts.code, &leading, &following));
        return plan;
    };
    if !product.is_managed {
        plan.finding = Some(not_managed(facts.code));
        return plan;
    }
    let both_ways = !leading.is_empty() && !following.is_empty();
    if both_ways && facts.settings.both_ways == PoolRule::Separate {
        plan.finding = Some(sold_both_ways(facts.code, &leading, &following));
        return plan;
    }
    if let Some(until) = waits_until(facts, product) {
        plan.waits_until = Some(until);
        return plan;
    }
    plan.books = books_change(facts, product, &leading, both_ways);
    let at_amazon = if both_ways { facts.standing.at_amazon } else { Units::ZERO };
    let promised = following.iter().filter_map(|(sku, _)| facts.promised.get(*sku)).copied().sum();
    let available = product.units.minus(at_amazon).minus(promised);
    for (sku, standing) in following {
        match offer_change(facts, sku, standing, available) {
            Ok(change) => plan.offers.extend(change),
            Err(finding) => {
                plan.sku_findings.insert(sku.clone(), finding);
            }
        }
    }
    plan
}

type Skus<'a> = Vec<(&'a SellerSku, &'a SkuStanding)>;

/// The SKUs whose units the books follow, and those whose offers follow the books.
fn sides<'a>(facts: &ProductFacts<'a>) -> (Skus<'a>, Skus<'a>) {
    let (mut leading, mut following) = (Vec::new(), Vec::new());
    for (sku, standing) in &facts.standing.skus {
        let Some(fulfilment) = standing.fulfilment() else { continue };
        let owner = facts.settings.table.get(sku).owner.unwrap_or(match fulfilment {
            Fulfilment::ByAmazon => Owner::Amazon,
            Fulfilment::ByMerchant => Owner::KashFlow,
        });
        match (owner, fulfilment) {
            (Owner::Amazon, _) => leading.push((sku, standing)),
            (Owner::KashFlow, Fulfilment::ByMerchant) => following.push((sku, standing)),
            // What lies in Amazon's warehouses cannot be told to Amazon.
            (Owner::KashFlow, Fulfilment::ByAmazon) | (Owner::Nobody, _) => {}
        }
    }
    (leading, following)
}

/// Until when an earlier write may still reach the books; `None` where it has, or cannot any more.
fn waits_until(facts: &ProductFacts<'_>, product: &StockedProduct) -> Option<DateTime<Utc>> {
    let intended = facts.standing.intended.filter(|intended| intended.units != product.units)?;
    let until = intended.at + Duration::milliseconds(SETTLING_MS as i64);
    (facts.now < until).then_some(until)
}

fn books_change(
    facts: &ProductFacts<'_>,
    product: &StockedProduct,
    leading: &Skus<'_>,
    both_ways: bool,
) -> Option<BooksChange> {
    if leading.is_empty() {
        return None;
    }
    // Of a SKU that nobody has counted, nothing is known; that is not zero.
    let units: Option<Vec<Units>> = leading.iter().map(|(sku, standing)| led(facts, sku, standing)).collect();
    let at_amazon: Units = units?.into_iter().sum();
    let to = match both_ways {
        true => product.units.minus(facts.standing.at_amazon).plus(at_amazon),
        false => at_amazon,
    };
    let change =
        BooksChange { product: facts.code.clone(), from: product.units, to, at_amazon, is_sum: both_ways };
    (to != product.units).then_some(change)
}

/// The units of a SKU that the books follow.
fn led(facts: &ProductFacts<'_>, sku: &SellerSku, standing: &SkuStanding) -> Option<Units> {
    match standing.offer.as_ref().map(|offer| offer.kind) {
        // Amazon has taken off what was bought; the books do it with the invoice.
        Some(OfferKind::ByMerchant(units)) => {
            Some(units.plus(facts.promised.get(sku).copied().unwrap_or_default()))
        }
        _ => standing.at_amazon(),
    }
}

/// The change of an offer that follows the books, if any.
fn offer_change(
    facts: &ProductFacts<'_>,
    sku: &SellerSku,
    standing: &SkuStanding,
    available: Units,
) -> Result<Option<OfferChange>, Finding> {
    let Some(offer) = &standing.offer else { return Ok(None) };
    let Some(from) = offer.believed() else { return Ok(None) };
    let row = facts.settings.table.get(sku);
    let buffer = row.buffer.unwrap_or(facts.settings.buffer);
    let offered = available.minus(buffer).max(Units::ZERO);
    let to = row.cap.or(facts.settings.cap).map_or(offered, |cap| offered.min(cap));
    let is_in_a_feed = offer.on_its_way.is_some_and(|on_its_way| on_its_way.feed_message.is_some());
    if to == from || is_in_a_feed {
        return Ok(None);
    }
    if let Some((_, why)) = offer.refused.as_ref().filter(|(units, _)| *units == to) {
        return Err(refused(sku, to, why));
    }
    if offer.unheeded.is_some_and(|unheeded| unheeded.units == to && unheeded.times >= OFFER_TRIES_MAX) {
        let message = format!(
            "Amazon accepted {to} units for SKU {sku} {OFFER_TRIES_MAX} times and shows {from}: look at the listing in \
             Seller Central, and at what else sets its quantity"
        );
        return Err(Finding::new(Code::QuantityNotTaken, sku.as_str(), message));
    }
    Ok(Some(OfferChange { product: facts.code.clone(), sku: sku.clone(), from, to }))
}

/// A quantity that Amazon refuses, in its words.
pub fn refused(sku: &SellerSku, units: Units, why: &str) -> Finding {
    let message =
        format!("Amazon refuses {units} units for SKU {sku}: {why}; correct the listing in Seller Central");
    Finding::new(Code::QuantityRefused, sku.as_str(), message)
}

fn names(skus: &Skus<'_>) -> String {
    skus.iter().map(|(sku, _)| sku.as_str()).collect::<Vec<_>>().join(", ")
}

fn without_product(code: &ProductCode, leading: &Skus<'_>, following: &Skus<'_>) -> Finding {
    let skus = names(&leading.iter().chain(following).copied().collect());
    let message = format!(
        "SKU {skus} has stock at Amazon and no product in KashFlow: create the product, or add the SKU to the SKU \
         table; the next sweep takes it up"
    );
    Finding::new(Code::StockWithoutProduct, code.as_str(), message)
}

fn not_managed(code: &ProductCode) -> Finding {
    let message = format!(
        "KashFlow does not keep the stock of product {code}: tick \"Manage stock level\" there, or set the owner of \
         its SKUs to `nobody` in the stock table"
    );
    Finding::new(Code::StockNotManaged, code.as_str(), message)
}

fn sold_both_ways(code: &ProductCode, leading: &Skus<'_>, following: &Skus<'_>) -> Finding {
    let message = format!(
        "product {code} is sent by Amazon (SKU {}) and by the merchant (SKU {}): give each a product of its own in \
         the SKU table, or set `stock.both-ways` to `sum`; until then neither side follows the other",
        names(leading),
        names(following)
    );
    Finding::new(Code::SoldBothWays, code.as_str(), message)
}

#[cfg(test)]
mod tests;
