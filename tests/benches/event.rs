//! What the sandbox costs: one event through the component, on a fresh instance, beside the native core.
//!
//! `ignored` needs no call to anywhere, so it is all instance and conversion; `repeated order` reads the
//! order from the Amazon twin over loopback and finds it recorded; `new order` posts an invoice into the
//! KashFlow twin. Both columns of a pair run in this process, one after the other.

use criterion::{Criterion, criterion_group, criterion_main};
use tests::stage::{Play, Stage, Way, host};
use tests::story::{Arrival, Story};

fn story(text: &str) -> Story {
    toml::from_str(text).expect("a story")
}

fn benches(criterion: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    host();
    let ignored: Arrival = toml::from_str("notification-type = 'FEE_PROMOTION'").expect("an arrival");
    let ordinary: Arrival = toml::from_str("").expect("an arrival");
    for (name, play) in [("component", Play::Component), ("native", Play::Native)] {
        let story = story("title = 'benchmark'");
        let stage = runtime.block_on(Stage::set(&story, Way::Sockets));
        stage.before(&story, &ordinary);
        criterion.bench_function(&format!("ignored/{name}"), |bencher| {
            bencher.iter(|| runtime.block_on(stage.deliver(&story, &ignored, play)));
        });
        let posted = runtime.block_on(stage.deliver(&story, &ordinary, play));
        assert_eq!(posted.word, "completed");
        criterion.bench_function(&format!("repeated order/{name}"), |bencher| {
            bencher.iter(|| runtime.block_on(stage.deliver(&story, &ordinary, play)));
        });
        let mut number = 1;
        criterion.bench_function(&format!("new order/{name}"), |bencher| {
            bencher.iter_batched(
                || {
                    number += 1;
                    let mut next = story.clone();
                    next.order.id = format!("026-0000001-{number:07}");
                    // Spread over days, so that the lookup by date does not grow with the benchmark.
                    next.order.placed =
                        format!("2026-{:02}-{:02}T09:30:00Z", 1 + number % 9, 1 + number % 28);
                    next.order.buyer_email = format!("buyer{number}@marketplace.amazon.co.uk");
                    next.order.post_code = format!("LS{} {}AA", number % 90, number % 9);
                    stage.before(&next, &ordinary);
                    next
                },
                |next| {
                    let posted = runtime.block_on(stage.deliver(&next, &ordinary, play));
                    assert_eq!(posted.word, "completed");
                },
                criterion::BatchSize::PerIteration,
            );
        });
    }
}

criterion_group! {
    name = event;
    config = Criterion::default().sample_size(30);
    targets = benches
}
criterion_main!(event);
