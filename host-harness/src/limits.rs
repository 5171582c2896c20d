//! Every bound that the host sets, in one place, each with its reason.
//!
//! The constants are the defaults; [`Limits`] is what one connection runs with after its own overrides.

/// Memory of one instance, in bytes: a file of [`RESPONSE_BYTES`] as it stands and as much again to work with. An
/// answer that is parsed takes some six times its size; the plugin parses none beyond 16 MiB.
pub const MEMORY_BYTES: usize = 128 * 1024 * 1024;

/// The most memory that any connection may allow one instance, in bytes: the size of a slot in the pool.
pub const MEMORY_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Elements of the tables of one instance. A compiled Rust plugin has a few thousand functions in its table.
pub const TABLE_ELEMENTS: usize = 20_000;

/// The most elements of a table that any connection may allow: the size of a slot in the pool.
pub const TABLE_ELEMENTS_MAX: usize = 100_000;

/// How long one call of the plugin may take, waiting for services included, in milliseconds.
/// Below the two minutes for which a delivery may own its business key.
pub const WALL_TIME_MS: u64 = 90_000;

/// The longest call that any connection may allow, in milliseconds. Beyond it a delivery would outlive its hold on
/// its business key, and two could work on one order.
pub const WALL_TIME_MS_MAX: u64 = 110_000;

/// Host calls of one delivery. An order takes some twenty; a bounded slice of a settlement some hundreds.
pub const HOST_CALLS: u32 = 2_000;

/// The most host calls that any connection may allow one delivery.
pub const HOST_CALLS_MAX: u32 = 100_000;

/// The largest request body that leaves, in bytes. A feed of 20,000 messages has some 6 MB, and an invoice of 500
/// lines is below 1 MiB of SOAP.
pub const REQUEST_BYTES: usize = 16 * 1024 * 1024;

/// The largest response body that is taken in, in bytes: a settlement of a million rows, packed, has some 40 MiB.
pub const RESPONSE_BYTES: usize = 64 * 1024 * 1024;

/// The largest response body that any connection may allow, in bytes: more does not fit into an instance.
pub const RESPONSE_BYTES_MAX: usize = 128 * 1024 * 1024;

/// How long a connection may take to be made, in milliseconds: name, TCP, proxy and TLS. A healthy one takes less
/// than one second around the world, and after a longer wait the event is better tried again.
pub const CONNECT_TIMEOUT_MS: u64 = 10_000;

/// How long an upstream may take to begin its answer, in milliseconds. KashFlow's lists are slow.
pub const FIRST_BYTE_TIMEOUT_MS: u64 = 45_000;

/// How long an answer that has begun may pause, in milliseconds. Neither service computes in the middle of one.
pub const READ_TIMEOUT_MS: u64 = 30_000;

/// How long a whole exchange may take, in milliseconds.
pub const TOTAL_TIMEOUT_MS: u64 = 60_000;

/// The longest time-out that any connection may set for an exchange, in milliseconds: as long as a call of the
/// plugin can take.
pub const TIMEOUT_MS_MAX: u64 = WALL_TIME_MS_MAX;

/// How long a call waits for its turn in a usage plan, in milliseconds. A bucket of two a second or of one in two
/// seconds gives in that time; for a slower one the event is better delivered later.
pub const PLAN_WAIT_MS: u64 = 5_000;

/// How often the gateway sends a read again that brought no answer. More is the business of the next delivery.
pub const REPEATS: usize = 2;

/// The shortest pause before the first repetition of a read, in milliseconds; it doubles, and chance adds up to as
/// much again.
pub const REPEAT_DELAY_MS: u64 = 200;

/// Failures in a row after which an upstream gets time to recover.
pub const BREAKER_FAILURES: u32 = 5;

/// The most failures in a row that any connection may wait for.
pub const BREAKER_FAILURES_MAX: u32 = 1_000;

/// How long an upstream is left alone at first, in milliseconds; it doubles with every failed probe.
pub const BREAKER_OPEN_MS: u64 = 5_000;

/// How long an upstream is left alone at most, in milliseconds: an outage that ends is noticed within two minutes.
pub const BREAKER_OPEN_MAX_MS: u64 = 120_000;

/// The longest rest of an upstream that any connection may set, in milliseconds: one hour.
pub const BREAKER_OPEN_MS_MAX: u64 = 60 * 60 * 1000;

/// The largest value in the state store, in bytes. It keeps intents and numbers, not documents.
pub const STATE_VALUE_BYTES: usize = 256 * 1024;

/// The longest key in the state store, in bytes (from the contract, `clarity:ipaas/state`).
pub const STATE_KEY_BYTES: usize = 512;

/// The most keys that one listing gives.
pub const STATE_KEYS_LISTED: u32 = 10_000;

