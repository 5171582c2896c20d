//! The decision how fees are bought: one purchase a month, one line a nominal and VAT treatment.
//!
//! The VAT of a fee is what Amazon states beside it, or what is contained in it; never a rate times a total. Where a
//! rule says that a fee has no VAT and Amazon states some, that is a cost: nobody here can reclaim it.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::canonical::{FeeLine, FeePurchase, Money, MoneyError, NominalCode, VatClass, VatRate};
use crate::mapping::vat_rates::rate_on;
use crate::settings::NominalRole;

use super::category::{Category, FeeForm, FeeKind};
use super::collected::{Collected, FeeKey, FeeSum};
use super::ledger_plan::{PlanContext, month};
use super::{PostingContext, PostingNominal, PostingRule, PostingVat};

/// How the VAT of a line comes about.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum VatOfLine {
    Contained,
    Stated,
    ReverseCharge,
    Zero,
    None,
}

/// What fees cost, and the VAT in it or beside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Sum {
    pub net: Money,
    pub vat: Money,
}

type Lines = BTreeMap<(NominalCode, VatOfLine), (FeeKind, Sum)>;

pub(super) fn standard_rate(day: NaiveDate) -> VatRate {
    rate_on(VatClass::Standard, day)
}

/// The purchases, the earliest month first.
pub(super) fn purchases(
    collected: &Collected,
    context: PlanContext<'_>,
) -> Result<Vec<FeePurchase>, MoneyError> {
    let zero = Money::zero(collected.currency());
    let mut months: BTreeMap<(i32, u32), (NaiveDate, Lines)> = BTreeMap::new();
    for (key, sum) in &collected.fees {
        let day = key.posted_on;
        let (last_day, lines) = months.entry(month(day)).or_insert_with(|| (day, Lines::new()));
        *last_day = (*last_day).max(day);
        let (nominal, vat_of_line, charged) = line_of(*key, sum, zero, context)?;
        let (_, line) =
            lines.entry((nominal, vat_of_line)).or_insert((key.kind, Sum { net: zero, vat: zero }));
        line.net = line.net.checked_add(charged.net)?;
        line.vat = line.vat.checked_add(charged.vat)?;
    }
    let purchases =
        months.into_values().map(|(date, lines)| FeePurchase { date, lines: fee_lines(lines, date) });
    Ok(purchases.filter(|purchase| !purchase.lines.is_empty()).collect())
}

/// All fees by how their VAT comes about, with what the purchases have of each.
pub(super) fn vat_totals(
    collected: &Collected,
    context: PlanContext<'_>,
) -> Result<BTreeMap<VatOfLine, Sum>, MoneyError> {
    let zero = Money::zero(collected.currency());
    let mut totals = BTreeMap::new();
    for (key, sum) in &collected.fees {
        let (_, vat_of_line, charged) = line_of(*key, sum, zero, context)?;
        let total = totals.entry(vat_of_line).or_insert(Sum { net: zero, vat: zero });
        total.net = total.net.checked_add(charged.net)?;
        total.vat = total.vat.checked_add(charged.vat)?;
    }
    Ok(totals)
}

/// The nominal of a fee that this rule posts.
pub(super) fn nominal_of(rule: &PostingRule, context: PlanContext<'_>) -> NominalCode {
    match rule.nominal {
        PostingNominal::Role(role) => context.settings.nominal(role),
        PostingNominal::Invoice | PostingNominal::OriginalSale | PostingNominal::PayoutAccount => {
            context.settings.nominal(NominalRole::Suspense)
        }
    }
}

/// Where a fee goes, and what it costs: the file writes a charge as a negative amount.
fn line_of(
    key: FeeKey,
    sum: &FeeSum,
    zero: Money,
    context: PlanContext<'_>,
) -> Result<(NominalCode, VatOfLine, Sum), MoneyError> {
    let asked = PostingContext {
        category: Category::Fee(key.kind, key.form),
        marketplace: context.country,
        fulfilment: key.fulfilment,
        date: key.posted_on,
    };
    let rule = context.rules.posting(&asked);
    let nominal = nominal_of(rule, context);
    let cost = sum.amount.negated();
    let contained = sum.contained_vat.negated();
    let without_vat = Sum { net: cost, vat: zero };
    Ok(match (rule.vat, key.form) {
        (PostingVat::Standard, FeeForm::Gross) => {
            (nominal, VatOfLine::Contained, Sum { net: cost.checked_sub(contained)?, vat: contained })
        }
        (PostingVat::Standard, FeeForm::Net) => (nominal, VatOfLine::Stated, without_vat),
        (PostingVat::Standard, FeeForm::Vat) => (nominal, VatOfLine::Stated, Sum { net: zero, vat: cost }),
        (PostingVat::ReverseCharge, _) => (nominal, VatOfLine::ReverseCharge, without_vat),
        (PostingVat::Zero, _) => (nominal, VatOfLine::Zero, without_vat),
        (PostingVat::OutsideScope | PostingVat::AsSale | PostingVat::None, _) => {
            (nominal, VatOfLine::None, without_vat)
        }
    })
}

fn fee_lines(lines: Lines, date: NaiveDate) -> Vec<FeeLine> {
    let used = lines.into_iter().filter(|(_, (_, sum))| !(sum.net.is_zero() && sum.vat.is_zero()));
    used.map(|((nominal, vat_of_line), (kind, sum))| {
        let vat_rate = match vat_of_line {
            VatOfLine::Contained => Some(standard_rate(date)),
            VatOfLine::Stated if !sum.vat.is_zero() => Some(standard_rate(date)),
            VatOfLine::Stated | VatOfLine::Zero => Some(VatRate::ZERO),
            VatOfLine::ReverseCharge | VatOfLine::None => None,
        };
        let suffix = match vat_of_line {
            VatOfLine::ReverseCharge => ", reverse charge",
            VatOfLine::Stated => ", VAT as stated",
            VatOfLine::Contained | VatOfLine::Zero | VatOfLine::None => "",
        };
        let description = format!("{}{suffix}", title(kind));
        FeeLine { nominal, net: sum.net, vat: sum.vat, vat_rate, description }
    })
    .collect()
}

fn title(kind: FeeKind) -> &'static str {
    match kind {
        FeeKind::Selling | FeeKind::Subscription | FeeKind::Liquidation => "Amazon selling fees",
        FeeKind::Fulfilment | FeeKind::Inbound | FeeKind::Removal => "Amazon fulfilment fees",
        FeeKind::Storage => "Amazon storage fees",
        FeeKind::Advertising => "Amazon advertising",
        FeeKind::Postage => "Postage through Amazon",
        FeeKind::EcoContribution => "Eco contributions through Amazon",
    }
}

#[cfg(test)]
mod tests;
