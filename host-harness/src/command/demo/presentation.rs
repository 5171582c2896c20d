//! How the demo looks: what was delivered, what is in the books, and whether it is right.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::Ending;
use crate::command::presentation::{print, table};
use crate::reconciliation::BooksSnapshot;

use super::clearing::{self, sterling};
use super::round::Round;
use super::stock::{self, Stocked};
use super::{DemoArguments, Played};

pub(super) fn print_text(
    arguments: &DemoArguments,
    played: &Played,
    stocked: &Stocked,
) -> anyhow::Result<()> {
    let Played { orders, settlements, again, reconciliation, .. } = played;
    print_orders(arguments, orders)?;
    let (expected, booked) = (reconciliation.expected_gross_pence, reconciliation.booked_gross_pence);
    print(format_args!("must be in KashFlow  {} orders for {}", reconciliation.posted, sterling(expected)))?;
    print(format_args!("is in KashFlow       {}", sterling(booked)))?;
    print(format_args!(
        "of the other orders  {} wait for a person, {} need no invoice",
        reconciliation.held, reconciliation.not_posted
    ))?;
    reconciliation.settlements.iter().try_for_each(clearing::print_settlement)?;
    let made = Made::of(&played.books);
    print(format_args!("documents made       {}", made.sales()))?;
    print(format_args!("                     {}", made.money()))?;
    let new_documents = played.new_documents;
    print(format_args!("delivered again      {} events, {new_documents} new documents", again.events))?;
    stock::lines(stocked).iter().try_for_each(|line| print(line.as_str()))?;
    let seconds = (orders.elapsed + settlements.elapsed).as_secs_f32();
    print(format_args!(
        "took                 {seconds:.1} s, {} host calls in {} deliveries",
        orders.host_calls + settlements.host_calls,
        orders.deliveries + settlements.deliveries
    ))?;
    if played.problems.is_empty() {
        return print("reconciled: every order that should be in KashFlow is there once, to the penny");
    }
    played.problems.iter().try_for_each(|problem| print(format_args!("WRONG: {problem}")))
}

fn print_orders(arguments: &DemoArguments, orders: &Round) -> anyhow::Result<()> {
    let mut rows =
        table(&["orders", "events", "invoices", "customers made", "reused", "held", "nothing to do"]);
    rows.add_row([
        arguments.orders as usize,
        orders.events,
        orders.ended(Ending::Completed),
        orders.customers_created,
        orders.customers_reused,
        orders.ended(Ending::Held),
        orders.ended(Ending::Ignored) + orders.ended(Ending::AlreadyDone),
    ]);
    print(rows)?;
    if orders.reasons.is_empty() {
        return Ok(());
    }
    let example = "for example; docs/errors.md explains the codes";
    let mut reasons = table(&["held, ignored", "events", example]);
    for (code, reason) in &orders.reasons {
        reasons.add_row([code, &reason.events.to_string(), &reason.example]);
    }
    print(reasons)
}

pub(super) fn print_json(
    arguments: &DemoArguments,
    played: &Played,
    stocked: &Stocked,
) -> anyhow::Result<()> {
    let Played { orders, settlements, reconciliation, problems, .. } = played;
    let reasons: BTreeMap<&String, usize> =
        orders.reasons.iter().map(|(code, reason)| (code, reason.events)).collect();
    let settled: Vec<Value> = reconciliation.settlements.iter().map(clearing::json).collect();
    print(json!({
        "seed": arguments.seed, "orders": arguments.orders, "events": orders.events,
        "deliveries": orders.deliveries + settlements.deliveries,
        "endings": orders.endings, "reasons": reasons,
        "customersCreated": orders.customers_created,
        "customersReused": orders.customers_reused,
        "hostCalls": orders.host_calls + settlements.host_calls,
        "elapsedMs": (orders.elapsed + settlements.elapsed).as_millis() as u64,
        "expectedInvoices": reconciliation.posted,
        "expectedGrossPence": reconciliation.expected_gross_pence,
        "bookedGrossPence": reconciliation.booked_gross_pence,
        "settlements": settled, "documents": Made::of(&played.books).json(),
        "newDocuments": played.new_documents, "stock": stock::json(stocked),
        "reconciled": problems.is_empty(), "problems": problems,
    }))
}

/// How many documents of each kind are in the books, which began with none.
struct Made {
    invoices: usize,
    credit_notes: usize,
    purchases: usize,
    bank_transactions: usize,
    journals: usize,
}

impl Made {
    fn of(books: &BooksSnapshot) -> Self {
        // A refund's reference has two words, and nothing else of a world whose orders do not change has.
        let credit_notes = books.invoices.iter().filter(|invoice| invoice.reference.contains(' ')).count();
        Made {
            invoices: books.invoices.len() - credit_notes,
            credit_notes,
            purchases: books.purchases.len(),
            bank_transactions: books.bank_transactions.len(),
            journals: books.journals.len(),
        }
    }

    fn sales(&self) -> String {
        let [invoices, credit_notes] =
            [(self.invoices, "invoice"), (self.credit_notes, "credit note")].map(counted);
        format!("{invoices}, {credit_notes}")
    }

    fn money(&self) -> String {
        let [purchases, transactions, journals] = [
            (self.purchases, "purchase"),
            (self.bank_transactions, "bank transaction"),
            (self.journals, "journal"),
        ]
        .map(counted);
        format!("{purchases}, {transactions}, {journals}")
    }

    fn json(&self) -> Value {
        json!({
            "invoices": self.invoices, "creditNotes": self.credit_notes, "purchases": self.purchases,
            "bankTransactions": self.bank_transactions, "journals": self.journals,
        })
    }
}

/// A number of things: `1 journal`, `2 journals`.
pub(super) fn counted((count, thing): (usize, &str)) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
