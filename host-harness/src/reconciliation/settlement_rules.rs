//! What must be true of the postings of one settlement.
//!
//! Each rule is asked on its own: a settlement has many parts, and one that is wrong says nothing of the others.
//! Absent on purpose: what the accounts come to when all settlements are posted (`settled_balances`).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::twin::kashflow::{BankTransactionSnapshot, PaymentSnapshot};
use crate::twin::world::World;
use crate::twin::world::expected_sale::{Expected, PostingPolicy};
use crate::twin::world::ids::OrderId;
use crate::twin::world::settlement::Settlement;
use crate::twin::world::settlement::expected::{ExpectedSettlement, FeeTotal, expected_settlement};

use super::clearing_table::ClearingTable;
use super::settled::{Arrival, Settled, payment_note};
use super::settlement_documents::{Purpose, SettlementDocuments, month_of_fees};
use super::{BooksSnapshot, refund_rules};

/// Who charges the fees, as the connection of the twins configures it.
const SUPPLIER: &str = "AMAZONEU";

/// What became of one settlement.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SettlementResult {
    pub settlement_id: String,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    pub deposited_at: DateTime<Utc>,
    pub table: ClearingTable,
    pub problems: Vec<String>,
}

/// Compares the postings of each settlement with what the world says.
pub(super) fn results(
    world: &World,
    policy: &PostingPolicy,
    books: &BooksSnapshot,
    settled: &Settled,
) -> Vec<SettlementResult> {
    let result = |settlement: &Settlement| {
        let found = SettlementDocuments::of(books, settlement);
        let expected = expected_settlement(settlement);
        let rules = Rules { world, policy, settled, settlement, expected, found };
        let table = ClearingTable::of(&rules.found, &settled.nominals);
        SettlementResult {
            settlement_id: settlement.id.clone(),
            starts_at: settlement.starts_at,
            ends_at: settlement.ends_at,
            deposited_at: settlement.deposited_at,
            problems: rules.problems(&table),
            table,
        }
    };
    settled.settlements.iter().map(result).collect()
}

/// One settlement on both sides.
pub(super) struct Rules<'a> {
    pub world: &'a World,
    policy: &'a PostingPolicy,
    pub settled: &'a Settled,
    pub settlement: &'a Settlement,
    pub expected: ExpectedSettlement,
    pub found: SettlementDocuments<'a>,
}

/// Where the money of an order is, or must be.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// At its invoice.
    Books,
    /// On the suspense nominal.
    Suspense,
    /// It may have come before its invoice, and nobody knows.
    Either,
}

