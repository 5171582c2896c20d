//! Every bound of the plugin, in one place, with its reason.

/// A notification is a few kilobytes; SQS itself carries 256 KiB (1 MiB since 2025).
pub const EVENT_BYTES_MAX: usize = 1024 * 1024;

/// The largest answer that is taken in: a settlement of a million rows, packed, has some 40 MiB, and it is read as it
/// stands.
pub const RESPONSE_BYTES_MAX: usize = 64 * 1024 * 1024;

/// The largest answer that is parsed as a whole, which takes several times its size. Orders are some ten kilobytes;
/// KashFlow's lists are not paged.
pub const PARSED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Lines of one order. Amazon's carts end well below; a longer order is held for a person.
pub const ORDER_LINES_MAX: usize = 500;

/// How long one delivery owns what it works on. Longer than an invocation may run, shorter than a person waits.
pub const LEASE_MS: u64 = 120_000;

/// The shortest wait before asking again for what another delivery owns.
pub const LEASED_RETRY_MS: u64 = 5_000;

/// How long a creation whose answer was lost may still be on its way in the books. Longer than the host
/// waits for an answer, and than IIS lets a request run (110 seconds by default) by a clock that is a minute
/// ahead.
pub const SETTLING_MS: u64 = 180_000;

/// How long nominal codes and VAT rates are believed without asking again. They change a few times a
/// year; a code that is not found is asked for at once.
pub const CHART_TTL_MS: u64 = 600_000;

/// Steps of one delivery: a document posted, a credit note applied. A correction takes three; the bound ends
/// whatever would go round in circles.
pub const STEPS_MAX: u32 = 8;

/// Invoices of one order, the replaced ones included. A buyer who changes an order thrice is rare; a number
/// beyond this means that two sources contradict each other, and each round would cost two documents.
pub const CORRECTIONS_MAX: u32 = 10;

/// How old an event may be whose failure is still worth repeating: 14 days, the longest that Amazon SQS keeps
/// a message. It bounds the repetitions of a host that loses count of its deliveries.
pub const EVENT_AGE_MAX_MS: u64 = 14 * 24 * 60 * 60 * 1000;

/// How long Amazon's answers may lag behind its own notifications: until then an order is read again that does
/// not show the change which its event tells of; after that what Amazon shows is taken for true. Amazon gives
/// no figure; its searches end two minutes before the present.
pub const LAG_MS: u64 = 15 * 60 * 1000;

/// Pages that one delivery of a sweep reads: of a hundred orders each, so that the messages of one delivery stay
/// well below the calls that a host lets one make, and their time below that of a lease.
pub const SWEEP_PAGES_MAX: u32 = 5;

/// Orders of one page of a sweep: the most that Amazon gives, because pages are what its usage plan counts.
pub const SWEEP_PAGE_ORDERS: u32 = 100;

/// The wait before a sweep goes on with its next pages. Where Amazon wants a longer one, it says so.
pub const SWEEP_PAUSE_MS: u64 = 1_000;

/// How far before the present Amazon's searches end (Orders API 2026-01-01, `lastUpdatedBefore`).
pub const SEARCH_END_MS: u64 = 120_000;

/// How much of the time that a sweep has seen the next one sees again, for changes that Amazon's search showed
/// late. Amazon gives no figure; what is found again costs one message that the queue drops.
pub const SWEEP_OVERLAP_MS: u64 = 300_000;

/// How far back a sweep looks: Amazon keeps orders for two years.
pub const SWEEP_DAYS_MAX: u32 = 730;

/// How long the place in a search is good for: an hour less than the day for which Amazon keeps it.
pub const SWEEP_PLACE_MS: u64 = 23 * 60 * 60 * 1000;

/// Deliveries that wait for the change in any case, for an event that came late or whose age is not known.
pub const LAGGING_READS_MAX: u32 = 8;

/// Deliveries before a failure that keeps coming back is given to a person: with the pauses below about a
/// day, so that an outage of a night costs nobody a call.
pub const ATTEMPTS_MAX: u32 = 100;

/// First and longest pause between attempts. Doubling in between.
pub const RETRY_FIRST_MS: u64 = 2_000;
pub const RETRY_LONGEST_MS: u64 = 900_000;

/// KashFlow documents no length for address lines; 50 characters print on its invoice templates.
pub const ADDRESS_LINE_CHARACTERS: usize = 50;

/// KashFlow documents no length for line descriptions; longer product titles are shortened with an
/// ellipsis, their SKU never.
pub const DESCRIPTION_CHARACTERS: usize = 200;

/// Rows with an amount in one settlement. The largest sellers' fortnights have some hundred thousand; the bound
/// ends what no delivery could post.
pub const SETTLEMENT_ROWS_MAX: u64 = 2_000_000;

/// A settlement file as it is transferred: the only copy of it that an instance holds, within its 96 MiB.
/// A file that is larger is handed in compressed, which makes it about twenty times smaller.
pub const SETTLEMENT_BYTES_MAX: usize = 64 * 1024 * 1024;

/// A settlement file unpacked, which nobody holds: a million rows are about 200 MB. It ends a compressed file
/// that was made to unpack without end.
pub const SETTLEMENT_UNPACKED_BYTES_MAX: u64 = 1024 * 1024 * 1024;

/// One line of a settlement file, which is held whole. Amazon's longest texts, of failed transfers, have some
/// hundred characters.
pub const SETTLEMENT_LINE_BYTES_MAX: usize = 64 * 1024;

/// Postings of a settlement that are kept under one key, unless that made more than [`SETTLEMENT_PARTS_MAX`] keys:
/// some 100 bytes each, and few enough to be written again whenever some of them are posted.
pub const SETTLEMENT_PART_POSTINGS: usize = 200;

