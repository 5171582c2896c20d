//! One delivery's work on stock: what is known of both sides, and how much time is left.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Duration, Utc};

use crate::canonical::{ProductCode, ProductStanding, SellerSku, StockedProduct, Units};
use crate::finding::Finding;
use crate::host::Host;
use crate::kashflow::{GetProductCard, GetProducts, GetSubProducts};
use crate::limits::{STOCK_CALLS_MAX, STOCK_EFFECTS_MAX, STOCK_WORK_MS};
use crate::mapping::stock::{ProductFacts, ProductPlan, home, known_skus, plan};
use crate::orchestration::Effect;
use crate::orchestration::stock::{Promises, StockJournal, StockLedger};
use crate::remote::{Call, CallFailure, perform};
use crate::settings::{Settings, Stock};

pub(super) struct Desk<'a> {
    pub host: &'a mut dyn Host,
    pub settings: &'a Settings,
    pub stock: &'a Stock,
    /// What this delivery is of.
    pub event: &'a str,
    pub ledger: StockLedger,
    pub journal: StockJournal,
    pub promises: Promises,
    /// What the books have, as far as it was read.
    pub products: BTreeMap<ProductCode, StockedProduct>,
    /// Units that buyers were promised and that the books still hold.
    pub promised: BTreeMap<SellerSku, Units>,
    /// When each SKU was last bought or taken back.
    pub noted: BTreeMap<SellerSku, DateTime<Utc>>,
    pub effects: Vec<Effect>,
    pub findings: Vec<Finding>,
    calls_left: u32,
    until: Option<DateTime<Utc>>,
    keeps: bool,
}

impl<'a> Desk<'a> {
    pub fn open(
        host: &'a mut dyn Host,
        settings: &'a Settings,
        stock: &'a Stock,
        event: &'a str,
    ) -> Result<Self, CallFailure> {
        let journal = StockJournal::open(host)?;
        let promises = Promises::read_all(host)?;
        let now = host.now();
        let (promised, noted) = (promises.open(now), promises.last_noted());
        Ok(Desk {
            host,
            settings,
            stock,
            event,
            ledger: StockLedger::default(),
            journal,
            promises,
            products: BTreeMap::new(),
            promised,
            noted,
            effects: Vec::new(),
            findings: Vec::new(),
            calls_left: STOCK_CALLS_MAX,
            until: Some(now + Duration::milliseconds(STOCK_WORK_MS)),
            keeps: true,
        })
    }

    /// Only looks: it keeps nothing, and takes as long as it takes.
    pub fn look_only(&mut self) {
        (self.calls_left, self.until, self.keeps) = (u32::MAX, None, false);
    }

    pub fn call<C: Call>(&mut self, call: &C) -> Result<C::Answer, CallFailure> {
        self.calls_left = self.calls_left.saturating_sub(1);
        perform(self.host, call)
    }

    /// Whether one more piece of work fits into this delivery.
    pub fn has_time(&mut self) -> bool {
        let now = self.host.now();
        self.calls_left > 0 && self.until.is_none_or(|until| now < until)
    }

    /// Stores what was learnt.
    pub fn keep(&mut self) -> Result<(), CallFailure> {
        if !self.keeps {
            return Ok(());
        }
        self.ledger.write(self.host)?;
        self.journal.write(self.host)
    }

    /// Reads all products of the books, and what is known of all of them.
    pub fn read_everything(&mut self) -> Result<(), CallFailure> {
        self.ledger.read_all(self.host)?;
        for nominal in self.call(&GetProducts)? {
            for product in self.call(&GetSubProducts { nominal })? {
                self.products.entry(product.code.clone()).or_insert(product);
            }
        }
        self.settle_intentions()
    }

    /// Reads a product of the books, if there is one of this code.
    pub fn read_product(&mut self, code: &ProductCode) -> Result<(), CallFailure> {
        if let Some(card) = self.call(&GetProductCard { code })? {
            self.products.insert(code.clone(), card.product);
        }
        Ok(())
    }

    /// The product that the SKU is, among those that were read.
    pub fn home(&self, sku: &SellerSku) -> ProductCode {
        home(sku, &self.settings.sku.table, |code| self.products.contains_key(code))
    }

    pub fn standing(&mut self, product: &ProductCode) -> Result<ProductStanding, CallFailure> {
        self.ledger.standing(self.host, product)
    }

    pub fn set(&mut self, product: &ProductCode, standing: ProductStanding) -> Result<(), CallFailure> {
        self.ledger.set(self.host, product, standing)
    }

    /// The SKUs that could have an offer, by product, as far as the books have the product and count it.
    pub fn candidates(&self) -> BTreeMap<ProductCode, BTreeSet<SellerSku>> {
        let is_counted =
            |code: &ProductCode| self.products.get(code).is_some_and(|product| product.is_managed);
        let table = &self.settings.sku.table;
        let is_known = |code: &ProductCode| self.products.contains_key(code);
        let mut candidates = known_skus(self.products.keys(), table, self.stock, is_known);
        for (code, standing) in self.ledger.iter() {
            candidates.entry(code.clone()).or_default().extend(standing.skus.keys().cloned());
        }
        candidates.retain(|code, _| is_counted(code));
        candidates
    }

    /// What has to be done for a product.
    pub fn plan(&mut self, code: &ProductCode) -> Result<ProductPlan, CallFailure> {
        let now = self.host.now();
        let standing = self.ledger.standing(self.host, code)?;
        Ok(plan(&ProductFacts {
            code,
            product: self.products.get(code),
            standing: &standing,
            promised: &self.promised,
            settings: self.stock,
            now,
        }))
    }

    /// What has to be done for every product of which anything is known.
    pub fn plans(&mut self) -> Result<Vec<(ProductCode, ProductPlan)>, CallFailure> {
        let codes: Vec<ProductCode> = self.ledger.iter().map(|(code, _)| code.clone()).collect();
        codes.into_iter().map(|code| self.plan(&code).map(|plan| (code, plan))).collect()
    }

    /// What stands on a side because of this event. Only so many are named one by one.
    pub fn effect(&mut self, document: &'static str, number: impl ToString, reference: impl ToString) {
        if self.effects.len() < STOCK_EFFECTS_MAX {
            let (number, reference) = (number.to_string(), reference.to_string());
            self.effects.push(Effect { document, number, reference });
        }
    }

    /// What was intended and stands in the books was written.
    fn settle_intentions(&mut self) -> Result<(), CallFailure> {
        let intended: Vec<(ProductCode, ProductStanding)> = self
            .ledger
            .iter()
            .filter(|(_, standing)| standing.intended.is_some())
            .map(|(code, standing)| (code.clone(), standing.clone()))
            .collect();
        for (code, mut standing) in intended {
            self.settle_intention(&code, &mut standing);
            self.set(&code, standing)?;
        }
        Ok(())
    }

    /// The same for one product, whose standing is at hand.
    pub fn settle_intention(&mut self, code: &ProductCode, standing: &mut ProductStanding) {
        let units = self.products.get(code).map(|product| product.units);
        if let Some(intended) = standing.intended.filter(|intended| Some(intended.units) == units) {
            standing.written = Some(crate::canonical::Written { units: intended.units, at: intended.at });
            standing.at_amazon = intended.at_amazon;
            standing.intended = None;
        }
    }
}
