//! Compares the books with what the world says must be in them: every order once, to the penny.
//!
//! Both sides are independent of the plugin: the oracle reads the world, the books are KashFlow's.

use std::collections::{BTreeMap, BTreeSet};

use crate::twin::kashflow::{Books, InvoiceSnapshot};
use crate::twin::world::World;
use crate::twin::world::expected_sale::{Expected, ExpectedCustomer, Posting, PostingPolicy};

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
    /// What the invoices of these orders come to.
    pub booked_gross_pence: i64,
    /// Orders that wait for a person, as they should.
    pub held: usize,
    /// Orders that need no invoice.
    pub not_posted: usize,
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
    let invoices = books.invoices();
    let mut by_reference: BTreeMap<&str, Vec<&InvoiceSnapshot>> = BTreeMap::new();
    for invoice in &invoices {
        by_reference.entry(&invoice.reference).or_default().push(invoice);
    }
    let emails: BTreeMap<String, String> =
        books.customers().into_iter().map(|customer| (customer.code, customer.email)).collect();
    let mut result = Reconciliation::default();
    for order in world.orders() {
        let found = by_reference.remove(order.id.as_str()).unwrap_or_default();
        let problem = match world.expected_sale(order, policy) {
            Expected::Posted(posting) => {
                result.posted += 1;
                result.expected_gross_pence += posting.gross_pence;
                result.booked_gross_pence +=
                    found.iter().map(|invoice| invoice.net_pence + invoice.vat_pence).sum::<i64>();
                posted_problem(&posting, &found, &emails, shared_customer)
            }
            Expected::Held(_) => {
                result.held += 1;
                (!found.is_empty()).then(|| "was invoiced, and must wait for a person".to_owned())
            }
            Expected::NotPosted(reason) => {
                result.not_posted += 1;
                (!found.is_empty()).then(|| format!("was invoiced, and must not be: {reason:?}"))
            }
        };
        result.orders.push(OrderResult { order: order.id.as_str().to_owned(), problem });
    }
    let strangers: BTreeSet<&str> = by_reference.into_keys().collect();
    result.other_problems.extend(
        strangers
            .into_iter()
            .map(|reference| format!("an invoice has the reference `{reference}`, which is no order")),
    );
    let (debit, credit) = books
        .trial_balance()
        .iter()
        .fold((0, 0), |(debit, credit), row| (debit + row.debit_pence, credit + row.credit_pence));
    if debit != credit {
        result
            .other_problems
            .push(format!("the trial balance is off: {debit} pence debit, {credit} pence credit"));
    }
    result
}

/// What is wrong with the invoice of an order that must have one.
fn posted_problem(
    posting: &Posting,
    found: &[&InvoiceSnapshot],
    emails: &BTreeMap<String, String>,
    shared_customer: &str,
) -> Option<String> {
    let [invoice] = found else {
        return Some(format!("has {} invoices, and must have one", found.len()));
    };
    let expected = (posting.net_pence, posting.vat_pence, posting.currency, posting.invoice_date);
    let booked = (invoice.net_pence, invoice.vat_pence, invoice.currency.as_str(), invoice.date.date());
    if booked != expected {
        return Some(format!(
            "invoice {} has (net, VAT, currency, date) {booked:?}, and must have {expected:?}",
            invoice.number
        ));
    }
    let is_right_customer = match &posting.customer {
        ExpectedCustomer::OfMarketplace(_) => invoice.customer_code == shared_customer,
        ExpectedCustomer::ByEmail(email) => emails.get(&invoice.customer_code) == Some(email),
    };
    (!is_right_customer).then(|| format!("invoice {} is made out to another customer", invoice.number))
}
