//! What a seed is: how large its world is, and how hard a time it has.
//!
//! Some seeds are calm and some are wild, some have a queue that is emptied at once and some one that piles
//! up for two days, so that a few hundred seeds meet what a single kind of run would not. Absent on purpose:
//! how often each mishap happens (`weather`).

use chrono::Duration;

use crate::twin::world::expected_sale::{PostOn, PostingPolicy, UnknownSku};
use crate::twin::world::stream::{Purpose, Stream};
use crate::twin::world::{World, WorldSize};

/// Which stream of the seed is for what.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Draws {
    Mix = 0,
    Plan = 1,
    Weather = 2,
    Course = 3,
}

impl Draws {
    pub fn of(self, seed: u64) -> Stream {
        Stream::new(seed, Purpose::Simulation, self as u64)
    }
}

/// A seed's own size and temper.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Mix {
    pub size: WorldSize,
    pub policy: PostingPolicy,
    /// Hosts that take deliveries, one at a time each.
    pub machines: usize,
    /// How often the queue is emptied; zero for at once.
    pub emptied_every: Duration,
    /// How much of `weather`'s chances there is.
    pub roughness_percent: u64,
}

impl Mix {
    pub fn of(seed: u64, orders: Option<usize>) -> Self {
        let mut stream = Draws::Mix.of(seed);
        let mut between = |low, high| usize::try_from(stream.between(low, high)).expect("not negative");
        let (drawn, buyers, products, machines) =
            (between(10, 40), between(3, 30), between(8, 40), between(1, 4));
        let size = WorldSize { buyers, products, ..WorldSize::orders(orders.unwrap_or(drawn).max(1)) };
        let post_on = *stream.pick(&[PostOn::Shipped, PostOn::Unshipped]);
        Mix {
            size,
            policy: PostingPolicy { post_on, unknown_sku: UnknownSku::Hold },
            machines,
            emptied_every: Duration::minutes(stream.weighted(&[
                (0, 400),
                (10, 200),
                (360, 250),
                (2880, 150),
            ])),
            roughness_percent: stream.weighted(&[(0, 5), (40, 20), (100, 50), (250, 25)]),
        }
    }

    pub fn world(&self, seed: u64) -> World {
        World::generate(seed, self.size)
    }

    /// The setting `posting.on-status` of the policy.
    pub fn posting_setting(&self) -> &'static str {
        match self.policy.post_on {
            PostOn::Shipped => "shipped",
            PostOn::Unshipped => "unshipped",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn seeds_differ_and_stay_within_their_bounds() {
        let mixes: Vec<Mix> = (0..300).map(|seed| Mix::of(seed, None)).collect();
        assert!(
            mixes.iter().all(|mix| (10..=40).contains(&mix.size.orders) && (1..=4).contains(&mix.machines))
        );
        let different = |of: fn(&Mix) -> i64| mixes.iter().map(of).collect::<BTreeSet<_>>().len();
        assert_eq!(different(|mix| mix.emptied_every.num_minutes()), 4);
        assert_eq!(different(|mix| i64::try_from(mix.roughness_percent).expect("small")), 4);
        assert_eq!(different(|mix| i64::from(mix.policy.post_on == PostOn::Shipped)), 2);
        assert_eq!(Mix::of(7, Some(3)).size.orders, 3);
        assert_eq!(
            Mix::of(7, Some(3)).machines,
            Mix::of(7, None).machines,
            "a smaller world has the same temper"
        );
    }
}
