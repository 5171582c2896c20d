//! Which posting takes a row, by the rules of `ledger_plan` and `fees`.
//!
//! The postings of the plan are looked up, never made again: a row whose posting is not there belongs to rows that
//! come to nothing together, which the figures prove. Absent on purpose: amounts.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use crate::canonical::{
    ClearingTransaction, NominalCode, SettlementId, SettlementPlan, SettlementPosting, SettlementRow,
    TransactionPurpose,
};
use crate::settings::NominalRole;

use super::super::collected::Collected;
use super::super::ledger_plan::{
    PlanContext, charged_and_not_paid, income_title, month, nominal_of, refund_taken_back, suspended_rows,
    to_be_decided,
};
use super::super::{Category, MovementKind, PostingRule, fees};

/// Where a row goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Destination {
    /// The place of its posting in the plan; `None` where the rows that belong together come to zero.
    pub posting: Option<usize>,
    /// The nominal against the clearing account; `None` where an invoice or a credit note has it.
    pub nominal: Option<NominalCode>,
}

/// The name of a posting in a certificate: its business key, or for the payment of an order the order, because the
/// payments of a settlement share one key.
pub fn posting_name(posting: &SettlementPosting, settlement: SettlementId) -> String {
    match posting {
        SettlementPosting::Payment(payment) => format!("payment of order {}", payment.order),
        posting => posting.reference(settlement),
    }
}

/// The places of the postings of a plan, by what they take.
pub(super) struct Destinations<'a> {
    context: PlanContext<'a>,
    payments: HashMap<&'a str, usize>,
    refunds: HashMap<&'a str, usize>,
    /// By year and month.
    purchases: BTreeMap<(i32, u32), usize>,
    /// By nominal and description.
    income: BTreeMap<(NominalCode, &'a str), usize>,
    /// By the words of the rows.
    suspended_rows: HashMap<&'a str, usize>,
    /// By description: what went to suspense by the order.
    suspense: HashMap<&'a str, usize>,
    bank: BTreeMap<NaiveDate, usize>,
    movements: Option<usize>,
}

impl<'a> Destinations<'a> {
    /// `collected` is what the plan was made of.
    pub fn of(plan: &'a SettlementPlan, collected: &'a Collected, context: PlanContext<'a>) -> Self {
        let mut found = Destinations {
            context,
            payments: HashMap::new(),
            refunds: HashMap::new(),
            purchases: BTreeMap::new(),
            income: BTreeMap::new(),
            suspended_rows: HashMap::new(),
            suspense: HashMap::new(),
            bank: BTreeMap::new(),
            movements: None,
        };
        for (place, posting) in plan.postings().iter().enumerate() {
            found.add(place, posting);
        }
        for (kind, sum) in &collected.suspense {
            let description = to_be_decided(&suspended_rows(kind, sum));
            if let Some(place) = found.suspense.get(description.as_str()) {
                found.suspended_rows.insert(kind.as_str(), *place);
            }
        }
        found
    }

    fn add(&mut self, place: usize, posting: &'a SettlementPosting) {
        match posting {
            SettlementPosting::Payment(payment) => {
                self.payments.insert(payment.order.as_str(), place);
            }
            SettlementPosting::Refund(refund) => {
                self.refunds.insert(refund.order.as_str(), place);
            }
            SettlementPosting::Purchase(purchase) => {
                self.purchases.insert(month(purchase.date), place);
            }
            SettlementPosting::Transaction(transaction) => self.add_transaction(place, transaction),
            SettlementPosting::Movements(_) => self.movements = Some(place),
        }
    }

    fn add_transaction(&mut self, place: usize, transaction: &'a ClearingTransaction) {
        let description = transaction.description.as_str();
        match transaction.purpose {
            TransactionPurpose::Income => {
                self.income.insert((transaction.nominal, description), place);
            }
            TransactionPurpose::Suspense => {
                self.suspense.insert(description, place);
            }
            TransactionPurpose::Bank => {
                self.bank.insert(transaction.date, place);
            }
            // No row is paid out: what all of them come to is.
            TransactionPurpose::Payout => {}
        }
    }

    /// Where a row of this category goes that this rule posts.
    pub fn of_row(&self, row: &SettlementRow<'_>, category: Category, rule: &PostingRule) -> Destination {
        match category {
            Category::Sale(_) | Category::Refund(_) if row.order_id.is_empty() => self.suspended(row),
            Category::Sale(_) => self.of_an_order(&self.payments, row.order_id, charged_and_not_paid),
            Category::Refund(_) => self.of_an_order(&self.refunds, row.order_id, refund_taken_back),
            Category::Fee(..) => Destination {
                posting: self.purchases.get(&month(row.posted_on)).copied(),
                nominal: Some(fees::nominal_of(rule, self.context)),
            },
            Category::Income(kind) => {
                let nominal = nominal_of(self.context, category, row.posted_on);
                let posting = self.income.get(&(nominal, income_title(kind))).copied();
                Destination { posting, nominal: Some(nominal) }
            }
            Category::Movement(kind) => {
                let nominal = nominal_of(self.context, category, row.posted_on);
                let posting = match kind {
                    MovementKind::Bank => self.bank.get(&row.posted_on).copied(),
                    _ => self.movements,
                };
                Destination { posting, nominal: Some(nominal) }
            }
            Category::Suspense => self.suspended(row),
        }
    }

    /// The posting of the order, or that of suspense where the plan could make none of its rows.
    fn of_an_order(
        &self,
        postings: &HashMap<&str, usize>,
        order: &str,
        suspended: fn(&str) -> String,
    ) -> Destination {
        if let Some(place) = postings.get(order) {
            return Destination { posting: Some(*place), nominal: None };
        }
        match self.suspense.get(to_be_decided(&suspended(order)).as_str()) {
            Some(place) => Destination { posting: Some(*place), nominal: Some(self.suspense_nominal()) },
            None => Destination { posting: None, nominal: None },
        }
    }

    fn suspended(&self, row: &SettlementRow<'_>) -> Destination {
        let posting = self.suspended_rows.get(row.kind.to_string().as_str()).copied();
        Destination { posting, nominal: Some(self.suspense_nominal()) }
    }

    fn suspense_nominal(&self) -> NominalCode {
        self.context.settings.nominal(NominalRole::Suspense)
    }
}
