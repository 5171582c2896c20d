//! One run of a seed: the stage it is played on, and the driver that lets one thing happen at a time.
//!
//! Real time does not exist here. The driver waits until every delivery under way stands at the gate, moves
//! the clock to what comes next, and lets exactly that happen; so a seed always takes the same course.
//! Absent on purpose: what is right (`judgement`), and what happens when something happens (`happening`).

use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use anyhow::Context;
use chrono::{DateTime, Utc};

use crate::clock::{Clock, ManualClock};
use crate::connection::Connection;
use crate::engine::Export;
use crate::gateway::HttpClient;
use crate::limits::{TIMEOUT_MS_MAX, WALL_TIME_MS_MAX};
use crate::store::MemoryStore;
use crate::twin::world::history::History;
use crate::twin::world::stream::Stream;
use crate::twin::{ConnectionFolder, PairOptions, TwinPair};
use crate::{ConnectionRuntime, DeliveryReport, Host};

use super::chances;
use super::dispatcher::{Dispatcher, Event, EventNumber};
use super::gate::{Gate, LifeId, Made, Way};
use super::gated_store::GatedStore;
use super::gated_twins::{GatedTwins, Twins};
use super::happening::Happening;
use super::machine::{Machine, PowerSwitch, SharedWeather, Work};
use super::mix::{Draws, Mix};
use super::report::{Problem, Tally};
use super::timeline::Timeline;
use super::trace::Trace;
use super::weather::Weather;

pub(super) struct Run<'a> {
    pub host: &'a Host,
    pub mix: Mix,
    pub clock: Arc<ManualClock>,
    pub twins: Arc<Twins>,
    pub store: Arc<MemoryStore>,
    pub connection: Connection,
    pub histories: Vec<History>,
    /// The place of each order's present version in its history.
    pub present: Vec<usize>,
    pub dispatcher: Dispatcher,
    pub machines: Vec<Machine<'a>>,
    pub weather: SharedWeather,
    /// What is not weather: which machine, which event, when a person looks.
    pub stream: Stream,
    pub timeline: Timeline<Happening>,
    pub trace: Trace,
    pub tally: Tally,
    pub problems: Vec<Problem>,
    gate: Arc<Gate>,
    lives: u64,
}

impl<'a> Run<'a> {
    /// Sets the stage: before the first order is placed, with the books open and every announcement planned.
    pub fn set(host: &'a Host, seed: u64, orders: Option<usize>, keeps_trace: bool) -> anyhow::Result<Self> {
        let mix = Mix::of(seed, orders);
        let mut world = mix.world(seed);
        let histories = world.histories();
        let mut plan = Draws::Plan.of(seed);
        let (dispatcher, comings) = Dispatcher::announcing(&world, &histories, mix.emptied_every, &mut plan);
        for history in &histories {
            world.apply(&history.versions[0])?;
        }
        let begins = histories.iter().map(|history| history.versions[0].at).min().unwrap_or(world.epoch());
        let clock = Arc::new(ManualClock::at(begins));
        let busy: Vec<DateTime<Utc>> = comings.iter().map(|(at, _)| *at).collect();
        let weather = SharedWeather::new(Weather::new(seed, &mix, &busy));
        let mut timeline = Timeline::default();
        for (order, history) in histories.iter().enumerate() {
            for (place, version) in history.versions.iter().enumerate().skip(1) {
                timeline.plan(version.at, Happening::Changes { order, place });
            }
        }
        comings.into_iter().for_each(|(at, event)| timeline.plan(at, Happening::Comes { event }));
        let twins_clock = Arc::clone(&clock);
        let options = PairOptions {
            amazon_port: 0,
            kashflow_port: 0,
            usage_plan_factor: 1,
            clock: Arc::new(move || twins_clock.now()),
        };
        let twins = Twins::new(TwinPair::in_process(world, None, options)?);
        let connection = connection(&twins.pair, &mix)?;
        let shared_clock: Arc<dyn Clock> = clock.clone();
        let mut run = Run {
            host,
            clock,
            twins: Arc::new(twins),
            store: Arc::new(MemoryStore::new(shared_clock)),
            connection,
            present: vec![0; histories.len()],
            histories,
            machines: Vec::new(),
            weather,
            stream: Draws::Course.of(seed),
            timeline,
            trace: Trace::new(keeps_trace),
            tally: Tally { events: dispatcher.events.len() as u64, ..Tally::default() },
            problems: Vec::new(),
            dispatcher,
            gate: Arc::default(),
            lives: 0,
            mix,
        };
        for _ in 0..run.mix.machines {
            let machine = run.switched_on();
            run.machines.push(machine);
        }
        Ok(run)
    }

