//! What the rows of a settlement come to, by category: the sums that a plan is made of.
//!
//! Only sums are kept, so the memory grows with the orders of a settlement and not with its rows. Sums do not depend
//! on the order of the rows. Absent on purpose: which nominal and which VAT a sum gets (`ledger_plan`), except for
//! the VAT that is contained in a fee: it is rounded row by row, as each row is a charge of its own.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::canonical::{
    Currency, Fulfilment, Money, MoneyError, RowSink, SettlementProblem, SettlementRow, VatClass,
};
use crate::mapping::vat_rates::rate_on;

use super::categoriser::Categoriser;
use super::category::{Category, FeeForm, FeeKind, IncomeKind, MovementKind, SalePart};

/// Takes rows and adds them up.
pub struct Collector<'a> {
    categoriser: Categoriser<'a>,
    sums: Collected,
}

/// The sums of a whole settlement, in the sign of the file: positive for what Amazon pays.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Collected {
    currency: Currency,
    /// By order.
    pub sales: BTreeMap<Box<str>, Money>,
    pub refunds: BTreeMap<Box<str>, RefundSum>,
    pub fees: BTreeMap<FeeKey, FeeSum>,
    pub income: BTreeMap<(IncomeKind, NaiveDate), Money>,
    pub movements: BTreeMap<(MovementKind, NaiveDate), Money>,
    /// By the words of the rows.
    pub suspense: BTreeMap<String, SuspenseSum>,
    /// How many rows name each marketplace.
    pub marketplaces: BTreeMap<Box<str>, u64>,
}

/// What decides about the nominal and the VAT of a fee.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct FeeKey {
    pub kind: FeeKind,
    pub form: FeeForm,
    pub fulfilment: Option<Fulfilment>,
    pub posted_on: NaiveDate,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FeeSum {
    pub amount: Money,
    /// What is contained in it at the standard rate of the day, if it is so taxed: the sum over the rows.
    pub contained_vat: Money,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RefundSum {
    /// The last day.
    pub posted_on: NaiveDate,
    pub items: BTreeMap<Box<str>, RefundedSum>,
    pub goodwill: Money,
    /// The VAT in the items that rows state, less what Amazon owes of it.
    pub vat: Money,
}

/// What was paid back of one SKU; negative, as in the file.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RefundedSum {
    pub goods: Money,
    pub delivery: Money,
    pub gift_wrap: Money,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SuspenseSum {
    pub amount: Money,
    pub rows: u64,
    /// The first line of the file that has such a row.
    pub first_line: u64,
}

impl<'a> Collector<'a> {
    pub fn new(categoriser: Categoriser<'a>, currency: Currency) -> Self {
        Collector { categoriser, sums: Collected::new(currency) }
    }

    pub fn finish(self) -> Collected {
        self.sums
    }
}

impl RowSink for Collector<'_> {
    fn row(&mut self, row: &SettlementRow<'_>) -> Result<(), SettlementProblem> {
        let category = self.categoriser.categorise(row.kind).category;
        self.sums.add(category, row).map_err(SettlementProblem::Amounts)
    }
}

impl Collected {
    fn new(currency: Currency) -> Self {
        Collected {
            currency,
            sales: BTreeMap::new(),
            refunds: BTreeMap::new(),
            fees: BTreeMap::new(),
            income: BTreeMap::new(),
            movements: BTreeMap::new(),
            suspense: BTreeMap::new(),
            marketplaces: BTreeMap::new(),
        }
    }

    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Adds a row of this category.
    pub fn add(&mut self, category: Category, row: &SettlementRow<'_>) -> Result<(), MoneyError> {
        if !row.marketplace_name.is_empty() {
            match self.marketplaces.get_mut(row.marketplace_name) {
                Some(rows) => *rows += 1,
                None => drop(self.marketplaces.insert(row.marketplace_name.into(), 1)),
            }
        }
        let zero = Money::zero(self.currency);
        match category {
            // Money of a sale that names no order belongs to nobody.
            Category::Sale(_) | Category::Refund(_) if row.order_id.is_empty() => self.suspend(row),
            Category::Sale(_) => match self.sales.get_mut(row.order_id) {
                Some(sum) => add(Some(sum), row.amount),
                None => {
                    // An amount of another currency is refused, as it is for all further rows.
                    self.sales.insert(row.order_id.into(), zero.checked_add(row.amount)?);
                    Ok(())
                }
            },
            Category::Refund(part) => self.add_refund(part, row),
            Category::Fee(kind, form) => self.add_fee(kind, form, row),
            Category::Income(kind) => {
                add(Some(self.income.entry((kind, row.posted_on)).or_insert(zero)), row.amount)
            }
            Category::Movement(kind) => {
                add(Some(self.movements.entry((kind, row.posted_on)).or_insert(zero)), row.amount)
            }
            Category::Suspense => self.suspend(row),
        }
    }

