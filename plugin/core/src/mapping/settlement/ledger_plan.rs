//! The decision what a settlement leads to in the books: which postings, to which nominals, with which VAT.
//!
//! Pure: the same file, rules and settings give the same plan. Whether an order is in the books is not known here and
//! decided when it is posted. Absent on purpose: rounding of the whole; every sum is made of rows.

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use chrono_tz::Europe::London;

use crate::canonical::{
    BalanceLine, BalanceMovements, ClearingTransaction, CountryCode, Money, MoneyError, NominalCode, OrderId,
    OrderPayment, Settlement, SettlementPlan, SettlementPosting, TransactionPurpose,
};
use crate::finding::{Code, Finding};
use crate::settings::{Marketplace, NominalRole, Settlements};

use super::category::{Category, IncomeKind, MovementKind};
use super::collected::{Collected, SuspenseSum};
use super::fees;
use super::order_refund::order_refund;
use super::{PostingContext, PostingNominal, PostingRule, PostingVat, RuleBook};

/// What a plan is made with.
#[derive(Clone, Copy)]
pub struct PlanContext<'a> {
    pub settings: &'a Settlements,
    pub marketplace: &'a Marketplace,
    /// The country of the marketplace.
    pub country: CountryCode,
    pub rules: &'a RuleBook,
}

/// A plan, and what a person should know of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PlannedSettlement {
    pub plan: SettlementPlan,
    pub findings: Vec<Finding>,
}

/// Room for the postings that are not of one order: fees by the month, incomes, movements, the payout.
const FURTHER_POSTINGS: usize = 64;

/// The day in London on which Amazon pays: the date of everything that is not dated by its own rows.
pub fn deposit_day(deposited_at: DateTime<Utc>) -> NaiveDate {
    deposited_at.with_timezone(&London).date_naive()
}

/// The plan of a settlement that has these sums.
pub fn plan(
    settlement: Settlement,
    collected: &Collected,
    context: PlanContext<'_>,
) -> Result<PlannedSettlement, Finding> {
    let id = settlement.id.to_string();
    let mut planner = Planner {
        context,
        deposited_on: deposit_day(settlement.deposited_at),
        zero: Money::zero(settlement.total.currency()),
        // A vector that grows takes three times its memory in the end, and a large plan fills half of an instance.
        postings: Vec::with_capacity(collected.sales.len() + collected.refunds.len() + FURTHER_POSTINGS),
        suspended: Vec::new(),
    };
    planner.add(collected, &settlement).map_err(|error| unusable(&id, &error.to_string()))?;
    let Planner { postings, suspended, .. } = planner;
    let findings =
        suspended.into_iter().map(|message| Finding::new(Code::RowsInSuspense, &id, message)).collect();
    let plan =
        SettlementPlan::new(settlement, postings).map_err(|error| unusable(&id, &error.to_string()))?;
    Ok(PlannedSettlement { plan, findings })
}

/// Only a fault of this program leads here: the rows come to the total, and every row has a place.
fn unusable(settlement: &str, problem: &str) -> Finding {
    let message =
        format!("the rows come to the total and make no plan ({problem}): nothing was posted; report it");
    Finding::new(Code::SettlementTotalDiffers, settlement, message)
}

struct Planner<'a> {
    context: PlanContext<'a>,
    deposited_on: NaiveDate,
    zero: Money,
    postings: Vec<SettlementPosting>,
    /// What went to the suspense nominal, in words.
    suspended: Vec<String>,
}