/// The largest message in a queue, in bytes: what Amazon SQS carried for most of its life.
pub const MESSAGE_BYTES: usize = 256 * 1024;

/// The largest event that a source takes in, in bytes: what Amazon SQS carries since August 2025. Settlement files have
/// bounds of their own.
pub const EVENT_BYTES: usize = 1024 * 1024;

/// The largest settlement file that a person hands in as it lies, in bytes: a million rows have some 200 MB.
pub const SETTLEMENT_FILE_BYTES: u64 = 256 * 1024 * 1024;

/// The largest event that a person hands in, in bytes, after it was packed: as much as the plugin takes.
pub const UPLOAD_BYTES: u64 = 64 * 1024 * 1024;

/// How far a packed settlement file is unpacked to name it by its content, in bytes: as far as the plugin reads it.
pub const SETTLEMENT_UNPACKED_BYTES: u64 = 1024 * 1024 * 1024;

/// The longest id of an event that a body may bring with it, in characters. Amazon's are UUIDs.
pub const EVENT_ID_CHARACTERS: usize = 128;

/// How long one receive waits for messages, in seconds: the longest that Amazon SQS offers.
pub const SQS_WAIT_SECONDS: i32 = 20;

/// How long a message in hand is hidden from other receivers of its queue, in seconds. It is extended while work
/// goes on, so this is how late a message comes again after a crash.
pub const SQS_VISIBILITY_SECONDS: i32 = 60;

/// The most receivers of one queue in one process. Each takes ten messages at a time; the store is the bound.
pub const SQS_RECEIVERS_MAX: u64 = 10;

/// How often a folder of events is looked at, in milliseconds. A file is taken at the second look.
pub const DIRECTORY_POLL_MS: u64 = 1_000;

/// Links to documents of reports and feeds that one connection keeps. A delivery needs one at a time.
pub const DOCUMENT_LINKS: usize = 64;

/// How long a link to a document is kept, in milliseconds: the five minutes for which Amazon makes it good, and one for
/// clocks that differ. Amazon has the last word.
pub const DOCUMENT_LINK_MS: u64 = 6 * 60 * 1000;

/// The longest that may lie between two looks at a folder of events, in milliseconds.
pub const DIRECTORY_POLL_MS_MAX: u64 = 60_000;

/// Connections that the webhook serves at one time; more wait to be accepted. Each holds one event at most.
pub const WEBHOOK_CONNECTIONS: usize = 64;

/// How long a request to the webhook may take to bring its head, and then its body, in milliseconds.
pub const WEBHOOK_REQUEST_TIMEOUT_MS: u64 = 10_000;

/// How long the webhook waits for the requests in hand when it is stopped, in milliseconds.
pub const WEBHOOK_SHUTDOWN_MS: u64 = 10_000;

/// The shortest secret of the webhook, in bytes: what cannot be tried out over a network.
pub const WEBHOOK_SECRET_BYTES_MIN: usize = 16;

/// How far the timestamp of a signed request may lie from now, in milliseconds, in either direction.
pub const WEBHOOK_TIMESTAMP_TOLERANCE_MS: u64 = 5 * 60 * 1_000;

/// How long a queue remembers a deduplication key, in milliseconds: 14 days, the longest that Amazon SQS
/// keeps a message and could therefore deliver one again.
pub const DEDUPLICATION_MEMORY_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// How long a store waits for another process to finish its transaction, in milliseconds.
pub const STORE_BUSY_TIMEOUT_MS: u64 = 5_000;

/// The largest file that a setting may come from, in bytes: a table of some 100,000 SKUs.
pub const SETTING_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// Lines that one call of the plugin may log; what comes after is counted and dropped.
pub const LOG_LINES: u32 = 1_000;

/// The longest text in one log line, in characters; the rest is cut.
pub const LOG_TEXT_CHARACTERS: usize = 4_096;

/// What one call of the plugin may write to stdout and stderr, in bytes: a panic message and its context.
pub const GUEST_OUTPUT_BYTES: usize = 64 * 1024;

/// How often in a row the plugin may fail on an event before it becomes a dead letter.
pub const PLUGIN_FAILURES_MAX: u32 = 5;

/// The pause after a first failure of the plugin, in milliseconds; it doubles with each that follows.
pub const PLUGIN_FAILURE_PAUSE_MS: u64 = 5_000;

/// The longest pause after a failure of the plugin, in milliseconds.
pub const PLUGIN_FAILURE_PAUSE_LONGEST_MS: u64 = 300_000;

/// How long beyond the longest call of the plugin a delivery keeps its event, in milliseconds: time enough to
/// write down how it ended.
pub const CLAIM_MARGIN_MS: u64 = 30_000;

/// Deliveries that run side by side, unless `--workers` says otherwise. They wait for services most of the
/// time; Amazon admits one order every two seconds.
pub const WORKERS: usize = 8;

