//! What goes wrong: drawn from the seed call by call, so that the same seed has the same weather.
//!
//! Absent on purpose: how often anything happens (`chances`), and what a mishap does to a call.

use chrono::{DateTime, Duration, Utc};

use crate::twin::world::stream::Stream;

use super::call::{Call, Service};
use super::chances::{self, Chances, Kind, Spell};
use super::mishap::{Fate, Mishap};
use super::mix::{Draws, Mix};

/// The weather of one run.
pub(super) struct Weather {
    stream: Stream,
    roughness_percent: u64,
    spells: Vec<(Spell, DateTime<Utc>, DateTime<Utc>)>,
    is_clear: bool,
}

impl Weather {
    /// Spells begin shortly before moments at which something is to happen, so that they are felt.
    pub fn new(seed: u64, mix: &Mix, busy_moments: &[DateTime<Utc>]) -> Self {
        let mut stream = Draws::Weather.of(seed);
        let mut spells = Vec::new();
        for (spell, times, (shortest, longest)) in chances::SPELLS {
            let times = if mix.roughness_percent == 0 { 0 } else { stream.between(0, times) };
            for _ in 0..times {
                let begins = *stream.pick(busy_moments) - Duration::seconds(stream.between(0, 600));
                spells.push((spell, begins, begins + Duration::minutes(stream.between(shortest, longest))));
            }
        }
        Weather { stream, roughness_percent: mix.roughness_percent, spells, is_clear: false }
    }

    /// Nothing goes wrong any more.
    pub fn clears(&mut self) {
        self.is_clear = true;
    }

    pub fn is_clear(&self) -> bool {
        self.is_clear
    }

    /// What becomes of a call that was made a while ago and arrives now. Only a read of an order can be stale,
    /// which is for the caller to ask.
    pub fn fate(&mut self, call: &Call, age_ms: u64, now: DateTime<Utc>) -> Fate {
        let mishap = self.spell(call.service, now).or_else(|| {
            let chances = match call.service {
                Service::Amazon => chances::AMAZON,
                Service::Login => chances::LOGIN,
                Service::KashFlow if call.writes_books() => chances::KASHFLOW_WRITES,
                Service::KashFlow => chances::KASHFLOW_READS,
                Service::Store => chances::STORE,
            };
            let kind = self.strikes(chances)?;
            Some(self.mishap(kind, age_ms))
        });
        let in_vain = mishap.as_ref().is_some_and(Mishap::leaves_no_answer) && call.service != Service::Store;
        Fate { mishap, waits_in_vain: in_vain && self.stream.per_mille(chances::WAITED_IN_VAIN) }
    }

    pub fn is_stale(&mut self) -> bool {
        self.happens(chances::STALE_READ)
    }

    pub fn shows_what_was_announced(&mut self) -> bool {
        self.happens(chances::ANNOUNCED_VERSION_READ)
    }

    pub fn loses_delivery(&mut self) -> bool {
        self.happens(chances::LOST_IN_DELIVERY)
    }

    pub fn kills_before_a_call(&mut self) -> bool {
        self.happens(chances::KILLED_BEFORE_A_CALL)
    }

    pub fn kills_after_a_call(&mut self) -> bool {
        self.happens(chances::KILLED_AFTER_A_CALL)
    }

    /// When in a delivery that begins now the machine loses power, if it does.
    pub fn power_loss(&mut self) -> Option<Duration> {
        self.happens(chances::POWER_LOSS).then(|| Duration::milliseconds(self.stream.between(1, 20_000)))
    }

    /// How long a call or an answer is on its way.
    pub fn latency(&mut self, service: Service, now: DateTime<Utc>) -> Duration {
        let is_slow =
            self.lasting(now).any(|spell| (spell, service) == (Spell::KashFlowSlow, Service::KashFlow));
        let (low, high) = match service {
            _ if is_slow => chances::SLOW_LATENCY_MS,
            Service::Store => self.stream.weighted(&chances::STORE_LATENCY_MS),
            _ => self.stream.weighted(&chances::HTTP_LATENCY_MS),
        };
        Duration::milliseconds(self.stream.between(low, high))
    }

    fn happens(&mut self, per_mille: u64) -> bool {
        let drawn = self.stream.below(100_000);
        !self.is_clear && drawn < per_mille * self.roughness_percent
    }

