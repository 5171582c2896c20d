//! Deliveries that run side by side, on threads of their own, through the component.
//!
//! Each race is run many times over: the machine decides who is first. The simulation tries the same with
//! every interleaving drawn from a seed.

use std::sync::Arc;

use futures::future::join_all;
use tokio::runtime::Runtime;

use crate::stage::{Play, Stage, Way, host};
use crate::story::{Arrival, Story};

/// How often a race is run.
const ROUNDS: usize = 12;

/// More rounds of deliveries than this mean that something never settles.
const DELIVERIES_MAX: u32 = 12;

fn runtime() -> Runtime {
    // Built and loaded before the first delivery, which would otherwise run out of its time.
    host();
    tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().expect("a runtime")
}

fn story(text: &str) -> Arc<Story> {
    Arc::new(toml::from_str(text).expect("a story"))
}

/// Delivers all of a story's arrivals at once, and those that are to come again until they settle.
async fn deliver_at_once(stage: &Arc<Stage>, story: &Arc<Story>) -> Vec<String> {
    let mut waiting: Vec<Arrival> = story.deliver.clone();
    let mut words = Vec::new();
    for _ in 0..DELIVERIES_MAX {
        let running = std::mem::take(&mut waiting).into_iter().map(|arrival| {
            let (stage, story) = (Arc::clone(stage), Arc::clone(story));
            tokio::spawn(async move {
                let ending = stage.deliver(&story, &arrival, Play::Component).await;
                (arrival, ending.word)
            })
        });
        for ended in join_all(running).await {
            let (mut arrival, word) = ended.expect("a delivery does not panic");
            if word == "retry" {
                arrival.attempt += 1;
                waiting.push(arrival);
            } else {
                words.push(word);
            }
        }
        if waiting.is_empty() {
            words.sort();
            return words;
        }
        stage.clock.advance_ms(10_000);
    }
    panic!("{} deliveries never settle", waiting.len());
}

async fn leases(stage: &Stage) -> Vec<String> {
    let name = &stage.connection.name;
    stage.runtime.state.list_keys(name, "lease/", None, 100).await.expect("the store works")
}

async fn set(story: &Arc<Story>) -> Arc<Stage> {
    let stage = Stage::set(story, Way::InProcess).await;
    for arrival in &story.deliver {
        stage.prepare(story, arrival);
    }
    Arc::new(stage)
}

/// The books after all arrivals at once must be those after one at a time, whoever was first.
fn all_at_once_is_as_one_after_the_other(text: &str, words: &[&str]) {
    let story = story(text);
    runtime().block_on(async {
        let stage = set(&story).await;
        for arrival in &story.deliver {
            let ending = stage.deliver(&story, arrival, Play::Component).await;
            assert_ne!(ending.word, "retry", "nothing is in the way of one after the other");
        }
        let books = stage.pair.kashflow.books().render();
        for _ in 0..ROUNDS {
            let stage = set(&story).await;
            assert_eq!(deliver_at_once(&stage, &story).await, words);
            assert_eq!(stage.pair.kashflow.books().render(), books);
            assert_eq!(leases(&stage).await, Vec::<String>::new());
        }
    });
}

#[test]
fn one_order_delivered_eight_times_at_once_is_posted_once() {
    let words = ["already-done"; 7].into_iter().chain(["completed"]).collect::<Vec<_>>();
    all_at_once_is_as_one_after_the_other(
        "title = 'eight at once'\ndeliver = [{}, {}, {}, {}, {}, {}, {}, {}]",
        &words,
    );
}

#[test]
fn two_orders_of_one_new_buyer_at_once_make_one_customer() {
    all_at_once_is_as_one_after_the_other(
        r#"
        title = "two at once"
        deliver = [{}, { order = "another" }, { order = "third" }]

        [another-order.another]
        id = "026-0000002-0000002"

        [another-order.third]
        id = "026-0000003-0000003"
        line = [{ sku = "BOOK-1", title = "Book", item = "9.99", tax = "0.00", total = "9.99" }]
        "#,
        &["completed", "completed", "completed"],
    );
}