/// How often the queue is looked at where nothing tells of a new event, in milliseconds: for what another
/// process released.
pub const QUEUE_LOOK_MS: u64 = 1_000;

/// How long a delivery that is under way may take to end when the host stops, in milliseconds.
pub const SHUTDOWN_DEADLINE_MS: u64 = 30_000;

/// How often the file of the plugin is looked at for a newer artifact, in milliseconds.
pub const ARTIFACT_LOOK_MS: u64 = 2_000;

/// How often what waits is counted for the gauges, in milliseconds.
pub const STATUS_EVERY_MS: u64 = 5_000;

/// How long the story of an event is kept after its end, in milliseconds: longer than any source remembers an
/// event and could send it again.
pub const STORY_KEPT_MS: u64 = 35 * 24 * 60 * 60 * 1000;

/// How often what has ended long ago is forgotten, in milliseconds.
pub const HOUSEKEEPING_MS: u64 = 60 * 60 * 1000;

/// Instances that may run at one time in one process: the slots of the pool.
pub const INSTANCES: u32 = 64;

/// How often a running instance lets others run, in milliseconds, and so how exactly its time is kept.
pub const EPOCH_TICK_MS: u64 = 10;

/// How long before its expiry an access token is renewed, in milliseconds: longer than one exchange.
pub const TOKEN_RENEWAL_MARGIN_MS: u64 = 60_000;

/// The largest answer of the token endpoint, in bytes. A token is some 400 characters.
pub const TOKEN_RESPONSE_BYTES: usize = 64 * 1024;

/// How long one export of traces may take, in milliseconds (OpenTelemetry: `OTEL_EXPORTER_OTLP_TIMEOUT`).
pub const TRACE_EXPORT_TIMEOUT_MS: u64 = 10_000;

/// The largest answer of a collector of traces, in bytes. It says how many spans it refused, and why.
pub const TRACE_EXPORT_RESPONSE_BYTES: usize = 64 * 1024;

/// Spans that wait for their export; what comes after is dropped. An event makes some twenty.
pub const TRACE_SPANS_WAITING: usize = 4_096;

/// How long the end of the process waits for the last spans to be exported, in milliseconds.
pub const TRACE_FLUSH_TIMEOUT_MS: u64 = 5_000;

/// How long a loop may be silent before the host is called dead, in milliseconds: several times the longest
/// that a loop sleeps.
pub const HEARTBEAT_SILENCE_MS: u64 = 30_000;

/// How long the status of the host may take to be gathered, in milliseconds; a probe rarely waits longer.
pub const STATUS_TIMEOUT_MS: u64 = 5_000;

/// Names of operations that metrics tell apart. A connection calls some twenty; the bound is for a plugin that
/// invents them.
pub const METRIC_OPERATIONS: usize = 100;

/// Alerts that one connection sends within an hour, one by one, unless its file says otherwise.
pub const ALERTS_PER_HOUR: u32 = 20;

/// The most alerts an hour that a connection may be given.
pub const ALERTS_PER_HOUR_MAX: u32 = 3_600;

/// How often the queue of alerts is looked into, in milliseconds: a person does not notice the difference.
pub const ALERT_LOOK_MS: u64 = 2_000;

/// The first and the longest pause before an alert that failed is sent again, in milliseconds.
pub const ALERT_RETRY_FIRST_MS: u64 = 2_000;
pub const ALERT_RETRY_LONGEST_MS: u64 = 5 * 60 * 1000;

/// How long the webhook or the command of an alert may take, in milliseconds.
pub const ALERT_TIMEOUT_MS: u64 = 10_000;

/// What is kept of the answer of a webhook and of the output of a command, in bytes; it is only logged.
pub const ALERT_OUTPUT_BYTES: usize = 16 * 1024;

/// What one connection runs with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Limits {
    pub memory_bytes: usize,
    pub table_elements: usize,
    pub wall_time_ms: u64,
    pub host_calls: u32,
    pub request_bytes: usize,
    pub response_bytes: usize,
    pub first_byte_timeout_ms: u64,
    pub total_timeout_ms: u64,
}

impl Limits {
    /// How long a delivery may keep its event, in milliseconds.
    pub fn claim_ms(&self) -> u64 {
        self.wall_time_ms.saturating_add(CLAIM_MARGIN_MS)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            memory_bytes: MEMORY_BYTES,
            table_elements: TABLE_ELEMENTS,
            wall_time_ms: WALL_TIME_MS,
            host_calls: HOST_CALLS,
            request_bytes: REQUEST_BYTES,
            response_bytes: RESPONSE_BYTES,
            first_byte_timeout_ms: FIRST_BYTE_TIMEOUT_MS,
            total_timeout_ms: TOTAL_TIMEOUT_MS,
        }
    }
}