impl Planner<'_> {
    fn add(&mut self, collected: &Collected, settlement: &Settlement) -> Result<(), MoneyError> {
        let mut suspense: Vec<(String, Money)> = Vec::new();
        for (order, amount) in &collected.sales {
            match OrderId::new(order.as_ref()) {
                _ if amount.is_zero() => {}
                Some(order) if amount.minor() > 0 => {
                    let payment = OrderPayment { order, amount: *amount };
                    self.postings.push(SettlementPosting::Payment(payment));
                }
                _ => suspense.push((charged_and_not_paid(order), *amount)),
            }
        }
        for (order, sum) in &collected.refunds {
            match order_refund(order, sum)? {
                Ok(Some(refund)) => self.postings.push(SettlementPosting::Refund(refund)),
                Ok(None) => {}
                Err(amount) => suspense.push((refund_taken_back(order), amount)),
            }
        }
        let fees = fees::purchases(collected, self.context)?;
        self.postings.extend(fees.into_iter().map(SettlementPosting::Purchase));
        self.add_income(collected)?;
        for (kind, sum) in &collected.suspense {
            suspense.push((suspended_rows(kind, sum), sum.amount));
        }
        self.add_suspense(suspense);
        self.add_movements(collected, settlement)?;
        self.add_payout(settlement);
        Ok(())
    }

    fn add_income(&mut self, collected: &Collected) -> Result<(), MoneyError> {
        let mut sums: Vec<(NominalCode, &'static str, Money, Money)> = Vec::new();
        for ((kind, day), amount) in &collected.income {
            let nominal = self.nominal(Category::Income(*kind), *day);
            let title = income_title(*kind);
            let is_vat = *kind == IncomeKind::LiquidationVat && self.has_vat(Category::Income(*kind), *day);
            let vat = if is_vat { *amount } else { self.zero };
            match sums.iter_mut().find(|sum| (sum.0, sum.1) == (nominal, title)) {
                Some(sum) => (sum.2, sum.3) = (sum.2.checked_add(*amount)?, sum.3.checked_add(vat)?),
                None => sums.push((nominal, title, *amount, vat)),
            }
        }
        let sums = sums.into_iter().filter(|(_, _, amount, _)| !amount.is_zero());
        for (ordinal, (nominal, title, amount, vat)) in (1..).zip(sums) {
            let vat_rate = (!vat.is_zero()).then(|| fees::standard_rate(self.deposited_on));
            self.postings.push(SettlementPosting::Transaction(ClearingTransaction {
                purpose: TransactionPurpose::Income,
                ordinal,
                date: self.deposited_on,
                amount,
                vat,
                vat_rate,
                nominal,
                description: title.to_owned(),
            }));
        }
        Ok(())
    }

    fn add_suspense(&mut self, suspense: Vec<(String, Money)>) {
        let nominal = self.role(NominalRole::Suspense);
        for (what, amount) in &suspense {
            self.suspended.push(format!(
                "{what}, {amount}: decide what it is, and move it from the suspense nominal {nominal}"
            ));
        }
        let suspense = suspense.into_iter().filter(|(_, amount)| !amount.is_zero());
        for (ordinal, (what, amount)) in (1..).zip(suspense) {
            let description = to_be_decided(&what);
            self.transaction(
                TransactionPurpose::Suspense,
                ordinal,
                self.deposited_on,
                amount,
                nominal,
                description,
            );
        }
    }

    fn add_movements(&mut self, collected: &Collected, settlement: &Settlement) -> Result<(), MoneyError> {
        let mut lines: Vec<BalanceLine> = Vec::new();
        let mut bank = 0;
        for ((kind, day), amount) in collected.movements.iter().filter(|(_, amount)| !amount.is_zero()) {
            let nominal = self.nominal(Category::Movement(*kind), *day);
            if *kind == MovementKind::Bank {
                bank += 1;
                let description = "Between Amazon and the seller's bank".to_owned();
                self.transaction(TransactionPurpose::Bank, bank, *day, *amount, nominal, description);
                continue;
            }
            let description = match kind {
                MovementKind::Reserve => "Amazon reserve",
                MovementKind::CarriedForward => "Owed to Amazon from the settlement before",
                MovementKind::Loan => "Amazon loan",
                MovementKind::InterMarketplace => "Between marketplaces",
                MovementKind::Bank => "Bank",
            };
            match lines
                .iter_mut()
                .find(|line| (line.nominal, line.description.as_str()) == (nominal, description))
            {
                Some(line) => line.amount = line.amount.checked_add(*amount)?,
                None => {
                    lines.push(BalanceLine { nominal, amount: *amount, description: description.to_owned() });
                }
            }
        }
        // What the seller owes at the end is a debt: the next settlement begins with it ("Payable to Amazon").
        if settlement.total.minor() < 0 {
            lines.push(BalanceLine {
                nominal: self.nominal(Category::Movement(MovementKind::CarriedForward), self.deposited_on),
                amount: settlement.total.negated(),
                description: "Owed to Amazon, carried to the next settlement".to_owned(),
            });
        }
        lines.retain(|line| !line.amount.is_zero());
        if !lines.is_empty() {
            let movements = BalanceMovements { date: self.deposited_on, lines };
            self.postings.push(SettlementPosting::Movements(movements));
        }
        Ok(())
    }

    fn add_payout(&mut self, settlement: &Settlement) {
        if settlement.total.minor() > 0 {
            let nominal = self.payout_account();
            let description = "Amazon payout".to_owned();
            let amount = settlement.total.negated();
            self.transaction(TransactionPurpose::Payout, 1, self.deposited_on, amount, nominal, description);
        }
    }

    fn transaction(
        &mut self,
        purpose: TransactionPurpose,
        ordinal: u32,
        date: NaiveDate,
        amount: Money,
        nominal: NominalCode,
        description: String,
    ) {
        let (vat, vat_rate) = (self.zero, None);
        self.postings.push(SettlementPosting::Transaction(ClearingTransaction {
            purpose,
            ordinal,
            date,
            amount,
            vat,
            vat_rate,
            nominal,
            description,
        }));
    }

    fn nominal(&self, category: Category, date: NaiveDate) -> NominalCode {
        nominal_of(self.context, category, date)
    }

    /// Whether what Amazon states as VAT is VAT in these books.
    fn has_vat(&self, category: Category, date: NaiveDate) -> bool {
        rule_of(self.context, category, date).vat == PostingVat::Standard
    }

    fn role(&self, role: NominalRole) -> NominalCode {
        self.context.settings.nominal(role)
    }

    fn payout_account(&self) -> NominalCode {
        payout_account(self.context)
    }
}

