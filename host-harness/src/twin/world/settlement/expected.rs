//! The oracle: what the books must show of a settlement.
//!
//! It adds up what the world means by each row, never what the words in it say. Absent on purpose: nominals,
//! documents, and which orders are in the books ([`World::expected_sale`](crate::twin::world::World::expected_sale)).

use std::collections::BTreeMap;

use super::{FeeAmount, FeeClass, Meaning, RefundPart, Settlement};
use crate::twin::world::ids::OrderId;
use crate::twin::world::money::vat_contained;

/// What a settlement comes to, by what it is made of. Amounts are as in the file: positive for what Amazon pays.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct ExpectedSettlement {
    pub settlement_id: String,
    /// What the buyer of each order paid that reached the seller.
    pub payments: BTreeMap<OrderId, i64>,
    pub refunds: BTreeMap<OrderId, ExpectedRefund>,
    /// What Amazon charges; mostly negative.
    pub fees: BTreeMap<FeeClass, FeeTotal>,
    pub reimbursements_pence: i64,
    /// Reserves: neither income nor cost.
    pub movements_pence: i64,
    /// What no class of the world knows: rows that a test added.
    pub other_pence: i64,
    pub payout_pence: i64,
}

/// What a buyer got back.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct ExpectedRefund {
    /// Of what the sale was made of.
    pub of_the_sale_pence: i64,
    /// Beyond the price.
    pub goodwill_pence: i64,
    /// What the seller keeps; positive.
    pub restocking_pence: i64,
}

impl ExpectedRefund {
    pub fn total_pence(self) -> i64 {
        self.of_the_sale_pence + self.goodwill_pence + self.restocking_pence
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct FeeTotal {
    pub net_pence: i64,
    pub vat_pence: i64,
}

impl FeeTotal {
    pub fn gross_pence(self) -> i64 {
        self.net_pence + self.vat_pence
    }
}

/// What must become of a settlement. The VAT in a fee is 20 %, worked out row by row and rounded half up, away from
/// zero (HMRC, VAT guide, Notice 700, section 17.5).
pub fn expected_settlement(settlement: &Settlement) -> ExpectedSettlement {
    let mut expected = ExpectedSettlement {
        settlement_id: settlement.id.clone(),
        payout_pence: settlement.total_pence,
        ..ExpectedSettlement::default()
    };
    for row in &settlement.rows {
        let pence = row.amount_pence;
        let order = || OrderId::new(&row.order_id);
        match row.meaning {
            Meaning::Sale => *expected.payments.entry(order()).or_default() += pence,
            Meaning::Refund(part) => {
                let refund = expected.refunds.entry(order()).or_default();
                *match part {
                    RefundPart::OfTheSale => &mut refund.of_the_sale_pence,
                    RefundPart::Goodwill => &mut refund.goodwill_pence,
                    RefundPart::Restocking => &mut refund.restocking_pence,
                } += pence;
            }
            Meaning::Fee(class, amount) => expected.fees.entry(class).or_default().add(amount, pence),
            Meaning::Reimbursement => expected.reimbursements_pence += pence,
            Meaning::Reserve => expected.movements_pence += pence,
            Meaning::Other => expected.other_pence += pence,
        }
    }
    expected
}

impl FeeTotal {
    fn add(&mut self, amount: FeeAmount, pence: i64) {
        let vat_pence = match amount {
            FeeAmount::Gross => pence.signum() * vat_contained(pence.abs(), 20),
            FeeAmount::Net => 0,
            FeeAmount::Vat => pence,
        };
        self.vat_pence += vat_pence;
        self.net_pence += pence - vat_pence;
    }
}
