//! The brake: a sweep that would change, or empty, more than a share of what a side holds waits for a person.
//!
//! A glitch at either side, or a setting that is wrong, shows as many changes at once. Absent on purpose: single
//! changes, which notifications tell of.

use crate::canonical::Units;
use crate::settings::Brake;

use super::plan::ProductPlan;

/// What a sweep would do to one side.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Braked {
    pub changes: usize,
    /// Those that leave nothing where there was something.
    pub emptied: usize,
    /// How much there is that could be changed.
    pub of: usize,
}

impl Braked {
    fn add(&mut self, from: Units, to: Units) {
        self.changes += 1;
        self.emptied += usize::from(to <= Units::ZERO && from > Units::ZERO);
    }

    fn is_too_much(self, brake: Brake) -> bool {
        let share = usize::try_from(brake.share).unwrap_or(usize::MAX);
        self.changes >= brake.from && self.changes.saturating_mul(100) > self.of.saturating_mul(share)
    }
}

/// Both sides of a sweep.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Sides {
    pub books: Braked,
    pub offers: Braked,
}

impl Sides {
    pub fn of<'a>(plans: impl Iterator<Item = &'a ProductPlan>) -> Sides {
        let mut sides = Sides::default();
        for plan in plans {
            sides.books.of += usize::from(plan.follows);
            sides.offers.of += plan.following;
            plan.books.iter().for_each(|change| sides.books.add(change.from, change.to));
            plan.offers.iter().for_each(|change| sides.offers.add(change.from, change.to));
        }
        sides
    }
}

/// What is too much of a sweep, with the name of its side: the books first.
pub fn brake(sides: Sides, brake: Brake) -> Option<(&'static str, Braked)> {
    [("stock levels in KashFlow", sides.books), ("quantities at Amazon", sides.offers)]
        .into_iter()
        .find(|(_, side)| side.is_too_much(brake))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_held_and_a_few_changes_never_are() {
        let settings = Brake { share: 25, from: 10 };
        let offers = |changes, of| Sides { offers: Braked { changes, emptied: 0, of }, ..Sides::default() };
        assert_eq!(brake(offers(25, 100), settings), None);
        assert_eq!(
            brake(offers(26, 100), settings),
            Some(("quantities at Amazon", Braked { changes: 26, emptied: 0, of: 100 }))
        );
        assert_eq!(brake(offers(9, 9), settings), None);
        assert!(brake(offers(10, 10), settings).is_some());
    }

    #[test]
    fn what_becomes_nothing_is_counted() {
        let mut side = Braked::default();
        for (from, to) in [(3, 0), (0, 3), (3, 2), (2, -1), (-1, 0)] {
            side.add(Units(from), Units(to));
        }
        assert_eq!((side.changes, side.emptied), (5, 2));
    }
}
