//! Secrets and personal data stay where they belong.
//!
//! A day of orders is played with a logger that takes everything. No secret may stand in a log line, in
//! the settings, in what comes back over HTTP or in the state; no buyer may stand in a log line.

use std::io::Write;
use std::sync::{Arc, Mutex};

use host_harness::clock::{Clock, ManualClock};
use host_harness::connection::Connection;
use host_harness::engine::{Delivery, Export, Source};
use host_harness::store::{MemoryStore, StateKey, StateStore};
use host_harness::twin::world::{World, WorldSize};
use host_harness::twin::{ConnectionFolder, PairOptions, TwinPair};
use host_harness::{ConnectionRuntime, Host};
use plugin_core::events;

use crate::logging;
use crate::stage::{NativeHost, host, source};

/// A logger's output, kept.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no holder panics")).into_owned()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().expect("no holder panics").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Day {
    pair: TwinPair,
    runtime: ConnectionRuntime,
    connection: Connection,
    store: Arc<MemoryStore>,
    deliveries: Vec<Delivery>,
}

impl Day {
    async fn begin() -> Day {
        let world = World::generate(5, WorldSize::orders(40));
        let clock = Arc::new(ManualClock::at(world.epoch()));
        let twins_clock = Arc::clone(&clock);
        let delivery = |source, body: String| Delivery {
            event_id: "event".to_owned(),
            source,
            content_type: "application/json".to_owned(),
            occurred_at: None,
            attempt: 1,
            body: body.into_bytes(),
        };
        let mut deliveries: Vec<Delivery> = world
            .notifications()
            .iter()
            .map(|notification| delivery(Source::AmazonNotification, notification.to_string()))
            .collect();
        let sweep = r#"{"sweep":"orders","since":"2026-09-01T00:00:00Z"}"#;
        deliveries.push(delivery(Source::Schedule, sweep.to_owned()));
        let options = PairOptions {
            amazon_port: 0,
            kashflow_port: 0,
            usage_plan_factor: 10_000,
            clock: Arc::new(move || twins_clock.now()),
        };
        let pair = TwinPair::start(world, options).await.expect("the twins start");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = ConnectionFolder::write(folder.path(), &pair).expect("a writable folder").file;
        let connection = Connection::load(&file).unwrap_or_else(|error| panic!("{error}"));
        let clock: Arc<dyn Clock> = clock;
        let store = Arc::new(MemoryStore::new(Arc::clone(&clock)));
        let runtime = ConnectionRuntime::with_store(&connection, Arc::clone(&store), clock);
        Day { pair, runtime, connection, store, deliveries }
    }

    /// What opens the two services, in every spelling that travels.
    fn secrets(&self) -> Vec<String> {
        let amazon = self.pair.amazon.credentials();
        let password = &self.pair.kashflow_credentials.password;
        let in_xml = password.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        // The twin's access tokens begin as Amazon's do.
        let access_token = "Atza|".to_owned();
        vec![
            amazon.client_secret.clone(),
            amazon.refresh_token.clone(),
            password.clone(),
            in_xml,
            access_token,
        ]
    }

    /// What names a buyer.
    fn buyers(&self) -> Vec<String> {
        self.pair.with_world(|world| {
            world.buyers().iter().flat_map(|buyer| [buyer.name.clone(), buyer.email.clone()]).collect()
        })
    }
}

fn assert_absent(needles: &[String], text: &str, place: &str) {
    for needle in needles {
        // The message must not repeat the secret either.
        assert!(!text.contains(needle), "{place} shows something that begins with {needle:.4}…");
    }
}

#[test]
fn no_log_line_shows_a_secret_or_a_buyer() {
    let kept = Kept::default();
    let writer = kept.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    logging::offer_every_line();
    let host: &Host = host();
    // One thread, so that every line goes to this logger.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let (secrets, buyers, completed) = tracing::subscriber::with_default(subscriber, || {
        runtime.block_on(async {
            let day = Day::begin().await;
            let mut completed = 0;
            for delivery in &day.deliveries {
                let report = host.deliver(&day.runtime, Export::OnOrder, delivery).await;
                completed += usize::from(matches!(report.result, Ok(Ok(_))));
            }
            (day.secrets(), day.buyers(), completed)
        })
    });
    let text = kept.text();
    assert!(completed > 40, "{completed} events ended well");
    assert!(text.contains("KashFlow/InsertInvoice"), "the logger saw the calls");
    assert_absent(&secrets, &text, "a log line");
    assert_absent(&buyers, &text, "a log line");
}

#[test]
fn nothing_that_the_plugin_is_given_holds_a_secret() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let day = Day::begin().await;
        let secrets = day.secrets();
        for (key, value) in &day.connection.settings {
            assert_absent(&secrets, value, &format!("the setting {key}"));
        }
        let (tap, handle) = (Kept::default(), tokio::runtime::Handle::current());
        for delivery in &day.deliveries {
            let settings = day.connection.settings.clone();
            let mut host = NativeHost::new(day.runtime.clone(), settings, handle.clone())
                .with_tap(Box::new(tap.clone()));
            let (event_id, body) = (delivery.event_id.clone(), delivery.body.clone());
            let source = source(delivery.source);
            tokio::task::spawn_blocking(move || {
                events::on_order(
                    &mut host,
                    &events::Delivery { event_id, source, occurred_at: None, attempt: 1, body },
                )
            })
            .await
            .expect("the core does not panic")
            .ok();
        }
        let given = tap.text();
        assert!(given.contains("GetInvoiceResponse"), "the tap saw the answers");
        assert_absent(&secrets, &given, "an answer to the plugin");
        let keys =
            day.store.list_keys(&day.connection.name, "", None, 10_000).await.expect("the store works");
        assert!(keys.len() > 20, "{} keys", keys.len());
        for key in keys {
            let entry =
                day.store.get(&day.connection.name, &StateKey::new(key.clone()).expect("a key")).await;
            let value = entry.expect("the store works").map(|entry| entry.value).unwrap_or_default();
            let text = format!("{key} {}", String::from_utf8_lossy(&value));
            assert_absent(&secrets, &text, "the state");
            assert_absent(&day.buyers(), &text, "the state");
        }
        // Some order of the day waits for a person, and the sweep finds all of the marketplace that is posted.
        for (queue, least) in [("alert", 1), ("on-order", 30)] {
            let messages = day.runtime.queue.all(&day.connection.name, queue).await.expect("the store works");
            assert!(messages.len() >= least, "{} messages in {queue}", messages.len());
            for message in messages {
                let key = message.deduplication_key.unwrap_or_default();
                let text = format!("{key} {}", String::from_utf8_lossy(&message.body));
                assert_absent(&secrets, &text, queue);
                assert_absent(&day.buyers(), &text, queue);
            }
        }
    });
}