impl Rules<'_> {
    fn problems(&self, table: &ClearingTable) -> Vec<String> {
        let mut problems = self.payment_problems();
        problems.extend(refund_rules::problems(self));
        problems.extend(self.fee_problems());
        problems.extend(self.purchase_problems());
        problems.extend(self.other_problems(table));
        let left = table.left_pence();
        if left != 0 {
            problems.push(format!("leaves {left} pence on the clearing account, and must leave nothing"));
        }
        problems
    }

    /// Where the money of an order must be.
    pub fn place(&self, order: &OrderId) -> Place {
        let is_posted = self
            .world
            .order(order)
            .is_some_and(|order| matches!(self.world.expected_sale(order, self.policy), Expected::Posted(_)));
        match (is_posted, self.settled.arrival) {
            (false, _) => Place::Suspense,
            (true, Arrival::AfterOrders) => Place::Books,
            (true, Arrival::AmongOrders) => Place::Either,
        }
    }

    /// Every order is paid once, at its invoice or on suspense, as Amazon paid it.
    fn payment_problems(&self) -> Vec<String> {
        let (clearing, mut problems) = (self.settled.nominals.clearing, Vec::new());
        for (order, pence) in self.expected.payments.iter().filter(|(_, pence)| **pence != 0) {
            let paid = self.found.payments.get(order.as_str()).map_or(&[][..], Vec::as_slice);
            let suspended = self.found.of_purpose(Purpose::Order(order.as_str()));
            let is_right = match (paid, suspended, self.place(order)) {
                ([payment], [], Place::Books | Place::Either) => {
                    (payment.amount_pence, payment.bank_nominal_code) == (*pence, clearing)
                }
                ([], [one], Place::Suspense | Place::Either) => self.is_suspended(one, *pence),
                _ => false,
            };
            if !is_right {
                let place = self.place(order);
                let paid: Vec<i64> = paid.iter().map(|payment| payment.amount_pence).collect();
                let suspended: Vec<i64> = suspended.iter().map(|one| one.amount_pence).collect();
                problems.push(format!(
                    "of order {order} {pence} pence must be paid once ({place:?}): the invoice has {paid:?} from Amazon, suspense {suspended:?}"
                ));
            }
        }
        let is_paid = |order: &&str| self.expected.payments.contains_key(&OrderId::new(*order));
        let beyond = self.found.payments.keys().copied().filter(|order| !is_paid(order));
        problems.extend(beyond.map(|order| format!("order {order} is paid, and Amazon paid nothing for it")));
        problems
    }

    /// Whether a transaction took an order's money to suspense.
    pub fn is_suspended(&self, transaction: &BankTransactionSnapshot, pence: i64) -> bool {
        let nominals = &self.settled.nominals;
        (transaction.amount_pence, transaction.vat_pence) == (pence, 0)
            && (transaction.bank_nominal_code, transaction.nominal_code)
                == (nominals.clearing, nominals.suspense)
    }

    /// Whether these payments are one of the settlement, from the clearing account, and nothing else.
    pub fn is_paid_by_this(&self, payments: &[PaymentSnapshot], pence: i64) -> bool {
        let [payment] = payments else { return false };
        payment.note == payment_note(self.settlement)
            && (payment.amount_pence, payment.bank_nominal_code) == (pence, self.settled.nominals.clearing)
    }

    /// Net and VAT of the fees, by nominal.
    fn fee_problems(&self) -> Vec<String> {
        let mut of_nominals: BTreeMap<i32, [FeeTotal; 2]> = BTreeMap::new();
        for (class, total) in &self.expected.fees {
            let [expected, _] = of_nominals.entry(self.settled.nominals.of_fee(*class)).or_default();
            // A cost is positive in the books.
            expected.net_pence -= total.net_pence;
            expected.vat_pence -= total.vat_pence;
        }
        for line in self.found.purchases.iter().flat_map(|purchase| &purchase.lines) {
            let [_, booked] = of_nominals.entry(line.nominal_code).or_default();
            booked.net_pence += line.net_pence;
            booked.vat_pence += line.vat_pence;
        }
        let wrong = of_nominals.into_iter().filter(|(_, [expected, booked])| expected != booked);
        let told = |(nominal, [expected, booked]): (i32, [FeeTotal; 2])| {
            let [expected, booked] = [expected, booked].map(|total| (total.net_pence, total.vat_pence));
            format!("fees of nominal {nominal} are (net, VAT) {booked:?}, and must be {expected:?}")
        };
        wrong.map(told).collect()
    }

    /// One purchase a month, of Amazon, dated in it, and paid from the clearing account.
    fn purchase_problems(&self) -> Vec<String> {
        let (mut months, mut problems) = (BTreeSet::new(), Vec::new());
        for purchase in &self.found.purchases {
            let month = month_of_fees(purchase, self.settlement).unwrap_or_default();
            let gross_pence = purchase.net_pence + purchase.vat_pence;
            let mut wrong = |told: String| problems.push(format!("purchase {} {told}", purchase.number));
            if !months.insert(month) {
                wrong(format!("is one more of the fees of {month}"));
            }
            if purchase.date.format("%Y-%m").to_string() != month {
                wrong(format!("is dated {}, and is of {month}", purchase.date.date()));
            }
            if purchase.supplier_code != SUPPLIER {
                wrong(format!("is of the supplier {}, and must be of {SUPPLIER}", purchase.supplier_code));
            }
            if gross_pence != 0 && !self.is_paid_by_this(&purchase.payments, gross_pence) {
                wrong(format!("comes to {gross_pence} pence and is not paid once by the settlement"));
            }
        }
        problems
    }

    /// Income, movements between balances, what nobody knows, and the payout.
    fn other_problems(&self, table: &ClearingTable) -> Vec<String> {
        let (expected, nominals) = (&self.expected, &self.settled.nominals);
        let owed_pence = (-expected.payout_pence).max(0);
        let unknown: i64 = self.found.of_purpose(Purpose::Suspense).iter().map(|one| one.amount_pence).sum();
        let mut problems = Vec::new();
        for (what, booked, wanted) in [
            ("income", table.income_pence, expected.reimbursements_pence),
            ("movements between balances", table.balances_pence, expected.movements_pence + owed_pence),
            ("movements to and from the bank", table.bank_pence, 0),
            ("what nobody knows", unknown, expected.other_pence),
            ("the payout", table.payout_pence, -expected.payout_pence.max(0)),
        ] {
            if booked != wanted {
                problems.push(format!("{what}: {booked} pence are booked, and must be {wanted}"));
            }
        }
        for (purpose, found) in &self.found.transactions {
            let nominal = match purpose {
                Purpose::Income => nominals.other_income,
                Purpose::Bank | Purpose::Payout => nominals.bank,
                Purpose::Suspense | Purpose::Order(_) | Purpose::Refund(_) => nominals.suspense,
            };
            let is_misplaced = |one: &&&BankTransactionSnapshot| {
                (one.bank_nominal_code, one.nominal_code, one.vat_pence) != (nominals.clearing, nominal, 0)
            };
            problems.extend(found.iter().find(is_misplaced).map(|one| {
                format!(
                    "the transaction `{}` is not between clearing and {nominal}, without VAT",
                    one.comment
                )
            }));
        }
        if self.found.journals.len() > 1 {
            problems
                .push(format!("has {} journals of balances, and must have one", self.found.journals.len()));
        }
        problems
    }
}
