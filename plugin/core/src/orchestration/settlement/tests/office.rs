//! A connection with one settlement that is kept, and its books.

use chrono::NaiveDate;

use super::super::*;
use super::desk::{Desk, World};
use super::ledger::{Ledger, posted_document};
use crate::canonical::{
    Amounts, BankAccount, BankAccountId, BankTransactionId, Chart, Currency, CustomerId, DocumentLine,
    DocumentReference, ExchangeRate, InvoiceNumber, MarketplaceId, Money, Nominal, NominalCode, NominalId,
    OrderId, OrderPayment, PaymentMethodId, SalesDocument, SettlementId, SettlementPosting, SupplierCard,
    SupplierCode, VatRate,
};
use crate::finding::Code;
use crate::limits::SETTLING_MS;
use crate::orchestration::chain::{Chain, ChainDocument, Phase};
use crate::orchestration::{BusinessKey, Journal, JournalEntry};
use crate::remote::CallFailure;

pub(super) const SETTLEMENT: SettlementId = SettlementId(50_011_020_300);

pub(super) fn gbp(minor: i64) -> Money {
    Money::new(minor, Currency::GBP)
}

pub(super) fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 10, 29).expect("a date")
}

pub(super) fn order(number: u32) -> OrderId {
    OrderId::new(format!("026-{number}")).expect("an id")
}

/// The payment of the order of this number: twelve pounds.
pub(super) fn payment(number: u32) -> SettlementPosting {
    SettlementPosting::Payment(OrderPayment { order: order(number), amount: gbp(1200) })
}

pub(super) fn payments(numbers: std::ops::Range<u32>) -> Vec<SettlementPosting> {
    numbers.map(payment).collect()
}

pub(super) struct Office {
    pub desk: Desk,
    pub ledger: Ledger,
    chart: Chart,
    /// Where the money of orders goes that are not in the books.
    pub unknown_orders: Option<NominalCode>,
}

impl Office {
    /// Keeps a plan with these postings.
    pub fn new(postings: Vec<SettlementPosting>) -> Self {
        let world = World::default();
        let mut desk = Desk { world: world.clone(), ..Desk::default() };
        keep(&mut desk, manifest(), postings).expect("it is kept");
        let codes = (7000..7014).chain([1249, 1200]);
        let nominals = codes.map(|code| Nominal { code: NominalCode(code), id: NominalId(code + 100_000) });
        let chart = Chart::new(nominals, vec![VatRate::ZERO, VatRate::from_basis_points(2000)]);
        Office { desk, ledger: Ledger { world, ..Ledger::default() }, chart, unknown_orders: None }
    }

    pub fn world(&self) -> &World {
        &self.desk.world
    }

    /// The orders of these numbers are in the books, at twelve pounds each.
    pub fn with_orders(mut self, numbers: std::ops::Range<u32>) -> Self {
        numbers.for_each(|number| self.post_order(number));
        self
    }

    /// Posts an order: ten pounds and their VAT.
    pub fn post_order(&mut self, number: u32) {
        let (order, invoice) = (order(number), InvoiceNumber(i64::from(number) + 1_000_000));
        let line = DocumentLine {
            description: "MUG: Red mug".into(),
            quantity: 1,
            unit_price: gbp(1000),
            vat: gbp(200),
            vat_rate: Some(VatRate::from_basis_points(2000)),
            nominal: NominalId(104_000),
            product: None,
        };
        let reference = DocumentReference::invoice(&order, 1);
        let date = NaiveDate::from_ymd_opt(2026, 10, 20).expect("a date");
        let document = SalesDocument::new(reference, date, date, ExchangeRate::home(), vec![line], gbp(1200));
        let document = document.expect("it balances");
        let posted = posted_document(&document, CustomerId(7), invoice.0);
        self.ledger.held.borrow_mut().documents.push(posted);
        let recorded = ChainDocument {
            phase: Phase::Recorded(invoice),
            fingerprint: "mug".into(),
            date: Some(date),
            amounts: Some(Amounts { net: gbp(1000), vat: gbp(200) }),
            partly_held: false,
        };
        let chain = Chain::new(vec![recorded]).expect("a sound chain");
        let entry = JournalEntry { as_of: None, wanted: Some("mug".into()), chain };
        let mut journal = Journal::open(&mut self.desk, &BusinessKey::invoice(&order)).expect("it opens");
        journal.write(&mut self.desk, entry).expect("it is written");
    }

