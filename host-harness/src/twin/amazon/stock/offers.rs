//! Offers, and the changes of them that were accepted and have not taken effect.
//!
//! Source: Listings Items API use case guide: an accepted submission is processed afterwards, and what goes wrong then
//! is told by the issues of the listing. Absent on purpose: whether a submission is accepted (`listing_patch`).

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, NaiveDate, Utc};

use crate::twin::world::ids::Sku;
use crate::twin::world::stock::{Availability, IssueSeverity, Listing, ListingIssue, MerchantAvailability};

/// How long Amazon takes to let a patch take effect.
const EFFECT_SECONDS: i64 = 30;

/// The only attribute that the twin lets clients change.
pub(in crate::twin::amazon) const AVAILABILITY: &str = "fulfillment_availability";

/// What a patch does with the parts of an availability that it does not name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::twin::amazon) enum PatchKind {
    /// Keeps them.
    Merge,
    /// Drops them.
    Replace,
}

/// An availability as a patch states it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::twin::amazon) enum AvailabilityValue {
    Amazon,
    Merchant {
        quantity: Option<u32>,
        restock_date: Option<NaiveDate>,
        lead_time_to_ship_max_days: Option<u32>,
    },
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(in crate::twin::amazon) struct AvailabilityPatch {
    pub kind: PatchKind,
    pub value: AvailabilityValue,
}

struct Submitted {
    sku: Sku,
    patches: Vec<AvailabilityPatch>,
    due_at: DateTime<Utc>,
}

#[derive(Default)]
pub(in crate::twin::amazon) struct Offers {
    listings: BTreeMap<Sku, Listing>,
    submitted: Vec<Submitted>,
    /// What Amazon says of quantities that it accepts and then refuses.
    refusals: BTreeMap<Sku, String>,
    conversions: usize,
}

impl AvailabilityPatch {
    /// What becomes of an availability.
    pub fn applied_to(&self, present: &Availability) -> Availability {
        let AvailabilityValue::Merchant { quantity, restock_date, lead_time_to_ship_max_days } = self.value
        else {
            return Availability::Amazon;
        };
        let kept = match (self.kind, present) {
            (PatchKind::Merge, Availability::Merchant(present)) => present.clone(),
            _ => MerchantAvailability::default(),
        };
        Availability::Merchant(MerchantAvailability {
            quantity: quantity.unwrap_or(kept.quantity),
            restock_date: restock_date.or(kept.restock_date),
            lead_time_to_ship_max_days: lead_time_to_ship_max_days.or(kept.lead_time_to_ship_max_days),
        })
    }
}

impl Offers {
    pub fn put(&mut self, sku: Sku, listing: Listing) {
        self.listings.insert(sku, listing);
    }

    pub fn remove(&mut self, sku: &Sku) {
        self.listings.remove(sku);
    }

    pub fn get(&self, sku: &Sku) -> Option<&Listing> {
        self.listings.get(sku)
    }

    /// By SKU.
    pub fn all(&self) -> impl Iterator<Item = (&Sku, &Listing)> {
        self.listings.iter()
    }

    pub fn conversions(&self) -> usize {
        self.conversions
    }

    /// Lets accepted quantities of the SKU end as an issue with this message; `None` ends that.
    pub fn refuse_quantities(&mut self, sku: Sku, message: Option<String>) {
        match message {
            Some(message) => self.refusals.insert(sku, message),
            None => self.refusals.remove(&sku),
        };
    }

    /// Takes sold units off a merchant-fulfilled offer and tells how many are left.
    pub fn sell(&mut self, sku: &Sku, units: u32, at: DateTime<Utc>) -> Option<u32> {
        let listing = self.listings.get_mut(sku)?;
        let Availability::Merchant(stated) = &mut listing.availability else { return None };
        stated.quantity = stated.quantity.saturating_sub(units);
        listing.last_updated_at = at;
        Some(stated.quantity)
    }

    /// Accepts patches of an offer. They overtake what was submitted before and has not taken effect.
    pub fn submit(&mut self, sku: Sku, patches: Vec<AvailabilityPatch>, now: DateTime<Utc>) {
        self.submitted.retain(|earlier| earlier.sku != sku);
        let due_at = now + Duration::seconds(EFFECT_SECONDS);
        self.submitted.push(Submitted { sku, patches, due_at });
    }

    /// Lets every submission take effect that is due by now, in the order in which they are due.
    pub fn settle(&mut self, now: DateTime<Utc>) {
        let (mut due, waiting): (Vec<Submitted>, Vec<Submitted>) =
            std::mem::take(&mut self.submitted).into_iter().partition(|submitted| submitted.due_at <= now);
        self.submitted = waiting;
        due.sort_by_key(|submitted| submitted.due_at);
        for Submitted { sku, patches, due_at } in due {
            self.apply(&sku, &patches, due_at);
        }
    }

    /// Changes an offer as patches say, or lets it have an issue where they are refused.
    pub fn apply(&mut self, sku: &Sku, patches: &[AvailabilityPatch], at: DateTime<Utc>) {
        let Some(listing) = self.listings.get_mut(sku) else { return };
        listing.last_updated_at = at;
        listing.issues.retain(|issue| !issue.attribute_names.iter().any(|name| name == AVAILABILITY));
        if let Some(message) = self.refusals.get(sku) {
            listing.issues.push(ListingIssue {
                code: "8015".to_owned(),
                message: message.clone(),
                severity: IssueSeverity::Error,
                attribute_names: vec![AVAILABILITY.to_owned()],
                categories: vec!["INVALID_ATTRIBUTE".to_owned()],
            });
            return;
        }
        let was_sent_by_amazon = listing.availability == Availability::Amazon;
        for patch in patches {
            listing.availability = patch.applied_to(&listing.availability);
        }
        if was_sent_by_amazon && listing.availability != Availability::Amazon {
            self.conversions += 1;
        }
    }
}
