//! Exact shares: out of every round of so many things, exactly so many of each kind.
//!
//! Chance alone would leave rare kinds out of small worlds. Absent on purpose: any state, since the kind of
//! number `index` must not depend on what came before it.

use super::stream::{Purpose, Stream};

/// Which kind number `index` is, where each round (the sum of the shares) is a shuffled deck of them.
pub fn scheduled<T: Copy>(seed: u64, purpose: Purpose, index: u64, shares: &[(T, u64)]) -> T {
    let mut deck: Vec<T> = Vec::new();
    for (kind, share) in shares {
        deck.extend((0..*share).map(|_| *kind));
    }
    let round_length = u64::try_from(deck.len()).expect("a deck is small");
    // The high bit keeps the deck of a round apart from the thing of the same number.
    Stream::new(seed, purpose, (index / round_length) | (1 << 63)).shuffle(&mut deck);
    deck[usize::try_from(index % round_length).expect("it is below the deck's length")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_round_holds_its_exact_shares_in_its_own_order() {
        let shares = [('a', 7), ('b', 2), ('c', 1)];
        let round = |number: u64| -> String {
            (0..10).map(|place| scheduled(5, Purpose::Order, number * 10 + place, &shares)).collect()
        };
        for number in 0..20 {
            let kinds = round(number);
            let count = |kind| kinds.matches(kind).count();
            assert_eq!((count('a'), count('b'), count('c')), (7, 2, 1), "{kinds}");
        }
        assert!((1..20).any(|number| round(number) != round(0)));
    }
}
