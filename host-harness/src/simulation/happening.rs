//! What can happen next, and what comes of it.
//!
//! Absent on purpose: the order in which things happen (`run`).

use chrono::{DateTime, Duration, Utc};

use crate::clock::Clock;

use super::call::{Call, Service};
use super::chances;
use super::dispatcher::{EventNumber, Stand};
use super::gate::{CarryOut, LifeId, Made};
use super::mishap::{Fate, Mishap, Stale};
use super::run::Run;

pub(super) enum Happening {
    /// An order becomes its next version at Amazon.
    Changes {
        order: usize,
        place: usize,
    },
    /// An event comes out of the queue, for the first time or again.
    Comes {
        event: EventNumber,
    },
    /// A call reaches whom it is made to.
    CallArrives(UnderWay),
    /// Its answer is back.
    AnswerArrives {
        by: LifeId,
        hand_over: Box<dyn FnOnce() + Send>,
    },
    /// A call whose caller is gone is carried out.
    LateCall,
    PowerLoss {
        machine: usize,
        delivery: u64,
    },
    /// The host ends a delivery that takes too long.
    TimeIsUp {
        machine: usize,
        delivery: u64,
    },
    SwitchedOn {
        machine: usize,
    },
    /// A person looks at a parked event and releases it.
    Released {
        event: EventNumber,
    },
}

/// A call on its way.
pub(super) struct UnderWay {
    by: LifeId,
    /// The event that it is made for.
    event: Option<EventNumber>,
    call: Call,
    made_at: DateTime<Utc>,
    carry_out: CarryOut,
}

impl Run<'_> {
    pub async fn happens(&mut self, happening: Happening) {
        match happening {
            Happening::Changes { order, place } => self.changes(order, place),
            Happening::Comes { event } => self.comes(event),
            Happening::CallArrives(under_way) => self.call_arrives(under_way).await,
            Happening::AnswerArrives { by, hand_over } => {
                hand_over();
                let caller = self.machines.iter_mut().find(|machine| machine.life == by);
                if let Some(work) = caller.and_then(|machine| machine.work.as_mut()) {
                    work.waits = false;
                }
            }
            Happening::LateCall => {
                self.twins.pair.kashflow.settle_late_calls();
                self.check_references();
            }
            Happening::PowerLoss { machine, delivery } if self.machines[machine].is_at(delivery) => {
                self.loses_power(machine, "the machine loses power");
            }
            Happening::TimeIsUp { machine, delivery } if self.machines[machine].is_at(delivery) => {
                self.time_is_up(machine);
            }
            Happening::PowerLoss { .. } | Happening::TimeIsUp { .. } => {}
            Happening::SwitchedOn { machine } => self.machines[machine] = self.switched_on(),
            Happening::Released { event } => {
                if matches!(self.dispatcher.events[event].stand, Stand::Parked(_)) {
                    self.tally.released += 1;
                    self.line_of(event, format_args!("is released"));
                    self.dispatcher.events[event].release();
                }
            }
        }
    }

    fn changes(&mut self, order: usize, place: usize) {
        self.present[order] = place;
        let version = &self.histories[order].versions[place];
        self.twins.show(version);
        let (id, status) = (version.order.id.as_str(), version.order.status);
        let text = format_args!("{id} is at Amazon in version {}: {status:?}", place + 1);
        self.trace.line(version.at, Some(id), text);
    }

    fn comes(&mut self, event: EventNumber) {
        if self.weather.lock().loses_delivery() {
            self.tally.lost_deliveries += 1;
            self.line_of(event, format_args!("is lost on its way"));
            return self.hide(event);
        }
        self.dispatcher.events[event].stand = Stand::Ready;
    }

    /// A call has been made: it arrives after a while.
    pub fn on_its_way(&mut self, made: Made) {
        let Made { by, call, carry_out } = made;
        if call.service != Service::Login {
            self.tally.host_calls += 1;
        }
        let caller = self.machines.iter().find(|machine| machine.life == by);
        let event = caller.and_then(|machine| machine.work.as_ref()).map(|work| work.event);
        let made_at = self.clock.now();
        let arrives_at = made_at + self.weather.lock().latency(call.service, made_at);
        let under_way = UnderWay { by, event, call, made_at, carry_out };
        self.timeline.plan(arrives_at, Happening::CallArrives(under_way));
    }

    async fn call_arrives(&mut self, under_way: UnderWay) {
        let UnderWay { by, event, call, made_at, carry_out } = under_way;
        let now = self.clock.now();
        let fate = self.fate(event, &call, made_at);
        self.count(&fate);
        let carried = carry_out(fate.clone()).await;
        let mishap = fate.mishap.as_ref().map(|mishap| format!(" ({})", mishap.name())).unwrap_or_default();
        let text = format!("{call} → {}{mishap}", carried.outcome);
        match event {
            Some(event) => self.line_of(event, format_args!("{text}")),
            None => self.trace.line(now, None, format_args!("{text}")),
        }
        if call.writes_books() {
            self.check_references();
        }
        if let Some(Mishap::Late { after_ms }) = fate.mishap {
            let after = i64::try_from(after_ms).unwrap_or(i64::MAX);
            self.timeline.plan(now + Duration::milliseconds(after), Happening::LateCall);
        }
        let answered_at = match fate.waits_in_vain {
            true => made_at + Duration::milliseconds(chances::ANSWER_TIMEOUT_MS.cast_signed()),
            false => now + self.weather.lock().latency(call.service, now),
        };
        let hand_over = carried.hand_over;
        self.timeline.plan(answered_at, Happening::AnswerArrives { by, hand_over });
    }

    fn fate(&mut self, event: Option<EventNumber>, call: &Call, made_at: DateTime<Utc>) -> Fate {
        let now = self.clock.now();
        let age_ms = u64::try_from((now - made_at).num_milliseconds()).unwrap_or(0);
        let mut fate = self.weather.lock().fate(call, age_ms, now);
        if fate.mishap.is_none() && call.service == Service::Amazon {
            fate.mishap =
                event.and_then(|event| self.stale(event)).map(|stale| Mishap::Stale(Box::new(stale)));
        }
        fate
    }

    /// An older version of the event's order, that was the present one a short while ago: the very one that the
    /// event is about more often than another.
    fn stale(&mut self, event: EventNumber) -> Option<Stale> {
        let event = &self.dispatcher.events[event];
        let (versions, present) = (&self.histories[event.order].versions, self.present[event.order]);
        let oldest_end = self.clock.now() - chances::STALE_FOR;
        let behind: Vec<usize> = (0..present).filter(|place| versions[place + 1].at > oldest_end).collect();
        let announced = event.version - 1;
        let shown = match behind.contains(&announced) && self.weather.lock().shows_what_was_announced() {
            true => announced,
            false if behind.is_empty() || !self.weather.lock().is_stale() => return None,
            false => *self.stream.pick(&behind),
        };
        Some(Stale { shown: versions[shown].clone(), present: versions[present].clone() })
    }

    fn count(&mut self, fate: &Fate) {
        let counter = match &fate.mishap {
            None => return,
            Some(Mishap::AnswerLost | Mishap::Truncated) => &mut self.tally.lost_answers,
            Some(Mishap::Late { .. }) => &mut self.tally.late_calls,
            Some(Mishap::Stale(_)) => &mut self.tally.stale_reads,
            Some(Mishap::Throttled { .. }) => &mut self.tally.throttled,
            Some(_) => &mut self.tally.other_mishaps,
        };
        *counter += 1;
    }
}
