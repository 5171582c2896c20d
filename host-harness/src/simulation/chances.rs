//! How often things go wrong, and for how long: every number of the simulated world.
//!
//! Chances are per thousand, in a seed of roughness 100; a rougher one has more. Absent on purpose: the
//! drawing (`weather`, `dispatcher`), and how orders live (`twin::world::proportions`).

use chrono::Duration;

use crate::limits::{FIRST_BYTE_TIMEOUT_MS, WALL_TIME_MS};

/// What can go wrong with a call.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    NotConnected,
    Throttled,
    ServerError,
    Unavailable,
    Page,
    Truncated,
    AnswerLost,
    CallLost,
    Late,
}

pub(super) type Chances = &'static [(Kind, u64)];

pub(super) const AMAZON: Chances = &[
    (Kind::Throttled, 30),
    (Kind::ServerError, 8),
    (Kind::Unavailable, 8),
    (Kind::Page, 6),
    (Kind::Truncated, 6),
    (Kind::NotConnected, 6),
    (Kind::CallLost, 6),
    (Kind::AnswerLost, 6),
];
pub(super) const LOGIN: Chances = &[
    (Kind::Throttled, 20),
    (Kind::ServerError, 10),
    (Kind::Unavailable, 10),
    (Kind::NotConnected, 10),
    (Kind::CallLost, 10),
];
pub(super) const KASHFLOW_READS: Chances = &[
    (Kind::NotConnected, 5),
    (Kind::ServerError, 5),
    (Kind::Unavailable, 5),
    (Kind::Page, 4),
    (Kind::Truncated, 4),
    (Kind::CallLost, 6),
];
/// What can leave a document behind, or seem to, is the point of it all.
pub(super) const KASHFLOW_WRITES: Chances = &[
    (Kind::NotConnected, 20),
    (Kind::ServerError, 15),
    (Kind::Unavailable, 10),
    (Kind::Page, 10),
    (Kind::Truncated, 25),
    (Kind::AnswerLost, 60),
    (Kind::CallLost, 30),
    (Kind::Late, 60),
];
pub(super) const STORE: Chances = &[(Kind::Unavailable, 4), (Kind::AnswerLost, 4)];

/// Reads of an order that a replica answers which is behind, where there is an older version to be behind at.
pub(super) const STALE_READ: u64 = 300;
/// The same where the event is about an older version: it is answered as it was announced.
pub(super) const ANNOUNCED_VERSION_READ: u64 = 350;
/// How long a replica can be behind. Longer than Amazon itself allows for, whose searches end two minutes before
/// the present.
pub(super) const STALE_FOR: Duration = Duration::minutes(12);
/// Throttled calls that are told when to come back.
pub(super) const RETRY_AFTER_TOLD: u64 = 500;
/// Lost answers that are waited for to the end.
pub(super) const WAITED_IN_VAIN: u64 = 300;
/// Deliveries that are lost on their way to the plugin, and come again.
pub(super) const LOST_IN_DELIVERY: u64 = 20;
/// Deliveries during which the machine loses power, at any moment.
pub(super) const POWER_LOSS: u64 = 25;
/// Host calls right before and right after which the instance is killed.
pub(super) const KILLED_BEFORE_A_CALL: u64 = 3;
pub(super) const KILLED_AFTER_A_CALL: u64 = 3;

/// How late a call can be carried out, counted from when it was made. The plugin holds a creation for settled
/// after 180 s, counted from shortly before.
pub(super) const LATE_AT_MOST_MS: u64 = 170_000;
/// How long a caller waits for the beginning of an answer (the host's own limit).
pub(super) const ANSWER_TIMEOUT_MS: u64 = FIRST_BYTE_TIMEOUT_MS;
/// How long a call or an answer travels: mostly, and now and then.
pub(super) const STORE_LATENCY_MS: [((i64, i64), u64); 2] = [((1, 50), 950), ((50, 1_000), 50)];
pub(super) const HTTP_LATENCY_MS: [((i64, i64), u64); 3] =
    [((20, 200), 700), ((200, 1_500), 250), ((1_500, 5_000), 50)];

/// The same while KashFlow is slow. There and back it stays within what a caller waits.
pub(super) const SLOW_LATENCY_MS: (i64, i64) = (2_000, 20_000);

/// What lasts for a while and concerns every call of a service.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Spell {
    KashFlowDown,
    KashFlowSlow,
    KashFlowPasswordWrong,
    AmazonDown,
    AmazonAccessRevoked,
}

/// How many of each there can be in a run, and how long each lasts in minutes.
pub(super) const SPELLS: [(Spell, i64, (i64, i64)); 5] = [
    (Spell::KashFlowDown, 2, (60, 60)),
    (Spell::KashFlowSlow, 2, (10, 60)),
    (Spell::KashFlowPasswordWrong, 1, (5, 90)),
    (Spell::AmazonDown, 1, (5, 60)),
    (Spell::AmazonAccessRevoked, 1, (5, 90)),
];

/// Versions of an order before its last that are announced. The last one always is.
pub(super) const EARLIER_VERSION_ANNOUNCED: u64 = 750;
/// Announcements that come once more, at once or days later.
pub(super) const ANNOUNCED_TWICE: u64 = 200;
pub(super) const SECOND_COMES_AT_ONCE: u64 = 500;
/// Announcements that are held up on their way, for hours.
pub(super) const ANNOUNCEMENT_HELD_UP: u64 = 120;
pub(super) const HELD_UP_AT_MOST: Duration = Duration::hours(40);
/// How long a message that was not finished is hidden before it is delivered again.
pub(super) const HIDDEN_SECONDS: (i64, i64) = (60, 150);
/// Parked events that a person looks at before the end, and after how many minutes.
pub(super) const PERSON_LOOKS: u64 = 700;
pub(super) const PERSON_LOOKS_AFTER_MINUTES: (i64, i64) = (5, 36 * 60);
/// How long a machine that lost power is off.
pub(super) const OFF_SECONDS: (i64, i64) = (1, 60);

/// How long a delivery may take (the host's own limit).
pub(super) const DELIVERY_AT_MOST: Duration = Duration::milliseconds(WALL_TIME_MS.cast_signed());
/// An event that is delivered more often than this never settles.
pub(super) const DELIVERIES_OF_AN_EVENT_MAX: u32 = 300;
/// A run that is not over so long after the world's present never is.
pub(super) const RUN_AT_MOST: Duration = Duration::days(60);
/// Releases of everything that is parked, at the end, until nothing changes any more.
pub(super) const LAST_RELEASES_MAX: u32 = 6;
/// Longer than any lease, so that what is left then was meant to stay.
pub(super) const LEASES_ARE_OVER: Duration = Duration::minutes(5);
/// Real time in which a delivery that is let go on makes its next call or ends: some milliseconds, and more
/// on a machine that is busy.
pub(super) const REAL_PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);
