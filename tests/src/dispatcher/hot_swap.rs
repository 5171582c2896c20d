//! A newer artifact takes over between two deliveries, or is refused with the reason, and nothing is dropped.

use std::sync::{Arc, Mutex};

use host_harness::artifact::build_package;
use host_harness::dispatcher::{ArtifactObserver, ArtifactWatch, LoadedPlugin, PluginRefused};
use tokio::sync::{Notify, watch};

use super::{Bench, Moment};
use crate::engine::component;

/// The same plugin with a custom section more: another artifact.
fn newer() -> Vec<u8> {
    [component(), b"\0\x0a\x09newer one"].concat()
}

#[derive(Default)]
struct Told {
    said: Mutex<Vec<String>>,
    news: Notify,
}

impl ArtifactObserver for Told {
    fn replaced(&self, plugin: &LoadedPlugin) {
        self.said.lock().unwrap().push(format!("replaced by {}", plugin.label()));
        self.news.notify_one();
    }

    fn refused(&self, refused: &PluginRefused) {
        self.said.lock().unwrap().push(format!("{} {refused}", refused.code()));
        self.news.notify_one();
    }
}

#[tokio::test]
async fn a_newer_artifact_takes_over_and_no_event_is_dropped() {
    let bench = Bench::new(4);
    let running = bench.start().await;
    let first = running.slot.current().label();
    for number in 0..100 {
        running.put(0, &format!("event-{number}"), None, "create lease").await;
    }
    running.seen.until_ended("event-0").await;
    std::fs::write(bench.plugin(), newer()).unwrap();
    let replaced = running.slot.replace(&bench.plugin()).await.unwrap().expect("it is another one");
    running.put(0, "after", None, "log well").await;
    running.seen.until_ended("after").await;
    for number in 0..100 {
        running.seen.until_ended(&format!("event-{number}")).await;
    }
    assert_ne!(replaced.label(), first);
    assert_eq!(running.story("event-0").await.deliveries[0].plugin, first);
    assert_eq!(running.story("after").await.deliveries[0].plugin, replaced.label());
    assert_eq!(running.slot.replace(&bench.plugin()).await.unwrap().map(|plugin| plugin.label()), None);
    let ended = |moment: &Moment| matches!(moment, Moment::Ended { ending: "completed", .. });
    assert_eq!(running.stop().await.moments().iter().filter(|moment| ended(moment)).count(), 101);
}

#[tokio::test]
async fn an_artifact_with_too_many_powers_or_of_no_known_world_is_refused_and_the_old_one_goes_on() {
    let bench = Bench::new(1);
    let running = bench.start().await;
    let (look, told) = (Arc::new(Notify::new()), Arc::new(Told::default()));
    let (stop, stopped) = watch::channel(false);
    let watching = tokio::spawn(
        ArtifactWatch {
            path: bench.plugin(),
            slot: Arc::clone(&running.slot),
            look: Arc::clone(&look),
            observer: Arc::clone(&told) as Arc<dyn ArtifactObserver>,
        }
        .run(stopped),
    );
    let excess = build_package("guest", &["excess"], |_| {}).unwrap_or_else(|error| panic!("{error}"));
    // The last is the smallest component there is: it offers nothing.
    for artifact in [excess, b"half a file".to_vec(), b"\0asm\x0d\0\x01\0".to_vec()] {
        std::fs::write(bench.plugin(), artifact).unwrap();
        look.notify_one();
        told.news.notified().await;
    }
    let said = told.said.lock().unwrap().clone();
    assert!(said[0].starts_with("HH-0303") && said[0].contains("wasi:filesystem/"), "{said:?}");
    assert!(said[1].starts_with("HH-0302") && said[2].starts_with("HH-0304"), "{said:?}");
    running.put(0, "event", None, "log well").await;
    running.seen.until_ended("event").await;

    // What is copied into its place is found without a signal.
    std::fs::write(bench.plugin(), newer()).unwrap();
    told.news.notified().await;
    assert!(told.said.lock().unwrap()[3].starts_with("replaced by "));
    stop.send(true).unwrap();
    watching.await.unwrap();
    running.stop().await;
}
