//! Reading what lies in Amazon's warehouses, pool by pool.
//!
//! What is missing from an answer is no news: Amazon's summaries are known to leave SKUs out. Absent on purpose: what
//! follows from a count.

use chrono::Duration;

use crate::amazon::inventory::GetInventorySummaries;
use crate::canonical::{Counted, MarketplaceId, SellerSku, Units, WarehouseState, WarehouseStock};
use crate::finding::Code;
use crate::limits::{INVENTORY_FULL_MS, INVENTORY_OVERLAP_MS, INVENTORY_PLACE_MS, STOCK_KEEP_CALLS};
use crate::orchestration::stock::{InventoryPlace, PoolProgress};
use crate::remote::{CallFailure, FailureClass};

use super::desk::Desk;

impl Desk<'_> {
    /// Reads what changed in a pool, or all of it; gives whether it came to the end.
    pub fn count_changes(&mut self, pool: &MarketplaceId, everything: bool) -> Result<bool, CallFailure> {
        let now = self.host.now();
        let known = self.journal.progress.pools.get(pool).cloned().unwrap_or_default();
        let fresh =
            |place: &InventoryPlace| now - place.given_at < Duration::milliseconds(INVENTORY_PLACE_MS);
        let place = known.place.clone().filter(fresh);
        let (begun_at, since) = match &place {
            Some(place) => (place.begun_at, place.since),
            None => (now, self.since(&known, everything)),
        };
        let mut token = place.map(|place| place.token);
        for page_number in 1_usize.. {
            let page = self.call(&GetInventorySummaries {
                host: self.settings.region.host(),
                marketplace: pool,
                skus: &[],
                changed_since: since,
                token: token.as_deref(),
            });
            let page = match page {
                Err(failure) if token.is_some() && failure.finding.code == Code::AmazonRejected => {
                    // The place is too old to be known: the next delivery begins again.
                    self.remember(pool, PoolProgress { place: None, ..known });
                    return Err(CallFailure { class: FailureClass::Transient, ..failure });
                }
                page => page?,
            };
            for stock in &page.stocks {
                self.count(pool, stock)?;
            }
            let Some(next) = page.next else {
                let read_whole_at = if since.is_none() { Some(begun_at) } else { known.read_whole_at };
                self.remember(pool, PoolProgress { seen_until: Some(begun_at), read_whole_at, place: None });
                return Ok(true);
            };
            let given_at = self.host.now();
            token = Some(next.clone());
            let place = Some(InventoryPlace { token: next, given_at, begun_at, since });
            self.remember(pool, PoolProgress { place, ..known.clone() });
            if page_number % STOCK_KEEP_CALLS == 0 {
                self.keep()?;
            }
            if !self.has_time() {
                break;
            }
        }
        Ok(false)
    }

    /// Counts one SKU again in every pool. `None` for those that Amazon does not show.
    pub fn count_again(
        &mut self,
        sku: &SellerSku,
    ) -> Result<Vec<(MarketplaceId, Option<WarehouseStock>)>, CallFailure> {
        let mut read = Vec::new();
        for pool in &self.stock.pools {
            let page = self.call(&GetInventorySummaries {
                host: self.settings.region.host(),
                marketplace: pool,
                skus: std::slice::from_ref(sku),
                changed_since: None,
                token: None,
            })?;
            read.push((pool.clone(), page.stocks.into_iter().find(|stock| stock.sku == *sku)));
        }
        Ok(read)
    }

    /// Keeps a count, unless a newer one is known. A SKU that never had stock and is no product is passed over: old
    /// listings leave thousands of them.
    pub fn count(&mut self, pool: &MarketplaceId, stock: &WarehouseStock) -> Result<(), CallFailure> {
        let product = self.home(&stock.sku);
        let mut standing = self.standing(&product)?;
        let is_known = self.products.contains_key(&product) || standing.skus.contains_key(&stock.sku);
        if !is_known && stock.counted(&WarehouseState::ALL) == Units::ZERO {
            return Ok(());
        }
        let counted = Counted { units: stock.counted(&self.stock.counted), as_of: stock.as_of };
        standing.skus.entry(stock.sku.clone()).or_default().count(pool, counted);
        self.set(&product, standing)
    }

    /// From when on changes are looked for; `None` where all is to be read.
    fn since(&mut self, known: &PoolProgress, everything: bool) -> Option<chrono::DateTime<chrono::Utc>> {
        let now = self.host.now();
        let (seen_until, whole) = (known.seen_until?, known.read_whole_at?);
        // What a person asked for a moment ago is not read again because the delivery had to stop.
        let enough_ms = if everything { INVENTORY_OVERLAP_MS } else { INVENTORY_FULL_MS };
        let overlap = Duration::milliseconds(INVENTORY_OVERLAP_MS);
        (now - whole < Duration::milliseconds(enough_ms)).then(|| seen_until - overlap)
    }

    fn remember(&mut self, pool: &MarketplaceId, progress: PoolProgress) {
        self.journal.progress.pools.insert(pool.clone(), progress);
    }
}
