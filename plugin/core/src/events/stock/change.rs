//! One SKU that Amazon tells of: it is counted again, and the books follow.
//!
//! What the notification says is only used to notice that Amazon's answer is older than it.

use chrono::{DateTime, Utc};

use crate::amazon::inventory_change::InventoryChange;
use crate::canonical::{MarketplaceId, SellerSku, WarehouseState, WarehouseStock};
use crate::finding::Code;
use crate::limits::{LAG_MS, LAGGING_READS_MAX};
use crate::mapping::sku::candidate_codes;
use crate::orchestration::Attempt;
use crate::remote::{CallFailure, FailureClass};

use super::desk::Desk;
use super::{End, Reached};

impl Desk<'_> {
    /// Makes the books follow the SKU that changed.
    pub fn follow(
        &mut self,
        change: &InventoryChange,
        occurred_at: Option<&str>,
        attempt: Attempt<'_>,
    ) -> Result<Reached, End> {
        let occurred_at = occurred_at.and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        let counted = self.count_again(&change.sku)?;
        if may_lag(attempt) {
            for (pool, stock) in &counted {
                check_lag(change, pool, stock.as_ref(), occurred_at.map(|time| time.to_utc()))?;
            }
        }
        self.find_product(&change.sku)?;
        for (pool, stock) in &counted {
            if let Some(stock) = stock {
                self.count(pool, stock)?;
            }
        }
        let product = self.home(&change.sku);
        let mut standing = self.standing(&product)?;
        self.settle_intention(&product, &mut standing);
        self.set(&product, standing)?;
        let plan = self.plan(&product)?;
        if let Some(change) = plan.books.clone() {
            self.write_books(&[change])?;
        }
        let plan = self.plan(&product)?;
        self.tell(&product, &plan)?;
        Ok(Reached::after(plan.waits_until, self.host.now()))
    }

    /// Reads the product that the SKU is, if the books have one.
    fn find_product(&mut self, sku: &SellerSku) -> Result<(), CallFailure> {
        for code in candidate_codes(sku, &self.settings.sku.table) {
            self.read_product(&code)?;
            if self.products.contains_key(&code) {
                break;
            }
        }
        Ok(())
    }
}

/// Whether Amazon's answer may still be older than the notification.
fn may_lag(attempt: Attempt<'_>) -> bool {
    attempt.event_age_ms.is_some_and(|age_ms| age_ms < LAG_MS) || attempt.number < LAGGING_READS_MAX
}

/// Fails where Amazon shows an older count than its notification told of.
fn check_lag(
    change: &InventoryChange,
    pool: &MarketplaceId,
    stock: Option<&WarehouseStock>,
    occurred_at: Option<DateTime<Utc>>,
) -> Result<(), CallFailure> {
    let Some((_, told)) = change.fulfillable.iter().find(|(marketplace, _)| marketplace == pool) else {
        return Ok(());
    };
    let shown = stock.map(|stock| stock.counted(&[WarehouseState::Fulfillable]));
    let is_newer =
        stock.and_then(|stock| stock.as_of).zip(occurred_at).is_some_and(|(as_of, at)| as_of >= at);
    if shown == Some(*told) || is_newer {
        return Ok(());
    }
    let message =
        "Amazon's count does not show the change yet that its notification tells of; it is read again";
    Err(CallFailure::new(FailureClass::Transient, Code::InventoryStale, change.sku.as_str(), message))
}
