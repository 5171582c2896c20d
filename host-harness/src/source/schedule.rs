//! Events of the host's own, made at certain times: sweeps that find what notifications missed, of orders and of stock.
//!
//! An event is named by its due time, so that a restart or a second process does not make it twice. After a pause
//! the latest missed time is made up for, and none before it: one sweep finds what all of them would have found.
//! Deliberately absent: what a sweep does.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff};
use chrono::{DateTime, SecondsFormat, Utc};

use super::intake::ArrivedEvent;
use super::reception::{PAUSES, Reception};
use super::shutdown::Shutdown;
use super::timetable::Timetable;
use crate::connection::ScheduleSettings;
use crate::engine::{Export, Source};

/// A sleep is cut here, because the machine's clock can be set, and machines go to sleep themselves.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What a schedule can make.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScheduledEvent {
    /// Look through the orders that changed lately.
    SweepOrders,
    /// Compare the stock of both sides, and bring them in step.
    SweepStock,
}

impl ScheduledEvent {
    pub(crate) const ALL: [ScheduledEvent; 2] = [ScheduledEvent::SweepOrders, ScheduledEvent::SweepStock];

    /// As the connection file names it.
    pub fn name(self) -> &'static str {
        match self {
            ScheduledEvent::SweepOrders => "sweep-orders",
            ScheduledEvent::SweepStock => "sweep-stock",
        }
    }

    pub(crate) fn parse(name: &str) -> Option<Self> {
        ScheduledEvent::ALL.into_iter().find(|event| event.name() == name)
    }

    /// The event for one due time.
    fn due_at(self, due: DateTime<Utc>) -> ArrivedEvent {
        let due = due.to_rfc3339_opts(SecondsFormat::Secs, true);
        let body = match self {
            ScheduledEvent::SweepOrders => r#"{"sweep":"orders"}"#,
            ScheduledEvent::SweepStock => r#"{"sweep":"stock"}"#,
        };
        let event_id = format!("schedule/{}/{due}", self.name());
        ArrivedEvent { occurred_at: Some(due), ..self.event(event_id, body) }
    }

    /// The same work as a person asks for it, with what the person wants beside. The same twice is done twice.
    pub fn by_hand(self, now: DateTime<Utc>, body: &str) -> ArrivedEvent {
        let now = now.to_rfc3339_opts(SecondsFormat::Millis, true);
        self.event(format!("schedule/by-hand/{now}/{}", self.name()), body)
    }

    fn event(self, event_id: String, body: &str) -> ArrivedEvent {
        let (export, ordering_key) = match self {
            ScheduledEvent::SweepOrders => (Export::OnOrder, "sweep/orders"),
            ScheduledEvent::SweepStock => (Export::OnInventory, "sweep/stock"),
        };
        ArrivedEvent {
            event_id,
            export,
            source: Source::Schedule,
            content_type: "application/json".to_owned(),
            occurred_at: None,
            ordering_key: Some(ordering_key.to_owned()),
            traceparent: None,
            body: body.as_bytes().to_vec(),
        }
    }
}

/// One schedule at work.
pub(super) struct Schedule {
    settings: ScheduleSettings,
    reception: Reception,
    made: Option<DateTime<Utc>>,
    pauses: ExponentialBackoff,
}

impl Schedule {
    pub(super) fn new(settings: ScheduleSettings, reception: Reception) -> Self {
        Schedule { settings, reception, made: None, pauses: PAUSES.build() }
    }

    pub(super) async fn run(mut self, mut shutdown: Shutdown) {
        loop {
            let sleep = self.make_what_is_due().await;
            if !shutdown.sleep(sleep).await {
                return;
            }
        }
    }

