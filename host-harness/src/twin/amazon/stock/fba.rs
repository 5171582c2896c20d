//! Goods in Amazon's warehouses, as they are and as they are shown.
//!
//! Absent on purpose: sales. A test that sells from Amazon's warehouses puts the counts that are left.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::twin::world::ids::Sku;
use crate::twin::world::stock::{FbaCounts, Inbound, InventoryPool};

/// The goods of one SKU in one pool.
#[derive(Clone, Copy)]
pub(in crate::twin::amazon) struct FbaStock {
    pub counts: FbaCounts,
    pub last_updated_at: DateTime<Utc>,
    /// Whether the summaries leave it out.
    hidden: bool,
}

type Place = (InventoryPool, Sku);

#[derive(Default)]
pub(in crate::twin::amazon) struct FbaShelf {
    stock: BTreeMap<Place, FbaStock>,
    /// Where the latest change was, and what was there before it.
    before: Option<(Place, Option<FbaStock>)>,
    lagging: bool,
}

impl FbaShelf {
    /// Sets the counts, and shows what was hidden.
    pub fn put(&mut self, place: Place, counts: FbaCounts, at: DateTime<Utc>) {
        self.change(place, FbaStock { counts, last_updated_at: at, hidden: false });
    }

    /// Changes what is under way alone. Amazon does not count that as an update (FBA Inventory API v1, parameter
    /// `startDateTime`).
    pub fn put_inbound(&mut self, place: Place, inbound: Inbound, now: DateTime<Utc>) {
        let known = self.stock.get(&place).copied();
        let mut stock =
            known.unwrap_or(FbaStock { counts: FbaCounts::default(), last_updated_at: now, hidden: false });
        stock.counts.inbound = inbound;
        self.change(place, stock);
    }

    /// Leaves the SKU out of the summaries of every pool.
    pub fn hide(&mut self, sku: &Sku) {
        for ((_, known), stock) in &mut self.stock {
            if known == sku {
                stock.hidden = true;
            }
        }
    }

    /// While it lags, what is shown is how things were before the latest change.
    pub fn lag(&mut self, lagging: bool) {
        self.lagging = lagging;
    }

    /// What is there now counts as what has always been there.
    pub fn forget_changes(&mut self) {
        self.before = None;
    }

    pub fn truly(&self, place: &Place) -> Option<&FbaStock> {
        self.stock.get(place)
    }

    pub fn skus(&self) -> impl Iterator<Item = &Sku> {
        self.stock.keys().map(|(_, sku)| sku)
    }

    /// What the summaries of a pool tell, by SKU.
    pub fn shown(&self, pool: InventoryPool) -> impl Iterator<Item = (&Sku, &FbaStock)> {
        let of_the_pool = self.stock.iter().filter(move |((of, _), _)| *of == pool);
        of_the_pool.filter_map(|(place, stock)| {
            let stock = match &self.before {
                Some((changed, before)) if self.lagging && changed == place => before.as_ref()?,
                _ => stock,
            };
            (!stock.hidden).then_some((&place.1, stock))
        })
    }

    fn change(&mut self, place: Place, stock: FbaStock) {
        let before = self.stock.insert(place.clone(), stock);
        self.before = Some((place, before));
    }
}
