//! Sending quantities to Amazon: one by one, or many as a feed.
//!
//! An offer is read before its quantity is changed: one that Amazon sends by now would be taken back by it. Accepted
//! is not taken: what was sent is on its way until the offer shows it.

use chrono::Duration;

use crate::amazon::listings::{Mode, PatchListingsItem, Submission};
use crate::canonical::{OfferKind, OfferStanding, OnItsWay, ProductCode, SellerSku};
use crate::limits::{OFFER_FRESH_MS, STOCK_BATCH};
use crate::mapping::stock::OfferChange;
use crate::remote::{CallFailure, FailureClass};

use super::desk::Desk;

impl Desk<'_> {
    /// The offers to change that were not read for too long.
    pub fn offers_to_see_first(
        &mut self,
        changes: &[OfferChange],
    ) -> Result<Vec<(ProductCode, SellerSku)>, CallFailure> {
        let now = self.host.now();
        let mut unseen = Vec::new();
        for change in changes {
            let standing = self.standing(&change.product)?;
            let offer = standing.skus.get(&change.sku).and_then(|standing| standing.offer.as_ref());
            let is_fresh =
                offer.is_some_and(|offer| now - offer.read_at < Duration::milliseconds(OFFER_FRESH_MS));
            if !is_fresh {
                unseen.push((change.product.clone(), change.sku.clone()));
            }
        }
        Ok(unseen)
    }

    /// Sends as far as this delivery goes; gives whether it came to the end.
    pub fn send_one_by_one(&mut self, changes: &[OfferChange]) -> Result<bool, CallFailure> {
        for batch in changes.chunks(STOCK_BATCH) {
            if !self.has_time() {
                return Ok(false);
            }
            for change in batch {
                self.send(change)?;
            }
            self.ledger.write(self.host)?;
        }
        Ok(true)
    }

    fn send(&mut self, change: &OfferChange) -> Result<(), CallFailure> {
        let answer = self.call(&PatchListingsItem {
            host: self.settings.region.host(),
            seller: &self.stock.seller,
            marketplace: &self.stock.marketplace,
            sku: &change.sku,
            units: change.to,
            mode: Mode::Submit,
        });
        let at = self.host.now();
        let on_its_way = Some(OnItsWay { units: change.to, at, feed_message: None });
        match answer {
            Ok(Submission::Accepted) => {
                self.effect("offer-quantity", change.to, &change.sku);
                self.change_offer(&change.product, &change.sku, |offer| offer.on_its_way = on_its_way)
            }
            Ok(Submission::Refused(why)) => self.change_offer(&change.product, &change.sku, |offer| {
                (offer.on_its_way, offer.refused) = (None, Some((change.to, why)));
            }),
            Ok(Submission::NoOffer) => self.change_offer(&change.product, &change.sku, |offer| {
                *offer = OfferStanding::read(OfferKind::Absent, at);
            }),
            Err(mut failure) => {
                failure.finding.subject = change.sku.to_string();
                if failure.class == FailureClass::Ambiguous {
                    // It may be on its way; the offer will show it.
                    self.change_offer(&change.product, &change.sku, |offer| offer.on_its_way = on_its_way)?;
                }
                Err(failure)
            }
        }
    }

    pub fn change_offer(
        &mut self,
        product: &ProductCode,
        sku: &SellerSku,
        change: impl FnOnce(&mut OfferStanding),
    ) -> Result<(), CallFailure> {
        let mut standing = self.standing(product)?;
        if let Some(offer) = standing.skus.get_mut(sku).and_then(|standing| standing.offer.as_mut()) {
            change(offer);
        }
        self.set(product, standing)
    }
}
