//! Which settlements the books must show, and how their postings are told.
//!
//! Absent on purpose: what the postings must come to (`settlement_rules`).

use crate::twin::kashflow::PaymentSnapshot;
use crate::twin::world::World;
use crate::twin::world::settlement::Settlement;

use super::nominals::{NOMINALS_OF_THE_TWINS, SettlementNominals};

/// The settlements that must be in the books, under the policy that the money of an order that is not in them waits
/// on the suspense nominal.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    pub settlements: Vec<Settlement>,
    pub arrival: Arrival,
    pub nominals: SettlementNominals,
}

/// When settlements came.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// When every order was in the books that had to be.
    AfterOrders,
    /// Together with the orders: the money of any of them may have come before its invoice.
    AmongOrders,
}

impl Settled {
    /// No settlement was handed in.
    pub fn nothing() -> Self {
        Settled::of(Vec::new(), Arrival::AfterOrders)
    }

    /// All settlements of a world.
    pub fn all(world: &World, arrival: Arrival) -> Self {
        Settled::of(world.settlements(), arrival)
    }

    /// These settlements, posted through the connection folder of the twins.
    pub fn of(settlements: Vec<Settlement>, arrival: Arrival) -> Self {
        Settled { settlements, arrival, nominals: NOMINALS_OF_THE_TWINS }
    }

    /// Whether the payment is one of these settlements'.
    pub(super) fn includes(&self, payment: &PaymentSnapshot) -> bool {
        self.settlements.iter().any(|settlement| payment.note == payment_note(settlement))
    }

    pub(super) fn with_number(&self, number: u64) -> Option<&Settlement> {
        self.settlements.iter().find(|settlement| number_of(settlement) == number)
    }
}

/// What stands on every payment that a settlement makes.
pub(super) fn payment_note(settlement: &Settlement) -> String {
    format!("Amazon settlement {}", settlement.id)
}

/// The id as it is read from references.
pub(super) fn number_of(settlement: &Settlement) -> u64 {
    settlement.id.parse().expect("the id of a settlement is eleven digits")
}