/// Whether the shipment or the cancellation is read first is chance; either way nothing is left of the order.
#[test]
fn a_cancellation_that_races_a_shipment_leaves_nothing_of_the_order() {
    let story = story(
        r#"
        title = "a race"
        deliver = [
          { status = "SHIPPED", updated = "2026-10-28T10:00:00Z" },
          { status = "CANCELLED", updated = "2026-10-28T10:00:05Z" },
        ]
        "#,
    );
    runtime().block_on(async {
        let untouched = set(&story).await.pair.kashflow.books();
        let (balances, products) = (untouched.trial_balance(), untouched.products());
        let mut posted = 0;
        for round in 0..ROUNDS {
            let stage = Arc::new(Stage::set(&story, Way::InProcess).await);
            stage.prepare(&story, &story.deliver[0]);
            let racing = (Arc::clone(&stage), Arc::clone(&story));
            let cancelled = tokio::spawn(async move {
                // Cancelled at another moment of the delivery each time.
                for _ in 0..round * 8 {
                    tokio::task::yield_now().await;
                }
                racing.0.prepare(&racing.1, &racing.1.deliver[1]);
            });
            deliver_at_once(&stage, &story).await;
            cancelled.await.expect("nothing goes wrong");
            // The last notification of a change comes after it.
            deliver_at_once(&stage, &story).await;
            let books = stage.pair.kashflow.books();
            assert_eq!((books.trial_balance(), books.products()), (balances.clone(), products.clone()));
            assert!(books.invoices().iter().all(|document| document.is_paid), "{}", books.render());
            assert_eq!(leases(&stage).await, Vec::<String>::new());
            posted += usize::from(!books.invoices().is_empty());
        }
        assert!(posted > 0, "in no round was the shipment first");
    });
}

/// People pay invoices while the plugin works. What was paid is not taken back, and whoever looks is told what
/// stands in the books already.
#[test]
fn an_invoice_that_is_paid_before_its_credit_note_is_applied_is_left_to_a_person() {
    let story = story(
        r#"
        title = "paid in between"
        deliver = [{}, { status = "CANCELLED" }, { status = "CANCELLED", paid = [{ number = 1, pence = 1200 }] }]
        fault = [{ at = "kashflow", on = "applyCreditNoteToInvoice", what = "drop-before-processing" }]
        "#,
    );
    runtime().block_on(async {
        let stage = Stage::set(&story, Way::InProcess).await;
        stage.inject_faults(&story);
        let mut endings = Vec::new();
        for arrival in &story.deliver {
            stage.prepare(&story, arrival);
            endings.push(stage.deliver(&story, arrival, Play::Component).await);
        }
        let words: Vec<&str> = endings.iter().map(|ending| ending.word.as_str()).collect();
        assert_eq!(words, ["completed", "retry", "held"]);
        let held = &endings[2].lines;
        assert!(held[0].starts_with("KA-0318 026-0000001-0000001: has changed at Amazon, and 12.00 GBP"));
        assert_eq!(
            held[1..],
            [
                "done already: sales-invoice 1 for 026-0000001-0000001",
                "done already: credit-note 2 for 026-0000001-0000001 CN1",
            ]
        );
        let invoices = stage.pair.kashflow.books().invoices();
        assert_eq!(invoices[1].paid_pence, 0, "the credit note is not applied to a paid invoice");
    });
}

/// Whichever is first: the other waits for it, and what both find is asked for once.
#[test]
fn sweeps_at_once_ask_once_for_each_order() {
    let story = story(
        r#"
        title = "three sweeps at once"
        deliver = [
          { source = "schedule", unnoticed = ["another"] },
          { source = "schedule" },
          { source = "schedule" },
        ]

        [order]
        updated = "2026-10-28T11:57:00Z"

        [amazon]
        orders-of-a-page = 1

        [another-order.another]
        id = "026-0000002-0000002"
        updated = "2026-10-28T11:57:30Z"
        "#,
    );
    runtime().block_on(async {
        for _ in 0..ROUNDS {
            let stage = set(&story).await;
            assert_eq!(deliver_at_once(&stage, &story).await, ["completed"; 3]);
            let messages = stage.runtime.queue.all(&stage.connection.name, "on-order").await;
            assert_eq!(messages.expect("the store works").len(), 2);
            assert_eq!(leases(&stage).await, Vec::<String>::new());
        }
    });
}