    /// A machine in a new life, with nothing in memory.
    pub fn switched_on(&mut self) -> Machine<'a> {
        self.lives += 1;
        let life = LifeId(self.lives);
        let way = Way { gate: Arc::clone(&self.gate), life };
        let store = Arc::new(GatedStore { store: Arc::clone(&self.store), way: way.clone() });
        let exchange = GatedTwins { twins: Arc::clone(&self.twins), way };
        let client = HttpClient::through(Arc::new(exchange));
        let runtime = ConnectionRuntime::with_client(&self.connection, store, self.clock.clone(), client)
            .with_observer(Arc::new(PowerSwitch(self.weather.clone())));
        Machine { life, runtime, is_on: true, work: None }
    }

    /// Lets everything happen that is planned, and what comes of it.
    ///
    /// # Errors
    /// When a delivery neither makes a call nor ends, so that there is nothing to decide.
    pub async fn play(&mut self) -> anyhow::Result<()> {
        let ends = self.mix.size.epoch + chances::RUN_AT_MOST;
        loop {
            let quiet = tokio::time::timeout(chances::REAL_PATIENCE, self.until_all_wait()).await;
            let (made, ended) = quiet.context("a delivery neither makes a call nor ends")?;
            for made in made {
                self.on_its_way(made);
            }
            for (machine, report) in ended {
                self.delivery_ended(machine, &report);
            }
            if self.begin_a_delivery() {
                continue;
            }
            let Some((at, happening)) = self.timeline.next() else { return Ok(()) };
            if at > ends {
                self.problem(None, format!("the run is not over by {ends}"));
                self.timeline = Timeline::default();
                return Ok(());
            }
            self.clock.set(at.max(self.clock.now()));
            self.happens(happening).await;
        }
    }

    /// Gives a free machine an event that is ready, if there are both.
    fn begin_a_delivery(&mut self) -> bool {
        let Some(place) = self.machines.iter().position(Machine::is_free) else { return false };
        let Some(event) = self.dispatcher.take_ready(&mut self.stream) else { return false };
        self.tally.deliveries += 1;
        let delivery = self.dispatcher.events[event].begin();
        let number = self.tally.deliveries;
        self.line_of(event, format_args!("delivery {number} begins, attempt {}", delivery.attempt));
        let now = self.clock.now();
        self.timeline
            .plan(now + chances::DELIVERY_AT_MOST, Happening::TimeIsUp { machine: place, delivery: number });
        if let Some(after) = self.weather.lock().power_loss() {
            self.timeline.plan(now + after, Happening::PowerLoss { machine: place, delivery: number });
        }
        let (host, runtime) = (self.host, self.machines[place].runtime.clone());
        let future = Box::pin(async move { host.deliver(&runtime, Export::OnOrder, &delivery).await });
        self.machines[place].work = Some(Work { delivery: number, event, future, waits: false });
        true
    }

    /// Lets the deliveries under way run until each has made a call or is over. Wasm yields to the runtime now
    /// and then, and a token is obtained by a task of its own: whoever goes on wakes the driver.
    async fn until_all_wait(&mut self) -> (Vec<Made>, Vec<(usize, DeliveryReport)>) {
        let (mut all_made, mut ended) = (Vec::new(), Vec::new());
        poll_fn(|context| {
            self.gate.wake_at_the_next(context.waker());
            for (place, machine) in self.machines.iter_mut().enumerate() {
                let Some(work) = machine.work.as_mut().filter(|work| !work.waits) else { continue };
                if let Poll::Ready(report) = work.future.as_mut().poll(context) {
                    ended.push((place, report));
                    // It is not asked again; whoever hears of its end takes it away.
                    work.waits = true;
                }
            }
            for made in self.gate.take() {
                let caller = self.machines.iter_mut().find(|machine| machine.life == made.by);
                if let Some(work) = caller.and_then(|machine| machine.work.as_mut()) {
                    work.waits = true;
                }
                all_made.push(made);
            }
            let all_wait =
                self.machines.iter().all(|machine| machine.work.as_ref().is_none_or(|work| work.waits));
            if all_wait { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        (all_made, ended)
    }

    pub fn problem(&mut self, order: Option<usize>, text: String) {
        let order = order.map(|order| self.histories[order].order.to_string());
        let now = self.clock.now();
        self.trace.line(now, order.as_deref(), format_args!("PROBLEM: {text}"));
        self.problems.push(Problem { order, text });
    }

    /// Notes something about an event.
    pub fn line_of(&mut self, event: EventNumber, text: std::fmt::Arguments<'_>) {
        let Event { order, version, .. } = &self.dispatcher.events[event];
        let order = self.histories[*order].order.as_str();
        let text = format_args!("{order} event {event} of version {version}: {text}");
        self.trace.line(self.clock.now(), Some(order), text);
    }
}

/// A connection to the twins. Time-outs are virtual and the driver's: those of real time are set aside.
fn connection(pair: &TwinPair, mix: &Mix) -> anyhow::Result<Connection> {
    let folder = tempfile::tempdir()?;
    let mut connection = Connection::load(&ConnectionFolder::write_without_stock(folder.path(), pair)?.file)?;
    connection.settings.insert("posting.on-status".to_owned(), mix.posting_setting().to_owned());
    connection.limits.wall_time_ms = WALL_TIME_MS_MAX;
    connection.limits.first_byte_timeout_ms = TIMEOUT_MS_MAX;
    connection.limits.total_timeout_ms = TIMEOUT_MS_MAX;
    Ok(connection)
}