    pub fn kept(&mut self) -> KeptSettlement {
        kept(&mut self.desk, SETTLEMENT).expect("it is readable").expect("it is kept")
    }

    /// One delivery, as the event makes it.
    pub fn deliver(&mut self, attempt: u32) -> Result<Reached, CallFailure> {
        let terms = PostingTerms {
            settlement: SETTLEMENT,
            deposited_on: day(),
            home_currency: Currency::GBP,
            clearing: BankAccount { id: BankAccountId(1), name: "Amazon".into(), code: NominalCode(1249) },
            invoice_method: PaymentMethodId(1),
            purchase_method: PaymentMethodId(2),
            supplier: SupplierCard {
                code: SupplierCode::new("AMAZONEU").expect("a code"),
                name: "Amazon".into(),
            },
            chart: &self.chart,
            goodwill: self.chart.nominal(NominalCode(7008)).expect("it is there"),
            suspense: NominalCode(7013),
            unknown_orders: self.unknown_orders,
        };
        let books = (&self.ledger as _, &self.ledger as _);
        let known = kept(&mut self.desk, SETTLEMENT)?;
        let mut known = known.expect("the settlement is kept");
        if !known.manifest.is_worked_through() {
            return post(&mut self.desk, books, &mut known, &terms, attempt);
        }
        let reached = look_again(&mut self.desk, books, &mut known, &terms, attempt)?;
        if reached == Reached::TheEnd {
            known.manifest.looked_at = 0;
            known.write(&mut self.desk)?;
        }
        Ok(reached)
    }

    /// Delivers until the end, with patience for what may be on its way; gives how many deliveries it took.
    pub fn finish(&mut self) -> u32 {
        for attempt in 1..100 {
            if self.deliver(attempt) == Ok(Reached::TheEnd) {
                return attempt;
            }
            self.settle();
        }
        panic!("a hundred deliveries are not enough");
    }

    /// As much time passes as a call can be on its way.
    pub fn settle(&self) {
        self.world().pass(i64::try_from(SETTLING_MS).expect("minutes"));
    }

    pub fn summary(&mut self, unknown_orders_wait: bool) -> Summary {
        let manifest = self.kept().manifest;
        Summary::of(&mut self.desk, &manifest, unknown_orders_wait).expect("it is readable")
    }

    /// How many payments of orders stand in the books.
    pub fn paid(&self) -> usize {
        self.ledger.held.borrow().payments.len()
    }

    pub fn items(&mut self) -> Vec<Item> {
        Part::open(&mut self.desk, SETTLEMENT, 0).expect("it is readable").items
    }
}

pub(super) fn manifest() -> Manifest {
    let moment = |text: &str| text.parse().expect("a time");
    Manifest {
        settlement: SETTLEMENT,
        marketplace: MarketplaceId::new("A1F83G8C2ARO7P").expect("an id"),
        starts_at: moment("2026-10-14T09:10:07Z"),
        ends_at: moment("2026-10-28T09:10:07Z"),
        deposited_on: day(),
        total: gbp(123_456),
        origin: Origin {
            file: "f11e".into(),
            rows_digest: "d19e57".into(),
            rows: 1234,
            rules: "2u1e5".into(),
        },
        planned_at: moment("2026-10-29T12:00:00Z"),
        postings: 0,
        parts: 0,
        parts_done: 0,
        parts_waiting: Vec::new(),
        looked_at: 0,
        findings: Vec::new(),
        progressed_at_attempt: 0,
    }
}

/// The code of the failure.
pub(super) fn code(result: Result<Reached, CallFailure>) -> Code {
    result.expect_err("it fails").finding.code
}

/// A transaction that stands in the books already.
pub(super) fn transaction(number: i64, comment: &str, pence: i64) -> crate::canonical::PostedBankTransaction {
    crate::canonical::PostedBankTransaction {
        id: BankTransactionId(number),
        date: day(),
        amount: gbp(pence),
        vat: gbp(0),
        nominal: NominalCode(1200),
        comment: comment.to_owned(),
    }
}
