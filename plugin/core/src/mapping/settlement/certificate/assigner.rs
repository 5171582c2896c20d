//! The second reading: gives every row to its posting, and proves that the postings are made of them.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::canonical::{
    Fulfilment, Money, MoneyError, RowSink, Settlement, SettlementPlan, SettlementPosting, SettlementProblem,
    SettlementRow, TransactionPurpose,
};

use super::super::collected::Collected;
use super::super::ledger_plan::PlanContext;
use super::super::{Categoriser, Category, CategoryRule, PostingContext, PostingRule};
use super::destination::{Destination, Destinations, posting_name};
use super::figures::{Contradiction, Figures};
use super::vat_view::VatView;

/// A row, why it is posted as it is, and where.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CertifiedRow<'a> {
    pub row: SettlementRow<'a>,
    pub category_rule: &'a CategoryRule,
    pub posting_rule: &'a PostingRule,
    pub destination: Destination,
    /// The name of the posting, see [`posting_name`].
    pub posting: Option<&'a str>,
}

/// A posting of the plan with the rows that it is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CertifiedPosting<'a> {
    pub name: String,
    pub posting: &'a SettlementPosting,
    /// What it does to the clearing account: positive for money in.
    pub clearing: Money,
    pub rows: u64,
    pub of_rows: Money,
}

/// All of a certificate but its rows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettlementCertificate<'a> {
    pub settlement: &'a Settlement,
    pub figures: Figures,
    pub postings: Vec<CertifiedPosting<'a>>,
    pub vat: VatView,
    /// Faults of this program; empty where the settlement is proven.
    pub contradictions: Vec<Contradiction>,
}

/// Takes the rows a second time and shows each to `take` with its rules and its posting.
pub struct Assigner<'a, F> {
    plan: &'a SettlementPlan,
    collected: &'a Collected,
    context: PlanContext<'a>,
    destinations: Destinations<'a>,
    categoriser: Categoriser<'a>,
    /// What was looked up: a settlement has few categories and days.
    posting_rules: BTreeMap<(Category, Option<Fulfilment>, NaiveDate), &'a PostingRule>,
    postings: Vec<CertifiedPosting<'a>>,
    rows: Money,
    unplaced: Money,
    take: F,
}

impl<'a, F: FnMut(&CertifiedRow<'_>)> Assigner<'a, F> {
    /// `plan` is that of the sums in `collected`, made in this context.
    ///
    /// # Errors
    /// Where amounts are too large to be added up.
    pub fn new(
        plan: &'a SettlementPlan,
        collected: &'a Collected,
        context: PlanContext<'a>,
        take: F,
    ) -> Result<Self, MoneyError> {
        let zero = Money::zero(collected.currency());
        let settlement = plan.settlement().id;
        let postings = plan.postings().iter().map(|posting| {
            let name = posting_name(posting, settlement);
            Ok(CertifiedPosting { name, posting, clearing: posting.clearing()?, rows: 0, of_rows: zero })
        });
        Ok(Assigner {
            plan,
            collected,
            context,
            destinations: Destinations::of(plan, collected, context),
            categoriser: Categoriser::new(context.rules),
            posting_rules: BTreeMap::new(),
            postings: postings.collect::<Result<_, _>>()?,
            rows: zero,
            unplaced: zero,
            take,
        })
    }

    fn posting_rule(&mut self, category: Category, row: &SettlementRow<'_>) -> &'a PostingRule {
        let context = self.context;
        self.posting_rules.entry((category, row.fulfilment, row.posted_on)).or_insert_with(|| {
            // As `ledger_plan` asks: only fees depend on who fulfils.
            let fulfilment = row.fulfilment.filter(|_| matches!(category, Category::Fee(..)));
            let (marketplace, date) = (context.country, row.posted_on);
            context.rules.posting(&PostingContext { category, marketplace, fulfilment, date })
        })
    }

    fn assign(&mut self, row: &SettlementRow<'_>) -> Result<(), MoneyError> {
        let category_rule = self.categoriser.categorise(row.kind);
        let category = category_rule.category;
        let posting_rule = self.posting_rule(category, row);
        let destination = self.destinations.of_row(row, category, posting_rule);
        self.rows = self.rows.checked_add(row.amount)?;
        let posting = match destination.posting {
            Some(place) => {
                let posting = &mut self.postings[place];
                posting.rows += 1;
                posting.of_rows = posting.of_rows.checked_add(row.amount)?;
                Some(self.postings[place].name.as_str())
            }
            None => {
                self.unplaced = self.unplaced.checked_add(row.amount)?;
                None
            }
        };
        (self.take)(&CertifiedRow { row: *row, category_rule, posting_rule, destination, posting });
        Ok(())
    }

    /// The certificate, after the last row.
    ///
    /// # Errors
    /// Where amounts are too large to be added up.
    pub fn finish(self) -> Result<SettlementCertificate<'a>, MoneyError> {
        let figures = self.figures()?;
        let mut contradictions = figures.contradictions();
        if !self.unplaced.is_zero() {
            contradictions.push(Contradiction::Unplaced(self.unplaced));
        }
        for posting in &self.postings {
            let posted = self.of_its_rows(posting)?;
            if posted != posting.of_rows {
                let (name, rows) = (posting.name.clone(), posting.of_rows);
                contradictions.push(Contradiction::Posting { name, posted, rows });
            }
        }
        let vat = VatView::of(self.plan, self.collected, self.context)?;
        let settlement = self.plan.settlement();
        Ok(SettlementCertificate { settlement, figures, postings: self.postings, vat, contradictions })
    }

    fn figures(&self) -> Result<Figures, MoneyError> {
        let total = self.plan.settlement().total;
        let zero = Money::zero(total.currency());
        let (mut all, mut postings, mut clearing) = (zero, zero, zero);
        for posting in &self.postings {
            all = all.checked_add(posting.clearing)?;
            postings = postings.checked_add(self.of_its_rows(posting)?)?;
            clearing = clearing.checked_add(posting.of_rows)?;
        }
        let gone = postings.checked_sub(all)?;
        let payouts = self.postings.iter().filter(|posting| is_payout(posting.posting));
        let payout = Money::sum(total.currency(), payouts.map(|posting| posting.clearing.negated()))?;
        // What left the clearing account and is no payout is what is owed.
        let debt = gone.checked_sub(payout)?;
        Ok(Figures { rows: self.rows, total, postings, clearing, payout, debt, left: all })
    }

    /// What a posting does to the clearing account for its rows: not the payout, and not a debt that is carried on.
    fn of_its_rows(&self, posting: &CertifiedPosting<'_>) -> Result<Money, MoneyError> {
        let total = self.plan.settlement().total;
        match posting.posting {
            _ if is_payout(posting.posting) => Ok(Money::zero(total.currency())),
            SettlementPosting::Movements(_) if total.minor() < 0 => posting.clearing.checked_add(total),
            _ => Ok(posting.clearing),
        }
    }
}

impl<F: FnMut(&CertifiedRow<'_>)> RowSink for Assigner<'_, F> {
    fn row(&mut self, row: &SettlementRow<'_>) -> Result<(), SettlementProblem> {
        self.assign(row).map_err(SettlementProblem::Amounts)
    }
}

fn is_payout(posting: &SettlementPosting) -> bool {
    matches!(posting, SettlementPosting::Transaction(one) if one.purpose == TransactionPurpose::Payout)
}
