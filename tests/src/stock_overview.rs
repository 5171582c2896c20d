//! What a person is shown of the stock is what the next sweep does, and looking changes nothing.

use std::collections::BTreeSet;

use host_harness::read_only_host::ReadOnlyHost;
use plugin_core::events::{StockLine, stock_overview};
use plugin_core::settings::Owner;
use tokio::runtime::Handle;

use crate::scenarios::stories;
use crate::stage::{Play, Stage, Way, host};
use crate::story::{Arrival, ArrivalSource, Story};

fn is_sweep(arrival: &Arrival) -> bool {
    arrival.export() == "on-inventory" && arrival.source == ArrivalSource::Schedule && arrival.body.is_none()
}

/// Over a host that refuses every write.
async fn look(stage: &Stage) -> Vec<StockLine> {
    let (runtime, settings) = (stage.runtime.clone(), stage.connection.settings.clone());
    let mut host = ReadOnlyHost::new(runtime, settings, Handle::current());
    let looked = tokio::task::spawn_blocking(move || stock_overview(&mut host, |_, _| {}));
    looked.await.expect("the thread ends").unwrap_or_else(|failure| panic!("{}", failure.finding))
}

/// What a sweep would name as its effects.
fn changes(lines: &[StockLine]) -> BTreeSet<String> {
    let change = |line: &StockLine| {
        let to = line.change_to?;
        Some(match line.owner {
            Some(Owner::Amazon) => format!("stock-level {to} for {}", line.product),
            _ => format!("offer-quantity {to} for {}", line.sku),
        })
    };
    lines.iter().filter_map(change).collect()
}

/// Compares each sweep of a story that has an end of its own; gives how many there were.
async fn compare(story: &Story) -> Result<usize, String> {
    let stage = Stage::set(story, Way::InProcess).await;
    let mut compared = 0;
    for arrival in &story.deliver {
        stage.prepare(story, arrival);
        let shown = if is_sweep(arrival) { Some(look(&stage).await) } else { None };
        stage.recorder.take();
        let ending = stage.deliver(story, arrival, Play::Native).await;
        let is_whole = ["completed", "already-done", "partly-held"].contains(&ending.word.as_str());
        let Some(shown) = shown.filter(|_| is_whole) else { continue };
        let is_effect =
            |line: &&String| line.starts_with("stock-level ") || line.starts_with("offer-quantity ");
        let done: BTreeSet<String> = ending.lines.iter().filter(is_effect).cloned().collect();
        let told = changes(&shown);
        // Many quantities at once go as one feed, which is one effect.
        let is_feed = ending.lines.iter().any(|line| line.starts_with("quantities-feed "));
        if told != done && !is_feed {
            return Err(format!("{}: shown {told:?}, done {done:?}", arrival.event));
        }
        compared += 1;
    }
    Ok(compared)
}

#[test]
fn what_is_shown_is_what_the_next_sweep_does() {
    host();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let (mut compared, mut wrong) = (0, Vec::new());
    for path in stories() {
        let story = Story::read(&path);
        let name = path.file_name().expect("a folder has a name").to_string_lossy().into_owned();
        // What goes wrong on the way is not to be seen before.
        if story.stock.is_none() || !story.fault.is_empty() {
            continue;
        }
        match runtime.block_on(compare(&story)) {
            Ok(sweeps) => compared += sweeps,
            Err(difference) => wrong.push(format!("{name}: {difference}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared >= 20, "{compared} sweeps");
}