/// Keys of the postings of one settlement. One delivery writes all of them, and another one reads them all for the
/// summary: each a call of the [`SETTLEMENT_CALLS_MAX`] that it has. As many orders as fit into an instance, half a
/// million, are then some 340 postings a key, well below what a host keeps in one value.
pub const SETTLEMENT_PARTS_MAX: usize = 1_500;

/// Host calls of one delivery of a settlement: below the 2,000 that a host lets one make, with 100 for the settings
/// of the books and the lease, and 100 for the pieces of a file.
pub const SETTLEMENT_CALLS_MAX: u32 = 1_800;

/// Host calls that one posting takes, on the average.
pub const SETTLEMENT_POSTING_CALLS: u32 = 5;

/// Order payments that are intended, created and confirmed together. More would save few writes, and a crash lets
/// all of them wait for three minutes.
pub const SETTLEMENT_BATCH: usize = 20;

/// Postings of one delivery: below the calls that a host lets one make. Where the parts of a settlement take many
/// calls themselves, it is less.
pub const SETTLEMENT_POSTINGS_MAX: u32 = 200;

/// Postings of a settlement that KashFlow refuses one after the other, before it is taken to be about all of them: a
/// period that is locked, a clearing account that was deleted.
pub const SETTLEMENT_REFUSALS_MAX: u32 = 5;

/// How long one delivery goes on posting, in milliseconds: half of what a host allows, because one batch at a slow
/// service takes its time too.
pub const SETTLEMENT_POSTING_MS: i64 = 40_000;

/// The wait before a settlement goes on with its next postings.
pub const SETTLEMENT_PAUSE_MS: u64 = 1_000;

/// Findings of a settlement that are told one by one, and documents of a kind; more are counted.
pub const SETTLEMENT_FINDINGS_MAX: usize = 50;

/// How much of a file is kept under one key, in bytes: below the 256 KiB that hosts keep in one value.
pub const FILE_PIECE_BYTES: usize = 240 * 1024;

/// Quantities of one feed: a message of each is some 250 bytes, and a feed is built and sent as a whole.
pub const STOCK_FEED_MESSAGES_MAX: usize = 10_000;

/// Remote calls of one delivery that works on stock: with the reads and writes of the ledger, of which there are at
/// most as many, below the 2,000 host calls that a host lets one make.
pub const STOCK_CALLS_MAX: u32 = 900;

/// Remote calls after which what was read is stored, so that a crash takes little of it.
pub const STOCK_KEEP_CALLS: usize = 50;

/// How long one delivery goes on working on stock, in milliseconds: half of what a host allows.
pub const STOCK_WORK_MS: i64 = 40_000;

/// The wait before the work on stock goes on: well within the 30 seconds for which Amazon keeps the place in its
/// summaries.
pub const STOCK_PAUSE_MS: u64 = 1_000;

/// How long the place in Amazon's summaries is believed: five seconds less than Amazon keeps it (FBA Inventory API
/// v1, `nextToken`).
pub const INVENTORY_PLACE_MS: i64 = 25_000;

/// SKUs that one call for summaries can name (FBA Inventory API v1, `sellerSkus`).
pub const INVENTORY_SKUS_MAX: usize = 50;

/// SKUs that one call for offers can name (Listings Items API 2021-08-01, `identifiers`).
pub const OFFER_SKUS_MAX: usize = 20;

/// How much of the time that was asked for Amazon's counts the next sweep asks for again.
pub const INVENTORY_OVERLAP_MS: i64 = 600_000;

/// How often all of Amazon's counts are read, whatever changed: inbound units change without a new time, and
/// searches for what changed are known to leave things out.
pub const INVENTORY_FULL_MS: i64 = 24 * 60 * 60 * 1000;

/// How long Amazon has for a quantity that it accepted, before the offer is read to see it. Amazon gives no figure;
/// minutes are usual.
pub const OFFER_SETTLING_MS: i64 = 5 * 60 * 1000;

/// How often one quantity is sent that Amazon accepts and does not show, before a person is told.
pub const OFFER_TRIES_MAX: u32 = 3;

/// How long a product that has no offer at Amazon is not looked for again.
pub const OFFER_ABSENT_MS: i64 = 7 * 24 * 60 * 60 * 1000;

/// How long an order is remembered whose units are promised and not invoiced: longer than anybody waits for goods.
pub const PROMISE_TTL_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Keys that the ledger of stock is kept under. With 20,000 products some 600 of them are in each value, of some 100
/// bytes each, which is well below what a host keeps in one.
pub const STOCK_SHARDS: u8 = 32;

/// Changes of stock that an outcome names; the others are left out of it.
pub const STOCK_EFFECTS_MAX: usize = 100;

/// Keys that promises are kept under: a few hundred orders wait to be sent at a time.
pub const PROMISE_SHARDS: u8 = 8;

/// How often one order writes its promise again because another order was first.
pub const PROMISE_WRITES_MAX: u32 = 5;

/// How long a reading of an offer is good enough to change its quantity: somebody may hand the offer over to Amazon
/// meanwhile, and a quantity would take it back.
pub const OFFER_FRESH_MS: i64 = 30 * 60 * 1000;

/// Changes of stock levels that are intended and written together.
pub const STOCK_BATCH: usize = 20;

/// How long other sweeps wait for one that is held, before one of them is held in its place: a person is told once a
/// day, and a held event that was discarded stops nothing.
pub const HELD_SWEEP_MS: i64 = 24 * 60 * 60 * 1000;

/// Quantities that a comparison of both sides has Amazon judge without sending them: a call of each, five a second.
pub const STOCK_PREVIEWS_MAX: usize = 100;