/// The nominal that the rules name for money that is no sale and no fee.
pub(super) fn nominal_of(context: PlanContext<'_>, category: Category, date: NaiveDate) -> NominalCode {
    match rule_of(context, category, date).nominal {
        PostingNominal::Role(role) => context.settings.nominal(role),
        PostingNominal::PayoutAccount => payout_account(context),
        PostingNominal::Invoice | PostingNominal::OriginalSale => {
            context.settings.nominal(NominalRole::Suspense)
        }
    }
}

fn rule_of(context: PlanContext<'_>, category: Category, date: NaiveDate) -> &PostingRule {
    let asked = PostingContext { category, marketplace: context.country, fulfilment: None, date };
    context.rules.posting(&asked)
}

fn payout_account(context: PlanContext<'_>) -> NominalCode {
    context.marketplace.payout_account.unwrap_or(context.settings.nominal(NominalRole::Suspense))
}

/// What an income is called in the books; incomes of one nominal and name are one transaction.
pub(super) fn income_title(kind: IncomeKind) -> &'static str {
    match kind {
        IncomeKind::Reimbursement => "Reimbursements for stock",
        IncomeKind::OtherIncome => "Other income from Amazon",
        IncomeKind::Liquidation | IncomeKind::LiquidationVat => "Stock sold to liquidators",
    }
}

pub(super) fn charged_and_not_paid(order: &str) -> String {
    format!("order {order} was charged and not paid")
}

pub(super) fn refund_taken_back(order: &str) -> String {
    format!("the refund of order {order} was taken back")
}

/// Rows of one kind that went to suspense.
pub(super) fn suspended_rows(kind: &str, sum: &SuspenseSum) -> String {
    let rows = if sum.rows == 1 { "row".to_owned() } else { format!("{} rows", sum.rows) };
    format!("{kind}: {rows}, the first in line {}", sum.first_line)
}

/// The description of a transaction with the suspense nominal.
pub(super) fn to_be_decided(what: &str) -> String {
    format!("To be decided: {what}")
}

/// The first day of a day's month.
pub(super) fn month(day: NaiveDate) -> (i32, u32) {
    (day.year(), day.month())
}

#[cfg(test)]
mod tests;
