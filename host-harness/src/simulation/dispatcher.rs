//! Amazon's queue and the platform's dispatcher: every event comes at least once, in no order, and is
//! delivered until it is finished or waits for a person.
//!
//! A message that comes twice is two events with one body. Absent on purpose: what a delivery does, and when
//! anything happens.

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use crate::engine::{Delivery, Source};
use crate::twin::world::World;
use crate::twin::world::history::History;
use crate::twin::world::stream::Stream;

use super::chances;

/// The place of an event in the dispatcher.
pub(super) type EventNumber = usize;

/// Where an event is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Stand {
    /// On its way, or to be delivered again later.
    Coming,
    /// Waits for a free machine.
    Ready,
    InWork,
    /// Waits for a person, who is told this.
    Parked(String),
    Finished,
    /// Will not be delivered any more, which is a problem that was told.
    GivenUp,
}

pub(super) struct Event {
    /// The place of its order among the histories.
    pub order: usize,
    /// The version of the order that it announces, from 1.
    pub version: usize,
    pub stand: Stand,
    pub deliveries: u32,
    /// Of the delivery to come: 1 at first, and after a person has released it.
    attempt: u32,
    notification_id: String,
    occurred_at: DateTime<Utc>,
    body: Vec<u8>,
}

#[derive(Default)]
pub(super) struct Dispatcher {
    pub events: Vec<Event>,
}

impl Dispatcher {
    /// All announcements of the histories, and when each comes. The queue is emptied every so often.
    pub fn announcing(
        world: &World,
        histories: &[History],
        emptied_every: Duration,
        stream: &mut Stream,
    ) -> (Self, Vec<(DateTime<Utc>, EventNumber)>) {
        let (mut dispatcher, mut comings) = (Dispatcher::default(), Vec::new());
        for (order, history) in histories.iter().enumerate() {
            for (place, version) in history.versions.iter().enumerate() {
                let is_last = place + 1 == history.versions.len();
                if !stream.per_mille(chances::EARLIER_VERSION_ANNOUNCED) && !is_last {
                    continue;
                }
                let notification = world.notification(&version.order, &version.order.last_change());
                let id = &notification["NotificationMetadata"]["NotificationId"];
                for comes_at in comings_of(version.at, emptied_every, stream) {
                    comings.push((comes_at, dispatcher.events.len()));
                    dispatcher.events.push(Event {
                        order,
                        version: place + 1,
                        stand: Stand::Coming,
                        deliveries: 0,
                        attempt: 1,
                        notification_id: id.as_str().unwrap_or_default().to_owned(),
                        occurred_at: version.at,
                        body: notification.to_string().into_bytes(),
                    });
                }
            }
        }
        (dispatcher, comings)
    }

    /// Any event that waits for a machine.
    pub fn take_ready(&mut self, stream: &mut Stream) -> Option<EventNumber> {
        let is_ready = |number: &EventNumber| self.events[*number].stand == Stand::Ready;
        let ready: Vec<EventNumber> = (0..self.events.len()).filter(is_ready).collect();
        if ready.is_empty() {
            return None;
        }
        let number = *stream.pick(&ready);
        self.events[number].stand = Stand::InWork;
        Some(number)
    }

    pub fn parked(&self) -> Vec<EventNumber> {
        let is_parked = |number: &EventNumber| matches!(self.events[*number].stand, Stand::Parked(_));
        (0..self.events.len()).filter(is_parked).collect()
    }
}

impl Event {
    /// The delivery that begins now.
    pub fn begin(&mut self) -> Delivery {
        self.deliveries += 1;
        let delivery = Delivery {
            event_id: self.notification_id.clone(),
            source: Source::AmazonNotification,
            content_type: "application/json".to_owned(),
            occurred_at: Some(self.occurred_at.to_rfc3339_opts(SecondsFormat::Millis, true)),
            attempt: self.attempt,
            body: self.body.clone(),
        };
        self.attempt += 1;
        delivery
    }

    /// A person has looked at it: it is delivered as if for the first time.
    pub fn release(&mut self) {
        self.attempt = 1;
        self.stand = Stand::Ready;
    }
}

/// When the messages about a change come out of the queue.
fn comings_of(at: DateTime<Utc>, emptied_every: Duration, stream: &mut Stream) -> Vec<DateTime<Utc>> {
    let mut announced_at = at + Duration::milliseconds(stream.between(500, 60_000));
    if stream.per_mille(chances::ANNOUNCEMENT_HELD_UP) {
        announced_at += seconds_up_to(chances::HELD_UP_AT_MOST, stream);
    }
    let mut comings = vec![out_of_the_queue(announced_at, emptied_every)];
    if stream.per_mille(chances::ANNOUNCED_TWICE) {
        let at_once = stream.per_mille(chances::SECOND_COMES_AT_ONCE);
        let after = if at_once { Duration::seconds(30) } else { Duration::days(3) };
        comings.push(out_of_the_queue(announced_at + seconds_up_to(after, stream), emptied_every));
    }
    comings
}

fn seconds_up_to(longest: Duration, stream: &mut Stream) -> Duration {
    Duration::seconds(stream.between(0, longest.num_seconds()))
}

fn out_of_the_queue(at: DateTime<Utc>, emptied_every: Duration) -> DateTime<Utc> {
    let period_ms = emptied_every.num_milliseconds();
    if period_ms == 0 {
        return at;
    }
    let into_the_period_ms = at.timestamp_millis().rem_euclid(period_ms);
    at + Duration::milliseconds(period_ms - into_the_period_ms)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::twin::world::WorldSize;

    fn histories() -> (World, Vec<History>) {
        let world = World::generate(3, WorldSize::orders(60));
        let histories = world.histories();
        (world, histories)
    }

    fn announced(emptied_every: Duration) -> (Dispatcher, Vec<(DateTime<Utc>, EventNumber)>) {
        let (world, histories) = histories();
        let mut stream = super::super::mix::Draws::Plan.of(3);
        Dispatcher::announcing(&world, &histories, emptied_every, &mut stream)
    }

    #[test]
    fn the_last_version_of_every_order_is_announced_and_nothing_before_it_happened() {
        let ((_, histories), (dispatcher, comings)) = (histories(), announced(Duration::zero()));
        for (order, history) in histories.iter().enumerate() {
            let last = history.versions.len();
            assert!(dispatcher.events.iter().any(|event| (event.order, event.version) == (order, last)));
        }
        assert_eq!(comings.len(), dispatcher.events.len());
        for (comes_at, number) in &comings {
            let event = &dispatcher.events[*number];
            assert!(*comes_at > histories[event.order].versions[event.version - 1].at);
        }
        let bodies = |number: EventNumber| &dispatcher.events[number].body;
        assert!((1..comings.len()).any(|number| bodies(number) == bodies(number - 1)), "some come twice");
    }

    #[test]
    fn a_queue_that_is_emptied_now_and_then_gives_many_at_once() {
        let (_, comings) = announced(Duration::hours(48));
        let mut moments: Vec<DateTime<Utc>> = comings.iter().map(|(comes_at, _)| *comes_at).collect();
        moments.sort();
        moments.dedup();
        assert!(moments.len() < 20 && comings.len() > 200, "{} {}", moments.len(), comings.len());
    }

    #[test]
    fn attempts_count_on_until_a_person_releases_the_event() {
        let (mut dispatcher, _) = announced(Duration::zero());
        let event = &mut dispatcher.events[0];
        assert_eq!([event.begin().attempt, event.begin().attempt, event.begin().attempt], [1, 2, 3]);
        event.release();
        assert_eq!((event.begin().attempt, event.deliveries), (1, 4));
    }
}
