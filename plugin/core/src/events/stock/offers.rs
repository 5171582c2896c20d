//! Reading offers: who sends a SKU to buyers, and which quantity it shows.
//!
//! Twenty SKUs a call, and only those of which something is not known: new ones, those that were bought, those whose
//! quantity was sent a while ago. That Amazon accepted a quantity means little; an offer that shows it means that it
//! was taken.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};

use crate::amazon::listings::SearchListingsItems;
use crate::canonical::{
    Fulfilment, Offer, OfferKind, OfferStanding, ProductCode, SellerSku, Unheeded, Units,
};
use crate::limits::{
    INVENTORY_FULL_MS, OFFER_ABSENT_MS, OFFER_SETTLING_MS, OFFER_SKUS_MAX, OFFER_TRIES_MAX, STOCK_KEEP_CALLS,
};
use crate::remote::CallFailure;
use crate::settings::Owner;

use super::desk::Desk;

impl Desk<'_> {
    /// The SKUs whose offers have to be read.
    pub fn offers_to_read(&mut self) -> Result<Vec<(ProductCode, SellerSku)>, CallFailure> {
        let now = self.host.now();
        let mut wanted = Vec::new();
        for (product, skus) in self.candidates() {
            let standing = self.standing(&product)?;
            for sku in skus {
                let offer = standing.skus.get(&sku).and_then(|standing| standing.offer.as_ref());
                let is_wanted = match offer {
                    None => true,
                    Some(offer) => self.is_unsure(&sku, offer, now),
                };
                if is_wanted {
                    wanted.push((product.clone(), sku));
                }
            }
        }
        Ok(wanted)
    }

    /// Whether an offer may show something else than is known of it.
    fn is_unsure(&self, sku: &SellerSku, offer: &OfferStanding, now: DateTime<Utc>) -> bool {
        let age = now - offer.read_at;
        let older_than = |limit_ms| age >= Duration::milliseconds(limit_ms);
        if !matches!(offer.kind, OfferKind::ByMerchant(_)) {
            return older_than(OFFER_ABSENT_MS);
        }
        match offer.on_its_way {
            // What it shows before that time says nothing.
            Some(on_its_way) if !is_settled(on_its_way.at, now) => return false,
            Some(on_its_way) => return on_its_way.feed_message.is_none(),
            None => {}
        }
        let was_in_vain = offer.refused.is_some()
            || offer.unheeded.is_some_and(|unheeded| unheeded.times >= OFFER_TRIES_MAX);
        let leads = self.stock.table.get(sku).owner == Some(Owner::Amazon);
        leads || self.was_bought_since(sku, offer.read_at) || (was_in_vain && older_than(INVENTORY_FULL_MS))
    }

    fn was_bought_since(&self, sku: &SellerSku, since: DateTime<Utc>) -> bool {
        self.noted.get(sku).is_some_and(|noted| *noted >= since)
    }

    /// Reads offers as far as this delivery goes; gives whether it came to the end.
    pub fn read_offers(&mut self, wanted: &[(ProductCode, SellerSku)]) -> Result<bool, CallFailure> {
        for (index, batch) in wanted.chunks(OFFER_SKUS_MAX).enumerate() {
            if !self.has_time() {
                return Ok(false);
            }
            if index % STOCK_KEEP_CALLS == STOCK_KEEP_CALLS - 1 {
                self.keep()?;
            }
            let skus: Vec<SellerSku> = batch.iter().map(|(_, sku)| sku.clone()).collect();
            let offers = self.call(&SearchListingsItems {
                host: self.settings.region.host(),
                seller: &self.stock.seller,
                marketplace: &self.stock.marketplace,
                skus: &skus,
            })?;
            for (product, sku) in batch {
                let offer = offers.iter().find(|offer| offer.sku == *sku);
                self.read_offer(product, sku, offer)?;
            }
        }
        Ok(true)
    }

    fn read_offer(
        &mut self,
        product: &ProductCode,
        sku: &SellerSku,
        offer: Option<&Offer>,
    ) -> Result<(), CallFailure> {
        let now = self.host.now();
        let mut standing = self.standing(product)?;
        let known = standing.skus.entry(sku.clone()).or_default().offer.take();
        let read = match (known, offer) {
            (_, None) => OfferStanding::read(OfferKind::Absent, now),
            (_, Some(Offer { fulfilment: Fulfilment::ByAmazon, .. })) => {
                OfferStanding::read(OfferKind::ByAmazon, now)
            }
            (known, Some(offer)) => {
                let shown = offer.units.unwrap_or(Units::ZERO);
                let since = known.as_ref().and_then(|known| known.on_its_way).map(|on_its_way| on_its_way.at);
                let was_bought = since.is_some_and(|since| self.was_bought_since(sku, since));
                judged(known, shown, offer.problems.first(), was_bought, now)
            }
        };
        standing.skus.entry(sku.clone()).or_default().offer = Some(read);
        self.set(product, standing)
    }

    /// Forgets orders whose units are off the books and whose offers were read since.
    pub fn tidy_promises(&mut self) -> Result<(), CallFailure> {
        let now = self.host.now();
        let mut read_at: BTreeMap<SellerSku, DateTime<Utc>> = BTreeMap::new();
        for (sku, standing) in self.ledger.iter().flat_map(|(_, standing)| &standing.skus) {
            if let Some(offer) = standing.offer.as_ref().filter(|offer| offer.believed().is_some()) {
                read_at.insert(sku.clone(), offer.read_at);
            }
        }
        let is_since =
            |sku: &SellerSku, noted: DateTime<Utc>| read_at.get(sku).is_some_and(|read_at| noted >= *read_at);
        self.promises.tidy(self.host, now, is_since)
    }
}

fn is_settled(sent_at: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    now - sent_at >= Duration::milliseconds(OFFER_SETTLING_MS)
}

/// What is known of an offer of the merchant's after it was read.
fn judged(
    known: Option<OfferStanding>,
    shown: Units,
    problem: Option<&String>,
    was_bought: bool,
    now: DateTime<Utc>,
) -> OfferStanding {
    let mut read = OfferStanding::read(OfferKind::ByMerchant(shown), now);
    let Some(known) = known else { return read };
    let Some(on_its_way) = known.on_its_way else {
        // Whatever was in vain is tried again once an offer is looked at anew.
        return read;
    };
    if !is_settled(on_its_way.at, now) || on_its_way.feed_message.is_some() {
        (read.on_its_way, read.unheeded, read.refused) = (Some(on_its_way), known.unheeded, known.refused);
        return read;
    }
    if shown == on_its_way.units || was_bought {
        return read;
    }
    if let Some(problem) = problem {
        read.refused = Some((on_its_way.units, problem.clone()));
        return read;
    }
    let times = known.unheeded.filter(|unheeded| unheeded.units == on_its_way.units).map_or(0, |it| it.times);
    read.unheeded = Some(Unheeded { units: on_its_way.units, times: times + 1 });
    read
}

#[cfg(test)]
mod tests;
