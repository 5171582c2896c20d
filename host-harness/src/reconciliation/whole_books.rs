//! What must be true of the books as a whole: customers, stock, and the balances behind the documents.
//!
//! Absent on purpose: currencies other than the home currency. No marketplace that is posted has one, and an
//! invoice in another currency is already wrong as the invoice of its order.

use std::collections::BTreeMap;

use crate::twin::world::World;
use crate::twin::world::expected_sale::{Expected, PostingPolicy};

use super::BooksSnapshot;
use super::documents::{Documents, gross_pence};

/// The nominal of what customers owe, in KashFlow's standard chart.
const DEBTORS_CONTROL: i32 = 1100;

pub(super) fn problems(
    world: &World,
    policy: &PostingPolicy,
    books: &BooksSnapshot,
    documents: &Documents<'_>,
) -> Vec<String> {
    let mut problems = doubled_customers(books);
    problems.extend(stock_problems(world, policy, books));
    let (debit, credit) = books
        .trial_balance
        .iter()
        .fold((0, 0), |(debit, credit), row| (debit + row.debit_pence, credit + row.credit_pence));
    if debit != credit {
        problems.push(format!("the trial balance is off: {debit} pence debit, {credit} pence credit"));
    }
    let owed: i64 = documents.open().map(|invoice| gross_pence(invoice) - invoice.paid_pence).sum();
    let booked = books.balance_pence(DEBTORS_CONTROL);
    if booked != owed {
        problems.push(format!(
            "the debtors control account holds {booked} pence, and {owed} are owed on the invoices that stand and the refunds"
        ));
    }
    problems
}

/// A buyer is one customer. The address itself is personal data and is not told.
fn doubled_customers(books: &BooksSnapshot) -> Vec<String> {
    let mut by_email: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for customer in books.customers.iter().filter(|customer| !customer.email.is_empty()) {
        by_email.entry(customer.email.to_lowercase()).or_default().push(&customer.code);
    }
    let doubled = by_email.into_values().filter(|codes| codes.len() > 1);
    doubled.map(|codes| format!("the customers {} have one e-mail address", codes.join(" and "))).collect()
}

/// The goods of the orders that must be in the books have left the stock, once; nothing else has. A refund brings
/// nothing back: Amazon counts what is returned.
fn stock_problems(world: &World, policy: &PostingPolicy, books: &BooksSnapshot) -> Vec<String> {
    let mut sold: BTreeMap<&str, i64> = BTreeMap::new();
    for order in world.orders() {
        if !matches!(world.expected_sale(order, policy), Expected::Posted(_)) {
            continue;
        }
        for line in order.lines.iter().filter(|line| !line.cancelled) {
            if let Some(code) = &world.product_of(line).kashflow_code {
                *sold.entry(code).or_default() += i64::from(line.quantity);
            }
        }
    }
    let expected = world.kashflow_products().into_iter().map(|product| {
        let sold = sold.get(product.code.as_str()).copied().filter(|_| product.managed_stock);
        let in_stock = i64::from(product.stock_quantity) - sold.unwrap_or(0);
        (product.code, in_stock)
    });
    let wrong = expected.filter_map(|(code, expected)| {
        let booked = books.products.iter().find(|product| product.code == code);
        let Some(booked) = booked.map(|product| i64::from(product.quantity_in_stock)) else {
            return Some(format!("the product {code} is not in the books any more"));
        };
        (booked != expected)
            .then(|| format!("of the product {code} {booked} are in stock, and must be {expected}"))
    });
    wrong.collect()
}
