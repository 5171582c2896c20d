//! What must be true of a run: at every moment, and at its end.
//!
//! Absent on purpose: what must be true of the books in themselves (`crate::reconciliation`).

use std::collections::BTreeSet;

use chrono::Duration;

use crate::clock::Clock;
use crate::reconciliation::{Settled, reconcile};
use crate::store::StateStore;
use crate::twin::world::expected_sale::Expected;

use super::chances;
use super::dispatcher::Stand;
use super::happening::Happening;
use super::run::Run;

/// The customer of orders whose buyer Amazon does not name, as the connection of the twins configures it.
const SHARED_CUSTOMER: &str = "AMAZONUK";

impl Run<'_> {
    /// No two documents have one reference. Asked after everything that may have written into the books.
    pub fn check_references(&mut self) {
        let (mut seen, mut doubled) = (BTreeSet::new(), BTreeSet::new());
        for document in self.twins.pair.kashflow.books().invoices() {
            if !seen.insert(document.reference.clone()) {
                doubled.insert(document.reference);
            }
        }
        for reference in doubled {
            let order =
                self.histories.iter().position(|history| reference.starts_with(history.order.as_str()));
            let text = format!("two documents have the reference {reference}");
            if !self.problems.iter().any(|problem| problem.text == text) {
                self.problem(order, text);
            }
        }
    }

    /// The weather clears, and a person releases everything that is parked until nothing changes any more.
    pub async fn settle(&mut self) -> anyhow::Result<()> {
        self.weather.lock().clears();
        for _ in 0..chances::LAST_RELEASES_MAX {
            let parked = self.dispatcher.parked();
            let books = self.twins.pair.kashflow.books().render_with_identifiers();
            for event in &parked {
                self.timeline.plan(self.clock.now(), Happening::Released { event: *event });
            }
            self.play().await?;
            let books_after = self.twins.pair.kashflow.books().render_with_identifiers();
            if self.dispatcher.parked() == parked && books_after == books {
                return Ok(());
            }
        }
        self.problem(None, "what is parked still changes when it is released again and again".to_owned());
        Ok(())
    }

    /// Compares what was done with what should have been.
    pub async fn judge(&mut self) {
        self.judge_books();
        self.judge_events();
        self.clock.set(self.clock.now() + chances::LEASES_ARE_OVER);
        let left = self.store.list_keys(&self.connection.name, "lease/", None, 100).await;
        for key in left.unwrap_or_default() {
            self.problem(None, format!("the key {key} is left in the state"));
        }
        self.tally.virtual_seconds = self.virtual_seconds();
    }

    fn judge_books(&mut self) {
        let books = self.twins.pair.kashflow.books();
        let settled = Settled::nothing();
        let reconciliation = self
            .twins
            .pair
            .with_world(|world| reconcile(world, &self.mix.policy, &books, SHARED_CUSTOMER, &settled));
        self.tally.credit_notes = reconciliation.credit_notes as u64;
        self.tally.corrected_invoices = reconciliation.corrected_invoices as u64;
        for (order, result) in reconciliation.orders.into_iter().enumerate() {
            if let Some(problem) = result.problem {
                self.problem(Some(order), problem);
            }
        }
        reconciliation.other_problems.into_iter().for_each(|problem| self.problem(None, problem));
    }

    /// Every event is finished, but for orders that must wait for a person: of each of those one is parked.
    fn judge_events(&mut self) {
        let expected: Vec<Expected> = self.twins.pair.with_world(|world| {
            world.orders().iter().map(|order| world.expected_sale(order, &self.mix.policy)).collect()
        });
        let mut told: BTreeSet<usize> = BTreeSet::new();
        let mut wrong = Vec::new();
        for (number, event) in self.dispatcher.events.iter().enumerate() {
            match &event.stand {
                Stand::Parked(_) if matches!(expected[event.order], Expected::Held(_)) => {
                    told.insert(event.order);
                }
                Stand::Parked(text) => {
                    wrong.push((event.order, format!("event {number} waits for a person: {text}")));
                }
                Stand::Finished | Stand::GivenUp => {}
                other => wrong.push((event.order, format!("event {number} is {other:?} at the end"))),
            }
        }
        for (order, expected) in expected.iter().enumerate() {
            if matches!(expected, Expected::Held(_)) && !told.contains(&order) {
                wrong.push((order, "must wait for a person, and nobody is told".to_owned()));
            }
        }
        wrong.into_iter().for_each(|(order, text)| self.problem(Some(order), text));
    }

    fn virtual_seconds(&self) -> u64 {
        let begins = self.histories.iter().map(|history| history.versions[0].at).min();
        let lasted = begins.map_or(Duration::zero(), |begins| self.clock.now() - begins);
        u64::try_from(lasted.num_seconds()).unwrap_or(0)
    }
}