    fn add_refund(&mut self, part: SalePart, row: &SettlementRow<'_>) -> Result<(), MoneyError> {
        let zero = Money::zero(self.currency);
        if !self.refunds.contains_key(row.order_id) {
            let sum =
                RefundSum { posted_on: row.posted_on, items: BTreeMap::new(), goodwill: zero, vat: zero };
            self.refunds.insert(row.order_id.into(), sum);
        }
        let Some(refund) = self.refunds.get_mut(row.order_id) else { return Ok(()) };
        refund.posted_on = refund.posted_on.max(row.posted_on);
        if matches!(
            part,
            SalePart::GoodsVat | SalePart::DeliveryVat | SalePart::GiftWrapVat | SalePart::WithheldVat
        ) {
            refund.vat = refund.vat.checked_add(row.amount)?;
        }
        if matches!(part, SalePart::Goodwill | SalePart::ReturnDelivery) {
            return add(Some(&mut refund.goodwill), row.amount);
        }
        if !refund.items.contains_key(row.sku) {
            let nothing = RefundedSum { goods: zero, delivery: zero, gift_wrap: zero };
            refund.items.insert(row.sku.into(), nothing);
        }
        let Some(item) = refund.items.get_mut(row.sku) else { return Ok(()) };
        let sum = match part {
            SalePart::Delivery | SalePart::DeliveryVat | SalePart::DeliveryPromotion => &mut item.delivery,
            SalePart::GiftWrap | SalePart::GiftWrapVat => &mut item.gift_wrap,
            SalePart::Goods
            | SalePart::GoodsVat
            | SalePart::GoodsPromotion
            | SalePart::WithheldVat
            | SalePart::Restocking
            | SalePart::Goodwill
            | SalePart::ReturnDelivery => &mut item.goods,
        };
        add(Some(sum), row.amount)
    }

    fn add_fee(&mut self, kind: FeeKind, form: FeeForm, row: &SettlementRow<'_>) -> Result<(), MoneyError> {
        let zero = Money::zero(self.currency);
        let key = FeeKey { kind, form, fulfilment: row.fulfilment, posted_on: row.posted_on };
        let sum = self.fees.entry(key).or_insert(FeeSum { amount: zero, contained_vat: zero });
        let contained = rate_on(VatClass::Standard, row.posted_on).contained_in(row.amount)?;
        sum.amount = sum.amount.checked_add(row.amount)?;
        sum.contained_vat = sum.contained_vat.checked_add(contained)?;
        Ok(())
    }

    fn suspend(&mut self, row: &SettlementRow<'_>) -> Result<(), MoneyError> {
        let nothing = SuspenseSum { amount: Money::zero(self.currency), rows: 0, first_line: row.line };
        let sum = self.suspense.entry(row.kind.to_string()).or_insert(nothing);
        sum.rows += 1;
        sum.first_line = sum.first_line.min(row.line);
        sum.amount = sum.amount.checked_add(row.amount)?;
        Ok(())
    }
}

fn add(sum: Option<&mut Money>, amount: Money) -> Result<(), MoneyError> {
    if let Some(sum) = sum {
        *sum = sum.checked_add(amount)?;
    }
    Ok(())
}
