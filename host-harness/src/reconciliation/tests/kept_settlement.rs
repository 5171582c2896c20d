//! A settlement as a careful person would post it, from the world's own sums.

use chrono::NaiveDate;

use super::super::*;
use super::POLICY;
use super::kept::{Kept, noon, world};
use crate::twin::kashflow::{
    BankTransactionSnapshot, InvoiceSnapshot, JournalLineSnapshot, JournalSnapshot, LineSnapshot,
    PaymentSnapshot, PurchaseSnapshot,
};
use crate::twin::world::ids::OrderId;
use crate::twin::world::settlement::Settlement;
use crate::twin::world::settlement::expected::{ExpectedRefund, expected_settlement};

pub(super) const NOMINALS: SettlementNominals = NOMINALS_OF_THE_TWINS;

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 29).expect("a day")
}

fn paid(settlement: &Settlement, amount_pence: i64) -> PaymentSnapshot {
    PaymentSnapshot {
        id: 0,
        date: noon(day()),
        amount_pence,
        method: "Bank Transfer".to_owned(),
        bank_nominal_code: NOMINALS.clearing,
        note: format!("Amazon settlement {}", settlement.id),
    }
}

impl Kept {
    /// The books of a world with its settlement.
    pub fn settled() -> Self {
        let mut kept = Kept::of(world());
        kept.settled = Settled::all(&kept.world, Arrival::AfterOrders);
        let settlement = kept.settled.settlements[0].clone();
        kept.settle(&settlement);
        kept.balance();
        kept
    }

    fn settle(&mut self, settlement: &Settlement) {
        let expected = expected_settlement(settlement);
        for (order, pence) in expected.payments.iter().filter(|(_, pence)| **pence != 0) {
            if self.is_posted(order) {
                let invoice = self.invoice(order.as_str());
                invoice.paid_pence += pence;
                invoice.payments.push(paid(settlement, *pence));
            } else {
                self.transact(settlement, &format!("ORDER {order}"), *pence, NOMINALS.suspense);
            }
        }
        for (order, refund) in &expected.refunds {
            if self.is_posted(order) {
                self.refund(settlement, order, *refund);
            } else {
                let pence = refund.total_pence();
                self.transact(settlement, &format!("REFUND {order}"), pence, NOMINALS.suspense);
            }
        }
        self.buy_fees(settlement);
        self.transact(settlement, "INCOME 1", expected.reimbursements_pence, NOMINALS.other_income);
        self.transact(settlement, "PAYOUT 1", -expected.payout_pence, NOMINALS.bank);
        let line = |nominal_code, amount_pence| JournalLineSnapshot {
            nominal_code,
            amount_pence,
            comment: String::new(),
        };
        self.books.journals.push(JournalSnapshot {
            id: 0,
            number: 1,
            date: noon(day()),
            comment: format!("AMZ {} BALANCES", settlement.id),
            lines: vec![
                line(NOMINALS.clearing, expected.movements_pence),
                line(NOMINALS.reserve, -expected.movements_pence),
            ],
        });
    }

    pub fn invoice(&mut self, reference: &str) -> &mut InvoiceSnapshot {
        let mut invoices = self.books.invoices.iter_mut();
        invoices.find(|invoice| invoice.reference == reference).expect("the order is posted")
    }

    fn is_posted(&self, order: &OrderId) -> bool {
        let order = self.world.order(order).expect("it is the world's");
        matches!(self.world.expected_sale(order, &POLICY), Expected::Posted(_))
    }

    fn refund(&mut self, settlement: &Settlement, id: &OrderId, refund: ExpectedRefund) {
        let order = self.world.order(id).expect("it is the world's");
        let expected = expected_credit_note::expected_credit_note(&self.world, order, settlement, refund);
        let (gross_pence, vat_pence) = (expected.gross_pence, expected.vat_pence);
        let number = i32::try_from(self.books.invoices.len() + 1).expect("few invoices");
        let mut credit_note = self.invoice(id.as_str()).clone();
        credit_note.reference = format!("{id} RF{}", settlement.id);
        (credit_note.id, credit_note.number) = (1000 + number, number);
        (credit_note.net_pence, credit_note.vat_pence) = (gross_pence - vat_pence, vat_pence);
        credit_note.paid_pence = gross_pence;
        credit_note.payments = vec![paid(settlement, gross_pence)];
        credit_note.lines = vec![line(4000, gross_pence - vat_pence, vat_pence)];
        self.books.invoices.push(credit_note);
    }

    fn buy_fees(&mut self, settlement: &Settlement) {
        let fees = expected_settlement(settlement).fees;
        let lines = fees
            .iter()
            .map(|(class, total)| line(NOMINALS.of_fee(*class), -total.net_pence, -total.vat_pence));
        let net_pence: i64 = -fees.values().map(|total| total.net_pence).sum::<i64>();
        let vat_pence: i64 = -fees.values().map(|total| total.vat_pence).sum::<i64>();
        self.books.purchases.push(PurchaseSnapshot {
            id: 0,
            number: 1,
            supplier_code: "AMAZONEU".to_owned(),
            reference: format!("AMZ {} FEES 2026-10", settlement.id),
            date: noon(day()),
            due_date: noon(day()),
            currency: "GBP".to_owned(),
            exchange_rate: "1.0000".to_owned(),
            net_pence,
            vat_pence,
            paid_pence: net_pence + vat_pence,
            is_paid: true,
            lines: lines.collect(),
            payments: vec![paid(settlement, net_pence + vat_pence)],
        });
    }

    pub fn transact(&mut self, settlement: &Settlement, key: &str, amount_pence: i64, nominal_code: i32) {
        self.books.bank_transactions.push(BankTransactionSnapshot {
            id: 0,
            bank_nominal_code: NOMINALS.clearing,
            date: noon(day()),
            amount_pence,
            vat_pence: 0,
            vat_rate: None,
            nominal_code,
            comment: format!("AMZ {} {key}: something", settlement.id),
        });
    }
}

fn line(nominal_code: i32, net_pence: i64, vat_pence: i64) -> LineSnapshot {
    LineSnapshot {
        quantity: "1.0000".to_owned(),
        description: "something".to_owned(),
        rate_pence: net_pence,
        net_pence,
        vat_rate: "20.0000".to_owned(),
        vat_pence,
        nominal_code,
        product_code: None,
    }
}
