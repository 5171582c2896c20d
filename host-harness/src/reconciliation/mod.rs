//! Compares the books with what the world says must be in them: every order once, to the penny, and every
//! correction on paper.
//!
//! The rules of the documents. The first invoice of an order has the order's id as its reference; the credit
//! note that reverses invoice n has `{order} CN{n}`, the invoice that takes its place `{order} R{n+1}`. A
//! credit note mirrors its invoice line by line and is applied to it, so that nothing is owed on either. At
//! most one invoice of an order stands: none was made before or beside it that is not reversed.
//!
//! Both sides are independent of the plugin: the oracle reads the world, the books are KashFlow's. The
//! comparison is a function of the two. Absent on purpose: which versions an order went through. The books
//! must be right for the last one, whatever was posted and reversed on the way.

mod books_snapshot;
mod documents;
mod order_rules;
mod whole_books;

use crate::twin::kashflow::Books;
use crate::twin::world::World;
use crate::twin::world::expected_sale::{Expected, PostingPolicy};

pub use books_snapshot::BooksSnapshot;
pub use documents::{DocumentKind, DocumentReference};

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
        of_orders.chain(self.other_problems.iter().cloned()).collect()
    }
}

/// Compares the books with the world under a policy.
pub fn reconcile(
    world: &World,
    policy: &PostingPolicy,
    books: &Books,
    shared_customer: &str,
) -> Reconciliation {
    reconcile_snapshot(world, policy, &BooksSnapshot::of(books), shared_customer)
}

/// The same of books that were read before.
pub fn reconcile_snapshot(
    world: &World,
    policy: &PostingPolicy,
    books: &BooksSnapshot,
    shared_customer: &str,
) -> Reconciliation {
    let mut documents = Documents::of(&books.invoices);
    let buyers = Buyers::new(&books.customers, shared_customer);
    let mut result = Reconciliation {
        credit_notes: documents.count(|kind| matches!(kind, DocumentKind::CreditNote(_))),
        corrected_invoices: documents.count(|kind| matches!(kind, DocumentKind::Invoice(2..))),
        other_problems: whole_books::problems(world, policy, books, &documents),
        ..Reconciliation::default()
    };
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
        let problem = order_rules::problem(&expected, &found, &buyers);
        result.orders.push(OrderResult { order: order.id.as_str().to_owned(), problem });
    }
    result.other_problems.extend(documents.left_over().map(|reference| {
        format!("a document has the reference `{reference}`, which is none of an order's documents")
    }));
    result
}

#[cfg(test)]
mod tests;
