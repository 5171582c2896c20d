//! Whatever happens to stock, in whatever order and with whatever fault: at rest both sides are equal under the rules
//! of ownership, nothing is lost, and nobody writes any more.
//!
//! The world moves at random: goods are bought, sent, cancelled, received; events come late, twice and out of order;
//! deliveries die at any call. Then it comes to rest, sweeps go on, and both sides are compared with what was bought
//! and received.

mod market;

use proptest::prelude::*;

use market::{Accident, Market};

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
enum Happening {
    /// A buyer orders so many mugs of the merchant's, if Amazon still offers them.
    MugsOrdered(u32),
    VasesOrdered(u32),
    /// A buyer orders lamps, which Amazon sends at once.
    LampsOrdered(u32),
    /// The merchant sends one of the open orders.
    Sent(usize),
    Cancelled(usize),
    MugsReceived(i32),
    VasesReceived(i32),
    LampsReceived(u32),
    /// One of the events that wait is delivered, and may meet an accident.
    Delivered(usize, Accident),
    /// It is time for a sweep; it waits to be delivered.
    SweepIsDue,
    MinutesPass(u64),
}

fn accident() -> impl Strategy<Value = Accident> {
    prop_oneof![
        4 => Just(Accident::None),
        1 => (1_u32..90).prop_map(Accident::Killed),
        1 => (1_u32..90).prop_map(Accident::AnswerLost),
        1 => Just(Accident::LateStockLevel),
        1 => Just(Accident::LostQuantity),
        1 => Just(Accident::LostQuantityCall),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => (1_u32..4).prop_map(Happening::MugsOrdered),
        2 => (1_u32..3).prop_map(Happening::VasesOrdered),
        2 => (1_u32..3).prop_map(Happening::LampsOrdered),
        4 => (0_usize..8).prop_map(Happening::Sent),
        1 => (0_usize..8).prop_map(Happening::Cancelled),
        2 => (1_i32..20).prop_map(Happening::MugsReceived),
        1 => (1_i32..20).prop_map(Happening::VasesReceived),
        1 => (1_u32..20).prop_map(Happening::LampsReceived),
        8 => (0_usize..8, accident()).prop_map(|(index, accident)| Happening::Delivered(index, accident)),
        3 => Just(Happening::SweepIsDue),
        3 => (1_u64..20).prop_map(Happening::MinutesPass),
    ]
}

fn happen(market: &mut Market, happening: Happening) {
    match happening {
        Happening::MugsOrdered(units) => market.order("MUG-RED", units),
        Happening::VasesOrdered(units) => market.order("VASE", units),
        Happening::LampsOrdered(units) => market.order_from_amazon("LAMP-BLUE", units),
        Happening::Sent(index) => market.close(index, "SHIPPED"),
        Happening::Cancelled(index) => market.close(index, "CANCELLED"),
        Happening::MugsReceived(units) => market.receive("MUG-RED", units),
        Happening::VasesReceived(units) => market.receive("VASE", units),
        Happening::LampsReceived(units) => market.receive_at_amazon("LAMP-BLUE", units),
        Happening::Delivered(index, accident) => market.deliver(index, accident),
        Happening::SweepIsDue => market.sweep_is_due(),
        Happening::MinutesPass(minutes) => market.pass(minutes),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn both_sides_come_to_rest_in_step(
        happenings in proptest::collection::vec(happening(), 5..40),
        feeds in any::<bool>(),
    ) {
        let mut market = Market::new(feeds);
        for happening in happenings {
            happen(&mut market, happening);
        }
        market.come_to_rest();
        prop_assert_eq!(market.in_books("LAMP-BLUE"), market.at_amazon("LAMP-BLUE"));
        for sku in ["MUG-RED", "VASE"] {
            // No unit is lost or doubled: what was there and received, less what was invoiced.
            prop_assert_eq!(market.in_books(sku), market.counted(sku), "{} in the books", sku);
            let offered = (market.in_books(sku) - market.promised(sku) - 1).max(0);
            prop_assert_eq!(market.offered(sku), offered, "{} offered", sku);
        }
        prop_assert_eq!(market.conversions(), 0);
        // At rest nobody writes any more.
        let writes = market.writes();
        market.pass(20);
        market.sweep_is_due();
        market.deliver_all();
        prop_assert_eq!(market.writes(), writes, "a sweep at rest writes");
    }
}
