//! Independent streams of randomness from one seed.
//!
//! Every thing that the world makes (a product, a buyer, an order) draws from its own stream, named by
//! what it is and by its place in the row. So a larger world begins with exactly the smaller one, and a
//! new draw in one place changes nothing in another. Absent on purpose: any other source of chance.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// What a stream is for. The numbers are part of the seed: never renumber them.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Purpose {
    Seller = 1,
    Product = 2,
    Buyer = 3,
    Order = 4,
    Notification = 5,
    NotificationOrder = 6,
    AccessToken = 7,
    Request = 8,
    PaginationToken = 9,
    StatusRound = 10,
    History = 11,
    Simulation = 12,
    Settlement = 13,
    SettledOrder = 14,
    Refund = 15,
    Report = 16,
    BigSettlement = 17,
    Stock = 18,
    InventoryPage = 19,
    ListingsPage = 20,
    Submission = 21,
    Feed = 22,
    FeedDocument = 23,
}

/// A deterministic stream of choices.
pub struct Stream(ChaCha8Rng);

impl Stream {
    /// The stream of `purpose` number `index` in the world of `seed`.
    pub fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        key[8..16].copy_from_slice(&(purpose as u64).to_le_bytes());
        key[16..24].copy_from_slice(&index.to_le_bytes());
        Stream(ChaCha8Rng::from_seed(key))
    }

    /// The stream of `purpose` for something that has a name and no number.
    pub fn named(seed: u64, purpose: Purpose, name: &str) -> Self {
        Stream::new(seed, purpose, fingerprint(name))
    }

    /// A number from 0 to `bound` - 1. The bias of the modulus is below 2⁻³² for every bound used here.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.0.next_u64() % bound
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = u64::try_from(high - low).expect("the callers give low ≤ high") + 1;
        low + i64::try_from(self.below(width)).expect("the width came from an i64")
    }

    /// True `share` times in a thousand.
    pub fn per_mille(&mut self, share: u64) -> bool {
        self.below(1000) < share
    }

    pub fn pick<'a, T>(&mut self, choices: &'a [T]) -> &'a T {
        let count = u64::try_from(choices.len()).expect("a slice length fits 64 bits");
        &choices[usize::try_from(self.below(count)).expect("it is below a slice length")]
    }

    /// One of the choices, each as often as its weight says.
    pub fn weighted<T: Copy>(&mut self, choices: &[(T, u64)]) -> T {
        let mut left = self.below(choices.iter().map(|(_, weight)| weight).sum());
        for (choice, weight) in choices {
            match left.checked_sub(*weight) {
                Some(rest) => left = rest,
                None => return *choice,
            }
        }
        unreachable!("the draw is below the sum of the weights")
    }

    /// `length` characters out of `alphabet`, which is ASCII.
    pub fn text(&mut self, length: usize, alphabet: &str) -> String {
        (0..length).map(|_| char::from(*self.pick(alphabet.as_bytes()))).collect()
    }

    pub fn digits(&mut self, length: usize) -> String {
        self.text(length, "0123456789")
    }

    /// A random (version 4) UUID.
    pub fn uuid(&mut self) -> String {
        let hexadecimal = |stream: &mut Self, length| stream.text(length, "0123456789abcdef");
        let (time, middle) = (hexadecimal(self, 8), hexadecimal(self, 4));
        let (version, variant) = (hexadecimal(self, 3), self.text(1, "89ab"));
        format!("{time}-{middle}-4{version}-{variant}{}-{}", hexadecimal(self, 3), hexadecimal(self, 12))
    }

    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            let count = u64::try_from(last + 1).expect("a slice length fits 64 bits");
            items.swap(last, usize::try_from(self.below(count)).expect("it is below a slice length"));
        }
    }
}

/// FNV-1a (Fowler, Noll and Vo): spreads names over the numbers of streams, the same on every machine.
fn fingerprint(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_repeats_itself_and_differs_from_its_neighbours() {
        let draw = |seed, purpose, index| Stream::new(seed, purpose, index).uuid();
        assert_eq!(draw(7, Purpose::Order, 3), draw(7, Purpose::Order, 3));
        let others = [draw(8, Purpose::Order, 3), draw(7, Purpose::Buyer, 3), draw(7, Purpose::Order, 4)];
        assert!(others.iter().all(|other| *other != draw(7, Purpose::Order, 3)));
    }

    #[test]
    fn the_first_draws_of_a_seed_are_fixed_for_ever() {
        // A change here changes every recorded scenario: bump the recordings knowingly.
        assert_eq!(Stream::new(1, Purpose::Order, 0).uuid(), "97e03c5f-6303-48e8-9046-4b97d790b3f7");
    }

    #[test]
    fn weights_are_kept() {
        let mut stream = Stream::new(1, Purpose::Seller, 0);
        let mut counts = [0; 3];
        for _ in 0..10_000 {
            counts[stream.weighted(&[(0, 700), (1, 300), (2, 0)])] += 1;
        }
        assert!((6800..7200).contains(&counts[0]) && counts[2] == 0, "{counts:?}");
    }

    #[test]
    fn a_uuid_has_its_shape() {
        let uuid = Stream::new(1, Purpose::Notification, 0).uuid();
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_eq!(uuid.as_bytes()[14], b'4');
    }
}
