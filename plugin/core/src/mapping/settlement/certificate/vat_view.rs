//! What a settlement means for a VAT return, as far as the file tells.
//!
//! Fees are told by treatment. Of refunds only the gross is known: the VAT of a credit note is that of its invoice.
//! Absent on purpose: the VAT of sales, which the invoices have.

use crate::canonical::{Money, MoneyError, SettlementPlan, SettlementPosting, TransactionPurpose};

use super::super::collected::Collected;
use super::super::fees::{self, VatOfLine};
use super::super::ledger_plan::PlanContext;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct VatView {
    /// By treatment; positive for a cost.
    pub fees: Vec<FeeVat>,
    /// What the credit notes come to, with their VAT. Positive.
    pub refunded_sales: Money,
    /// What was paid back beyond the sales: no VAT. Positive.
    pub goodwill: Money,
    /// Other income with its VAT, and that VAT. Positive for money in.
    pub income: Money,
    pub income_vat: Money,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FeeVat {
    /// `contained`, `stated`, `reverse-charge`, `zero`, `none`: how the VAT comes about.
    pub treatment: &'static str,
    pub net: Money,
    pub vat: Money,
}

impl VatView {
    pub fn of(
        plan: &SettlementPlan,
        collected: &Collected,
        context: PlanContext<'_>,
    ) -> Result<Self, MoneyError> {
        let zero = Money::zero(collected.currency());
        let totals = fees::vat_totals(collected, context)?;
        let fees = totals.into_iter().map(|(vat_of_line, sum)| FeeVat {
            treatment: name(vat_of_line),
            net: sum.net,
            vat: sum.vat,
        });
        let mut view = VatView {
            fees: fees.collect(),
            refunded_sales: zero,
            goodwill: zero,
            income: zero,
            income_vat: zero,
        };
        for posting in plan.postings() {
            match posting {
                SettlementPosting::Refund(refund) => {
                    view.refunded_sales = view.refunded_sales.checked_add(refund.of_the_sale()?)?;
                    view.goodwill = view.goodwill.checked_add(refund.goodwill)?;
                }
                SettlementPosting::Transaction(income) if income.purpose == TransactionPurpose::Income => {
                    view.income = view.income.checked_add(income.amount)?;
                    view.income_vat = view.income_vat.checked_add(income.vat)?;
                }
                SettlementPosting::Payment(_)
                | SettlementPosting::Purchase(_)
                | SettlementPosting::Transaction(_)
                | SettlementPosting::Movements(_) => {}
            }
        }
        Ok(view)
    }
}

fn name(vat_of_line: VatOfLine) -> &'static str {
    match vat_of_line {
        VatOfLine::Contained => "contained",
        VatOfLine::Stated => "stated",
        VatOfLine::ReverseCharge => "reverse-charge",
        VatOfLine::Zero => "zero",
        VatOfLine::None => "none",
    }
}
