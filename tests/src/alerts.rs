//! What a person is told, and how often: the messages on the `alert` queue.

use chrono::{DateTime, Utc};
use host_harness::clock::Clock;
use host_harness::store::QueuedMessage;
use serde_json::{Value, json};

use crate::stage::{Play, Stage, Way};
use crate::story::{Arrival, Story};

/// The alerts after a story, each as JSON.
fn alerts(text: &str) -> Vec<Value> {
    let story: Story = toml::from_str(text).expect("a story");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stage = Stage::set(&story, Way::InProcess).await;
        stage.inject_faults(&story);
        for arrival in &story.deliver {
            stage.prepare(&story, arrival);
            stage.deliver(&story, arrival, Play::Native).await;
        }
        messages(&stage).await.iter().map(|message| read(&message.body)).collect()
    })
}

async fn messages(stage: &Stage) -> Vec<QueuedMessage> {
    stage.runtime.queue.all(&stage.connection.name, "alert").await.expect("the store works")
}

fn read(body: &[u8]) -> Value {
    serde_json::from_slice(body).expect("an alert is JSON")
}

#[test]
fn an_alert_names_the_cause_the_order_and_what_to_do() {
    let alerts = alerts(
        r#"
        title = "an order that changed to something unknown"
        deliver = [{}, { order = "unknown", updated = "2026-10-28T11:30:00Z" }]

        [another-order.unknown]
        line = [{ sku = "MYSTERY", title = "Mystery" }]
        "#,
    );
    assert_eq!(
        alerts,
        [json!({
            "kind": "held",
            "code": "KA-0401",
            "title": "a SKU has no product in KashFlow",
            "subject": "026-0000001-0000001",
            "message": "SKU MYSTERY has no product in KashFlow: create the product, or add the SKU to the SKU table; \
                        then release the order",
            "eventId": "event-1",
            "done": [{"document": "sales-invoice", "number": "1", "reference": "026-0000001-0000001"}],
        })]
    );
}

#[test]
fn one_cause_is_told_once_however_many_orders_wait_for_it() {
    let orders = r#"
        deliver = [{}, { order = "second" }, { order = "third" }, { attempt = 2 }]

        [order]
        line = [{ sku = "MYSTERY", title = "Mystery" }]

        [another-order.second]
        id = "026-0000002-0000002"
        line = [{ sku = "MYSTERY", title = "Mystery" }]

        [another-order.third]
        id = "026-0000003-0000003"
        line = [{ sku = "ENIGMA", title = "Enigma" }]
    "#;
    let told = alerts(&format!("title = 'three orders'\n{orders}"));
    let skus: Vec<&str> = told.iter().map(|alert| alert["message"].as_str().expect("a text")).collect();
    assert_eq!(skus.len(), 2, "{skus:?}");
    assert!(skus[0].contains("MYSTERY") && skus[1].contains("ENIGMA"), "{skus:?}");
}

/// The invoice is posted, and still somebody has to look.
#[test]
fn what_went_to_the_holding_place_is_told_and_repetitions_are_one_more_thing_to_look_at() {
    let told = alerts(
        r#"
        title = "two orders with a SKU that nobody knows"
        deliver = [{}, { order = "second" }, { attempt = 2 }, { order = "second", attempt = 2 }]

        [settings]
        "sku.unknown" = "partial"

        [order]
        line = [{}, { sku = "MYSTERY", title = "Mystery", item = "12.00", tax = "2.00", total = "12.00" }]

        [another-order.second]
        id = "026-0000002-0000002"
        line = [{}, { sku = "MYSTERY", title = "Mystery", item = "12.00", tax = "2.00", total = "12.00" }]
        "#,
    );
    let row = |alert: &Value| {
        [
            &alert["kind"],
            &alert["subject"],
            &alert["done"].as_array().expect("a list").last().expect("one")["document"],
        ]
        .map(|value| value.as_str().expect("a text").to_owned())
    };
    let first_order = ["partly-held", "026-0000001-0000001", "sales-invoice"].map(str::to_owned);
    assert_eq!(told.iter().map(row).collect::<Vec<_>>(), [first_order.clone(), first_order]);
    assert!(told[0]["message"].as_str().expect("a text").contains("MYSTERY"), "{}", told[0]);
}

#[test]
fn a_wrong_password_is_one_alert_for_all_orders() {
    let told = alerts(
        r#"
        title = "nobody is let in"
        deliver = [{}, { order = "second" }]

        [another-order.second]
        id = "026-0000002-0000002"

        [kashflow]
        wrong-password = true
        "#,
    );
    assert_eq!(told.iter().map(|alert| &alert["code"]).collect::<Vec<_>>(), ["KA-0502"]);
}

#[test]
fn what_cannot_be_read_is_told_as_a_dead_letter_without_its_content() {
    let told = alerts("title = 'rubbish'\ndeliver = [{ body = 'Jane Roe, 14 Weir Lane' }]");
    assert_eq!((&told[0]["kind"], &told[0]["code"]), (&json!("dead-letter"), &json!("KA-0101")));
    assert!(!told[0].to_string().contains("Jane"), "{}", told[0]);
}

/// What is forgotten shows again the next day.
#[test]
fn a_cause_that_lasts_is_told_again_on_another_day() {
    let text = "title = 'a day later'\n[order]\nline = [{ sku = 'MYSTERY', title = 'Mystery' }]";
    let story: Story = toml::from_str(text).expect("a story");
    let arrival: Arrival = toml::from_str("").expect("an arrival");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let stage = Stage::set(&story, Way::InProcess).await;
        stage.prepare(&story, &arrival);
        for (hours, told) in [(0, 1), (11, 1), (2, 2), (20, 2)] {
            stage.clock.advance_ms(hours * 3_600_000);
            let ending = stage.deliver(&story, &arrival, Play::Native).await;
            let now: DateTime<Utc> = stage.clock.now();
            assert_eq!((ending.word.as_str(), messages(&stage).await.len()), ("held", told), "{now}");
        }
    });
}

/// An alert that the host does not take must not change how the event ends.
#[test]
fn an_event_is_held_even_where_nobody_can_be_told() {
    let text = "title = 'no queue'\n[order]\nline = [{ sku = 'MYSTERY', title = 'Mystery' }]";
    let story: Story = toml::from_str(text).expect("a story");
    let arrival: Arrival = toml::from_str("").expect("an arrival");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let mut stage = Stage::set(&story, Way::InProcess).await;
        stage.runtime.queues = Default::default();
        stage.prepare(&story, &arrival);
        let ending = stage.deliver(&story, &arrival, Play::Component).await;
        assert_eq!((ending.word.as_str(), messages(&stage).await.len()), ("held", 0));
    });
}