    /// Gives the time after which it is to be called again.
    async fn make_what_is_due(&mut self) -> Duration {
        let now = self.reception.clock.now();
        if let Some(due) = outstanding(&self.settings.timetable, self.made, now) {
            if self.reception.take(&self.settings.event.due_at(due)).await.is_err() {
                return self.pauses.next().unwrap_or(LONGEST_SLEEP);
            }
            self.made = Some(due);
            self.pauses = PAUSES.build();
        }
        until_next(&self.settings.timetable, now)
    }
}

/// The due time that is to be made now: the latest, unless it was made, or time went backwards.
fn outstanding(
    timetable: &Timetable,
    made: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    timetable.latest(now).filter(|due| made.is_none_or(|made| *due > made))
}

fn until_next(timetable: &Timetable, now: DateTime<Utc>) -> Duration {
    let next = timetable.next(now).and_then(|next| (next - now).to_std().ok());
    next.map_or(LONGEST_SLEEP, |sleep| sleep.min(LONGEST_SLEEP))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::watch;

    use super::*;
    use crate::clock::ManualClock;
    use crate::code::Code;
    use crate::source::TimeZone;
    use crate::source::intake::tests::MemoryIntake;
    use crate::source::status::SourceStatus;

    fn at(time: &str) -> DateTime<Utc> {
        format!("2026-05-01T{time}Z").parse().unwrap()
    }

    /// Sweeps every quarter of an hour, on a clock that the test moves.
    struct Bench {
        clock: Arc<ManualClock>,
        intake: Arc<MemoryIntake>,
        schedule: Schedule,
    }

    impl Bench {
        fn new(start: &str, intake: Arc<MemoryIntake>) -> Bench {
            let clock = Arc::new(ManualClock::at(at(start)));
            let timetable = Timetable::parse("*/15 * * * *", TimeZone::Utc).unwrap();
            let settings = ScheduleSettings { timetable, event: ScheduledEvent::SweepOrders };
            let status = Arc::new(SourceStatus::new("schedule sweep-orders"));
            let reception = Reception { intake: intake.clone(), clock: clock.clone(), status };
            Bench { clock, intake, schedule: Schedule::new(settings, reception) }
        }

        async fn make_at(&mut self, time: &str) -> Duration {
            self.clock.set(at(time));
            self.schedule.make_what_is_due().await
        }

        fn made(&self) -> Vec<String> {
            let ids = self.intake.stored().into_iter().map(|event| event.event_id);
            ids.map(|id| id.strip_prefix("schedule/sweep-orders/2026-05-01T").unwrap().to_owned()).collect()
        }
    }

    #[test]
    fn a_sweep_is_named_by_its_due_time() {
        let event = ScheduledEvent::SweepOrders.due_at(at("10:15:00"));
        assert_eq!(event.event_id, "schedule/sweep-orders/2026-05-01T10:15:00Z");
        assert_eq!((event.export, event.source), (Export::OnOrder, Source::Schedule));
        assert_eq!(event.occurred_at.as_deref(), Some("2026-05-01T10:15:00Z"));
        assert_eq!(event.ordering_key.as_deref(), Some("sweep/orders"));
        assert_eq!(event.body, br#"{"sweep":"orders"}"#);
    }

    #[test]
    fn a_sweep_of_the_stock_goes_to_the_inventory_under_a_key_of_its_own() {
        let event = ScheduledEvent::SweepStock.due_at(at("10:15:00"));
        assert_eq!(event.event_id, "schedule/sweep-stock/2026-05-01T10:15:00Z");
        assert_eq!((event.export, event.source), (Export::OnInventory, Source::Schedule));
        assert_eq!(event.ordering_key.as_deref(), Some("sweep/stock"));
        assert_eq!(event.body, br#"{"sweep":"stock"}"#);
    }

    #[test]
    fn a_sweep_by_hand_waits_for_that_of_the_schedule_and_is_another_event_each_time() {
        let by_hand =
            |time| ScheduledEvent::SweepStock.by_hand(at(time), r#"{"sweep":"stock","brake":"off"}"#);
        let (event, next) = (by_hand("10:15:00"), by_hand("10:15:00.001"));
        assert_eq!(event.event_id, "schedule/by-hand/2026-05-01T10:15:00.000Z/sweep-stock");
        assert_ne!(event.event_id, next.event_id);
        let scheduled = ScheduledEvent::SweepStock.due_at(at("10:15:00"));
        assert_eq!((event.export, &event.ordering_key), (scheduled.export, &scheduled.ordering_key));
        assert_eq!((event.occurred_at, event.body.len()), (None, 31));
    }

    #[test]
    fn every_event_is_found_by_its_name_and_makes_another_id() {
        for event in ScheduledEvent::ALL {
            assert_eq!(ScheduledEvent::parse(event.name()), Some(event));
        }
        let ids = ScheduledEvent::ALL.map(|event| event.due_at(at("10:15:00")).event_id);
        assert_ne!(ids[0], ids[1]);
        assert_eq!(ScheduledEvent::parse("sweep-books"), None);
    }

    #[tokio::test]
    async fn the_latest_missed_time_is_made_up_for_and_then_each_as_it_comes() {
        let mut bench = Bench::new("10:07:00", Arc::default());
        assert_eq!(bench.make_at("10:07:00").await, LONGEST_SLEEP);
        assert_eq!(bench.made(), ["10:00:00Z"]);
        assert_eq!(bench.make_at("10:14:50").await, Duration::from_secs(10));
        assert_eq!(bench.made(), ["10:00:00Z"]);
        bench.make_at("10:15:00").await;
        bench.make_at("10:15:01").await;
        bench.make_at("10:30:02").await;
        assert_eq!(bench.made(), ["10:00:00Z", "10:15:00Z", "10:30:00Z"]);
    }

    #[tokio::test]
    async fn a_pause_is_made_up_for_once_and_a_clock_that_is_set_back_makes_nothing_again() {
        let mut bench = Bench::new("10:00:00", Arc::default());
        bench.make_at("10:00:00").await;
        bench.make_at("13:07:00").await;
        assert_eq!(bench.made(), ["10:00:00Z", "13:00:00Z"]);
        bench.make_at("11:20:00").await;
        bench.make_at("11:31:00").await;
        assert_eq!(bench.made().len(), 2);
    }

    #[tokio::test]
    async fn a_restart_makes_nothing_twice() {
        let mut bench = Bench::new("10:01:00", Arc::default());
        bench.make_at("10:01:00").await;
        let mut again = Bench::new("10:02:00", bench.intake.clone());
        again.make_at("10:02:00").await;
        assert_eq!(again.made(), ["10:00:00Z"]);
        let status = &again.schedule.reception.status;
        assert_eq!((status.stored(), status.duplicates()), (0, 1));
        assert_eq!(status.last_received_at(), Some(at("10:02:00")));
    }

    #[tokio::test]
    async fn a_store_that_fails_is_asked_again_after_growing_pauses() {
        let mut bench = Bench::new("10:01:00", Arc::default());
        bench.intake.fail_next(3);
        let mut pauses = Vec::new();
        for _ in 0..3 {
            pauses.push(bench.make_at("10:01:00").await.as_secs());
        }
        assert_eq!((pauses.as_slice(), bench.made().len()), (&[1, 2, 4][..], 0));
        let trouble = bench.schedule.reception.status.last_error().unwrap();
        assert_eq!((trouble.code, trouble.at), (Code::StoreFull, at("10:01:00")));
        bench.make_at("10:01:07").await;
        assert_eq!(bench.made(), ["10:00:00Z"]);
    }

    #[tokio::test]
    async fn it_stops_when_it_is_told() {
        let bench = Bench::new("10:01:00", Arc::default());
        let (stop, receiver) = watch::channel(false);
        let intake = bench.intake.clone();
        let running = tokio::spawn(bench.schedule.run(Shutdown::new(receiver)));
        stop.send(true).unwrap();
        running.await.unwrap();
        assert_eq!(intake.stored().len(), 1, "what is due is made before");
    }
}
