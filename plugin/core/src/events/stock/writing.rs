//! Writing stock levels into the books: read, intend, write, read back.
//!
//! The books have no way to move stock, only to replace a product. What is intended is written down before, because a
//! call whose answer was lost can still be carried out: until it is known that it was, or cannot be any more, the
//! product is left alone.

use chrono::{DateTime, Utc};

use crate::canonical::{Intended, ProductCard, ProductCode, Units, Written};
use crate::finding::Code;
use crate::host::LogLevel;
use crate::kashflow::{AddOrUpdateSubProduct, GetProductCard};
use crate::limits::STOCK_BATCH;
use crate::mapping::stock::BooksChange;
use crate::remote::{CallFailure, FailureClass};

use super::desk::Desk;

const QUANTITY: &str = "QtyInStock";

impl Desk<'_> {
    /// Writes as far as this delivery goes; gives whether it came to the end.
    pub fn write_books(&mut self, changes: &[BooksChange]) -> Result<bool, CallFailure> {
        for batch in changes.chunks(STOCK_BATCH) {
            if !self.has_time() {
                return Ok(false);
            }
            let at = self.host.now();
            for change in batch {
                self.intend(change, change.to, at)?;
            }
            self.ledger.write(self.host)?;
            for (index, change) in batch.iter().enumerate() {
                if let Err(mut failure) = self.write_level(change) {
                    failure.finding.subject = change.product.to_string();
                    // Only of the one whose answer was lost is it open whether it was written.
                    let untouched = if failure.class == FailureClass::Ambiguous { index + 1 } else { index };
                    for change in &batch[untouched..] {
                        self.forget_intention(&change.product)?;
                    }
                    return Err(failure);
                }
            }
            self.ledger.write(self.host)?;
        }
        Ok(true)
    }

    fn write_level(&mut self, change: &BooksChange) -> Result<(), CallFailure> {
        let product = &change.product;
        let Some(card) = self.call(&GetProductCard { code: product })? else {
            // Somebody deleted it a moment ago: the next sweep finds no such product.
            return self.forget_intention(product);
        };
        let to = self.level(change, &card)?;
        if card.product.units != to {
            self.call(&AddOrUpdateSubProduct { card: &card, units: to })?;
            let read_back = self.call(&GetProductCard { code: product })?;
            self.check(&card, to, read_back.as_ref())?;
            self.effect("stock-level", to, product);
        }
        let mut standing = self.standing(product)?;
        standing.written = Some(Written { units: to, at: self.host.now() });
        (standing.at_amazon, standing.intended) = (change.at_amazon, None);
        self.set(product, standing)?;
        if let Some(known) = self.products.get_mut(product) {
            known.units = to;
        }
        Ok(())
    }

    /// The level to write. Where the books hold the merchant's units besides, these may have moved since they were
    /// listed.
    fn level(&mut self, change: &BooksChange, card: &ProductCard) -> Result<Units, CallFailure> {
        if !change.is_sum || card.product.units == change.from {
            return Ok(change.to);
        }
        let before = self.standing(&change.product)?.at_amazon;
        let to = card.product.units.minus(before).plus(change.at_amazon);
        let at = self.host.now();
        self.intend(change, to, at)?;
        self.ledger.write(self.host)?;
        Ok(to)
    }

    fn intend(&mut self, change: &BooksChange, to: Units, at: DateTime<Utc>) -> Result<(), CallFailure> {
        let mut standing = self.standing(&change.product)?;
        standing.intended = Some(Intended { units: to, at_amazon: change.at_amazon, at });
        self.set(&change.product, standing)
    }

    fn forget_intention(&mut self, product: &ProductCode) -> Result<(), CallFailure> {
        let mut standing = self.standing(product)?;
        standing.intended = None;
        self.set(product, standing)
    }

    /// A level that moved since it was written is no fault: somebody sold or bought. One that stayed is.
    fn check(
        &mut self,
        before: &ProductCard,
        to: Units,
        after: Option<&ProductCard>,
    ) -> Result<(), CallFailure> {
        let code = &before.product.code;
        let not_read_back = |what: &str| {
            let message = format!(
                "{what}: look at product {code} in KashFlow; the stock level is written again, and if it lasts, \
                 report it"
            );
            CallFailure::new(FailureClass::Transient, Code::StockNotReadBack, code.as_str(), message)
        };
        let Some(after) = after else {
            return Err(not_read_back("the product is gone after it was written"));
        };
        if after.product.units == before.product.units {
            return Err(not_read_back("the stock level was accepted and not taken"));
        }
        let others = |card: &ProductCard| -> Vec<(String, String)> {
            card.fields.iter().filter(|(name, _)| name != QUANTITY).cloned().collect()
        };
        if others(before) != others(after) {
            return Err(not_read_back("another field of the product changed with its stock level"));
        }
        if after.product.units != to {
            let fields = [("product", code.as_str())];
            self.host.log(LogLevel::Info, "a stock level moved as it was written", &fields);
        }
        Ok(())
    }
}
