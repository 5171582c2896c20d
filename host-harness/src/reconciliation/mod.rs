//! Compares the books with what the world says must be in them: every order once, to the penny, and every
//! correction on paper.
//!
//! The rules of the documents. The first invoice of an order has the order's id as its reference; the credit
//! note that reverses invoice n has `{order} CN{n}`, the invoice that takes its place `{order} R{n+1}`. A
//! credit note mirrors its invoice line by line and is applied to it, so that nothing is owed on either. At
//! most one invoice of an order stands: none was made before or beside it that is not reversed.
//!
//! The rules of a settlement. It pays the invoices that stand, gives back by credit notes (`{order} RF{settlement}`),
//! buys its fees by months, and takes the rest to income, balances, suspense and the bank. All of it goes through the
//! clearing account, on which nothing is left.
//!
//! Both sides are independent of the plugin: the oracle reads the world, the books are KashFlow's. The
//! comparison is a function of the two. Absent on purpose: which versions an order went through. The books
//! must be right for the last one, whatever was posted and reversed on the way.

mod books_snapshot;
mod clearing_table;
mod documents;
mod expected_credit_note;
mod nominals;
mod order_rules;
mod refund_rules;
mod settled;
mod settled_balances;
mod settlement_documents;
mod settlement_rules;
mod whole_books;

use crate::twin::kashflow::Books;
use crate::twin::world::World;
use crate::twin::world::expected_sale::{Expected, PostingPolicy};

pub use books_snapshot::BooksSnapshot;
pub use clearing_table::ClearingTable;
pub use documents::{DocumentKind, DocumentReference};
pub use nominals::{NOMINALS_OF_THE_TWINS, SettlementNominals};
pub use settled::{Arrival, Settled};
pub use settlement_rules::SettlementResult;

use documents::Documents;
use order_rules::Buyers;

/// What became of one order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderResult {
    pub order: String,
    /// Why the books are not as they should be.
    pub problem: Option<String>,
}

/// The comparison of all orders.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Reconciliation {
    pub orders: Vec<OrderResult>,
    /// Orders that must be in the books, and what they come to.
    pub posted: usize,
    pub expected_gross_pence: i64,
    /// What all documents of these orders come to, credit notes taken off.
    pub booked_gross_pence: i64,
    /// Orders that wait for a person, as they should.
    pub held: usize,
    /// Orders that need no invoice.
    pub not_posted: usize,
    pub credit_notes: usize,
    /// Invoices that took the place of a reversed one.
    pub corrected_invoices: usize,
    /// Each settlement that must be in the books.
    pub settlements: Vec<SettlementResult>,
    /// What is wrong with the books beside single orders.
    pub other_problems: Vec<String>,
}

impl Reconciliation {
    /// Everything that is wrong, an order or a finding a line.
    pub fn problems(&self) -> Vec<String> {
        let of_orders = self
            .orders
            .iter()
            .filter_map(|result| Some(format!("order {}: {}", result.order, result.problem.as_ref()?)));
        let of_settlements = self.settlements.iter().flat_map(|result| {
            result.problems.iter().map(|problem| format!("settlement {}: {problem}", result.settlement_id))
        });
        of_orders.chain(of_settlements).chain(self.other_problems.iter().cloned()).collect()
    }
}

/// Compares the books with the world under a policy. `settled` is what was handed in beside the orders.
pub fn reconcile(
    world: &World,
    policy: &PostingPolicy,
    books: &Books,
    shared_customer: &str,
    settled: &Settled,
) -> Reconciliation {
    reconcile_snapshot(world, policy, &BooksSnapshot::of(books), shared_customer, settled)
}

/// The same of books that were read before.
pub fn reconcile_snapshot(
    world: &World,
    policy: &PostingPolicy,
    books: &BooksSnapshot,
    shared_customer: &str,
    settled: &Settled,
) -> Reconciliation {
    let mut documents = Documents::of(&books.invoices);
    let buyers = Buyers::new(&books.customers, shared_customer);
    let mut result = Reconciliation {
        credit_notes: documents.count(|kind| matches!(kind, DocumentKind::CreditNote(_))),
        corrected_invoices: documents.count(|kind| matches!(kind, DocumentKind::Invoice(2..))),
        settlements: settlement_rules::results(world, policy, books, settled),
        other_problems: whole_books::problems(world, policy, books, &documents),
        ..Reconciliation::default()
    };
    result.other_problems.extend(settlement_documents::strange(books, settled));
    result.other_problems.extend(settled_balances::problems(books, settled, &result.settlements));
    for order in world.orders() {
        let found = documents.take(order.id.as_str());
        let expected = world.expected_sale(order, policy);
        match &expected {
            Expected::Posted(posting) => {
                result.posted += 1;
                result.expected_gross_pence += posting.gross_pence;
                result.booked_gross_pence += found.gross_pence();
            }
            Expected::Held(_) => result.held += 1,
            Expected::NotPosted(_) => result.not_posted += 1,
        }
        let problem = order_rules::problem(&expected, &found, &buyers, settled);
        result.orders.push(OrderResult { order: order.id.as_str().to_owned(), problem });
    }
    result.other_problems.extend(documents.left_over().map(|reference| {
        format!("a document has the reference `{reference}`, which is none of an order's documents")
    }));
    result
}

#[cfg(test)]
mod tests;