    fn strikes(&mut self, chances: Chances) -> Option<Kind> {
        let mut left = self.stream.below(100_000);
        if self.is_clear {
            return None;
        }
        for (kind, per_mille) in chances {
            match left.checked_sub(per_mille * self.roughness_percent) {
                Some(rest) => left = rest,
                None => return Some(*kind),
            }
        }
        None
    }

    fn spell(&self, service: Service, now: DateTime<Utc>) -> Option<Mishap> {
        self.lasting(now).find_map(|spell| match (spell, service) {
            (Spell::KashFlowDown, Service::KashFlow) => Some(Mishap::NotConnected),
            (Spell::KashFlowPasswordWrong, Service::KashFlow) => Some(Mishap::LockedOut),
            (Spell::AmazonDown, Service::Amazon) => Some(Mishap::Unavailable),
            (Spell::AmazonAccessRevoked, Service::Amazon | Service::Login) => Some(Mishap::LockedOut),
            _ => None,
        })
    }

    fn lasting(&self, now: DateTime<Utc>) -> impl Iterator<Item = Spell> {
        let lasts = move |from: &DateTime<Utc>, until: &DateTime<Utc>| (*from..*until).contains(&now);
        let spells = self.spells.iter().filter(|_| !self.is_clear);
        spells.filter(move |(_, from, until)| lasts(from, until)).map(|(spell, _, _)| *spell)
    }

    fn mishap(&mut self, kind: Kind, age_ms: u64) -> Mishap {
        match kind {
            Kind::NotConnected => Mishap::NotConnected,
            Kind::Throttled => {
                let told = self.stream.per_mille(chances::RETRY_AFTER_TOLD);
                Mishap::Throttled { retry_after_seconds: told.then(|| 2 + self.stream.below(30)) }
            }
            Kind::ServerError => Mishap::ServerError,
            Kind::Unavailable => Mishap::Unavailable,
            Kind::Page => Mishap::Page,
            Kind::Truncated => Mishap::Truncated,
            Kind::AnswerLost => Mishap::AnswerLost,
            Kind::CallLost => Mishap::CallLost,
            Kind::Late => {
                let left_ms = chances::LATE_AT_MOST_MS.saturating_sub(age_ms);
                Mishap::Late { after_ms: 1 + self.stream.below(left_ms.max(1)) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weather(seed: u64) -> (Weather, DateTime<Utc>) {
        let mix = Mix { roughness_percent: 250, ..Mix::of(seed, None) };
        let busy = mix.size.epoch;
        (Weather::new(seed, &mix, &[busy]), busy)
    }

    fn fates(weather: &mut Weather, call: &Call, now: DateTime<Utc>) -> Vec<Fate> {
        (0..1_000).map(|_| weather.fate(call, 1_000, now)).collect()
    }

    #[test]
    fn a_seed_has_its_weather_and_most_calls_go_well() {
        let call = Call { service: Service::KashFlow, name: "InsertInvoice".to_owned() };
        let of = |seed| {
            let (mut weather, busy) = weather(seed);
            fates(&mut weather, &call, busy + Duration::days(2))
        };
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
        let well = of(1).iter().filter(|fate| fate.mishap.is_none()).count();
        assert!((300..600).contains(&well), "{well}");
        for fate in of(1) {
            if let Some(Mishap::Late { after_ms }) = fate.mishap {
                assert!(1_000 + after_ms <= chances::LATE_AT_MOST_MS);
            }
        }
    }

    #[test]
    fn clear_weather_is_clear_at_once_and_in_the_middle_of_a_spell() {
        let call = Call { service: Service::Amazon, name: "GET /orders".to_owned() };
        let down = (0..100).map(weather).find_map(|(mut weather, busy)| {
            let is_down = |fate: &Fate| fate.mishap == Some(Mishap::Unavailable);
            fates(&mut weather, &call, busy).iter().all(is_down).then_some((weather, busy))
        });
        let (mut weather, busy) = down.expect("Amazon is down at noon in some seed");
        weather.clears();
        assert!(fates(&mut weather, &call, busy).iter().all(|fate| *fate == Fate::default()));
        assert!(!weather.is_stale() && weather.power_loss().is_none() && !weather.kills_after_a_call());
    }
}
