//! How fast a settlement is read: bare `csv`, the core on this machine, and the component in its sandbox.
//!
//! All of them read the same file, one after the other in this process, and the best of some rounds counts. `read`
//! is the file read and categorised to sums; `planned` is a whole delivery up to the plan that is kept, with the file
//! itself. `cargo benchmark settlement -- million` takes a settlement of a million rows. However many the rows, the
//! component's memory must stay within its bound.

use std::io::Read;
use std::time::{Duration, Instant};

use csv::{ByteRecord, ReaderBuilder};
use flate2::read::GzDecoder;
use host_harness::engine::Export;
use plugin_core::amazon::settlement::SettlementFile;
use plugin_core::events;
use plugin_core::limits::SETTLEMENT_BYTES_MAX;
use plugin_core::mapping::settlement::collected::Collector;
use plugin_core::mapping::settlement::{Categoriser, RuleBook};
use tests::stage::big_settlement::{packed, stage_without_books, text, upload};
use tests::stage::{NativeHost, host, source};
use tokio::runtime::{Builder, Runtime};

const ROUNDS: usize = 5;

/// The most memory a settlement may take in the component, in bytes.
const MEMORY_BYTES_MAX: usize = 96 * 1024 * 1024;

fn main() {
    let is_million = std::env::args().any(|argument| argument == "million");
    let rows = if is_million { 1_000_000 } else { 200_000 };
    let runtime = Builder::new_multi_thread().enable_all().build().expect("a runtime");
    host();
    let (_, text) = text(rows);
    let file = packed(&text);
    println!("{rows} rows, {:.1} MB of text, {:.1} MB packed", megabytes(text.len()), megabytes(file.len()));
    println!("{:34} {:>9} {:>12} {:>8} {:>9}", "", "seconds", "rows/s", "MB/s", "bare csv");
    let bare = best(|| bare_csv(&text[..]));
    let line = |name: &str, took: Duration, base: Duration| {
        let seconds = took.as_secs_f64();
        let (speed, rate) = (rows as f64 / seconds, megabytes(text.len()) / seconds);
        let times = seconds / base.as_secs_f64();
        println!("{name:34} {seconds:>9.3} {speed:>12.0} {rate:>8.1} {times:>8.1}x");
    };
    line("text, bare csv", bare, bare);
    // What is larger is handed in packed.
    if text.len() <= SETTLEMENT_BYTES_MAX {
        line("text, core, read", best(|| read(&text)), bare);
    }
    let bare = best(|| bare_csv(GzDecoder::new(&file[..])));
    line("packed, bare csv", bare, bare);
    line("packed, core, read", best(|| read(&file)), bare);
    line("packed, core, planned", best(|| planned_by_the_core(&runtime, &file)), bare);
    let mut memory = 0;
    let mut calls = 0;
    line(
        "packed, component, planned",
        best(|| {
            let report = planned_by_the_component(&runtime, &file);
            (memory, calls) = (report.0, report.1);
            report.2
        }),
        bare,
    );
    println!("component: {:.1} MiB of memory, {calls} host calls", memory as f64 / 1024.0 / 1024.0);
    assert!(
        memory < MEMORY_BYTES_MAX,
        "the component took {memory} bytes of memory, {MEMORY_BYTES_MAX} are allowed"
    );
}

fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}

fn best(mut run: impl FnMut() -> Duration) -> Duration {
    (0..ROUNDS).map(|_| run()).min().expect("more than no round")
}

/// The same columns, and the amounts added up.
fn bare_csv(text: impl Read) -> Duration {
    let begun = Instant::now();
    let mut reader = ReaderBuilder::new().delimiter(b'\t').quoting(false).from_reader(text);
    let headers = reader.byte_headers().expect("a header").clone();
    let column = |name: &[u8]| headers.iter().position(|header| header == name).expect("the column is there");
    let amount = column(b"amount");
    let texts = [
        "transaction-type",
        "amount-type",
        "amount-description",
        "order-id",
        "adjustment-id",
        "marketplace-name",
        "fulfillment-id",
        "posted-date-time",
        "sku",
        "quantity-purchased",
    ]
    .map(|name| column(name.as_bytes()));
    let (mut pence, mut length, mut record) = (0_i64, 0, ByteRecord::new());
    while reader.read_byte_record(&mut record).expect("a sound file") {
        length += texts.iter().map(|column| record[*column].len()).sum::<usize>();
        let digits = record[amount].iter().filter(|byte| byte.is_ascii_digit());
        let magnitude = digits.fold(0, |number, digit| number * 10 + i64::from(digit - b'0'));
        pence += if record[amount].starts_with(b"-") { -magnitude } else { magnitude };
    }
    std::hint::black_box((pence, length));
    begun.elapsed()
}

fn read(file: &[u8]) -> Duration {
    let rules = RuleBook::built_in();
    let begun = Instant::now();
    let file = SettlementFile::open(file).expect("a sound file");
    let collector = Collector::new(Categoriser::new(&rules), file.currency());
    let (_, collector) = file.read(collector).expect("it adds up");
    std::hint::black_box(collector.finish());
    begun.elapsed()
}

fn planned_by_the_core(runtime: &Runtime, file: &[u8]) -> Duration {
    let stage = runtime.block_on(stage_without_books());
    let settings = stage.connection.settings.clone();
    let mut host = NativeHost::new(stage.runtime.clone(), settings, runtime.handle().clone());
    let delivery = upload(file.to_vec(), 1);
    let delivery = events::Delivery {
        event_id: delivery.event_id,
        source: source(delivery.source),
        occurred_at: None,
        attempt: 1,
        body: delivery.body,
    };
    let begun = Instant::now();
    events::on_financial_event(&mut host, &delivery).expect_err("KashFlow does not answer");
    begun.elapsed()
}

fn planned_by_the_component(runtime: &Runtime, file: &[u8]) -> (usize, usize, Duration) {
    let stage = runtime.block_on(stage_without_books());
    let delivery = upload(file.to_vec(), 1);
    let deliver = stage.host.deliver(&stage.runtime, Export::OnFinancialEvent, &delivery);
    let report = runtime.block_on(deliver);
    let ending = report.result.expect("it stays within its limits");
    let ending = ending.expect_err("KashFlow does not answer");
    std::hint::black_box(ending);
    (report.memory_bytes, report.host_calls.len(), report.elapsed)
}
