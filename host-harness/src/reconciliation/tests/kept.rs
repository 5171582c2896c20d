//! Books as a careful person would keep them, to be broken by a test. Settlements are absent (`kept_settlement`).

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};

use super::super::*;
use super::{POLICY, SHARED};
use crate::twin::kashflow::{
    CustomerSnapshot, InvoiceSnapshot, LineSnapshot, PaymentSnapshot, ProductSnapshot, TrialBalanceRow,
};
use crate::twin::world::WorldSize;
use crate::twin::world::expected_sale::{ExpectedCustomer, Posting};
use crate::twin::world::money::Amount;
use crate::twin::world::order::Order;

pub(super) fn noon(day: NaiveDate) -> NaiveDateTime {
    day.and_hms_opt(12, 0, 0).expect("noon happens")
}

/// Books as a careful person would keep them for a world.
pub(super) struct Kept {
    pub world: World,
    pub books: BooksSnapshot,
    pub settled: Settled,
}

impl Kept {
    pub fn of(world: World) -> Self {
        let products = world.kashflow_products().into_iter().map(|product| ProductSnapshot {
            id: 0,
            code: product.code,
            name: product.name,
            price_pence: product.price_net_pence,
            managed: product.managed_stock,
            quantity_in_stock: i32::try_from(product.stock_quantity).expect("up to 400"),
            nominal_code: 4000,
        });
        let books = BooksSnapshot { products: products.collect(), ..BooksSnapshot::default() };
        let mut kept = Kept { world, books, settled: Settled::nothing() };
        for order in kept.world.orders().to_vec() {
            if let Expected::Posted(posting) = kept.world.expected_sale(&order, &POLICY) {
                kept.sell(order.id.as_str(), &posting);
                kept.move_stock(&order, -1);
            }
        }
        kept.balance();
        kept
    }

    pub fn customer(&mut self, expected: &ExpectedCustomer) -> String {
        let email = match expected {
            ExpectedCustomer::OfMarketplace(_) => return SHARED.to_owned(),
            ExpectedCustomer::ByEmail(email) => email.clone(),
        };
        if let Some(customer) = self.books.customers.iter().find(|customer| customer.email == email) {
            return customer.code.clone();
        }
        let code = format!("C{}", self.books.customers.len());
        let [name, postcode, country_code] = ["Jane Roe", "LS1 4AP", "GB"].map(str::to_owned);
        self.books.customers.push(CustomerSnapshot {
            id: 0,
            code: code.clone(),
            name,
            email,
            postcode,
            country_code,
        });
        code
    }

    pub fn sell(&mut self, reference: &str, posting: &Posting) {
        let customer_code = self.customer(&posting.customer);
        let line = LineSnapshot {
            quantity: "1.0000".to_owned(),
            description: "goods".to_owned(),
            rate_pence: posting.net_pence,
            net_pence: posting.net_pence,
            vat_rate: "20.0000".to_owned(),
            vat_pence: posting.vat_pence,
            nominal_code: 4000,
            product_code: None,
        };
        let date = noon(posting.invoice_date);
        let number = i32::try_from(self.books.invoices.len() + 1).expect("few invoices");
        self.books.invoices.push(InvoiceSnapshot {
            id: 1000 + number,
            number,
            customer_code,
            reference: reference.to_owned(),
            date,
            due_date: date,
            currency: posting.currency.to_owned(),
            exchange_rate: "1.0000".to_owned(),
            net_pence: posting.net_pence,
            vat_pence: posting.vat_pence,
            paid_pence: 0,
            is_paid: false,
            lines: vec![line],
            payments: Vec::new(),
            notes: Vec::new(),
        });
    }

    pub fn move_stock(&mut self, order: &Order, direction: i32) {
        for line in order.lines.iter().filter(|line| !line.cancelled) {
            let code = self.world.product_of(line).kashflow_code.clone();
            let managed = self.books.products.iter_mut().filter(|product| product.managed);
            if let Some(product) = managed.into_iter().find(|product| Some(&product.code) == code.as_ref()) {
                product.quantity_in_stock += direction * i32::try_from(line.quantity).expect("a few");
            }
        }
    }

    /// The trial balance of all documents, sales with their VAT. The debtors are first, and sales after them.
    pub fn balance(&mut self) {
        let (books, mut balances) = (&self.books, BTreeMap::from([(1100, 0), (4000, 0)]));
        let mut debit = |code: i32, pence: i64| *balances.entry(code).or_default() += pence;
        for invoice in &books.invoices {
            debit(1100, documents::gross_pence(invoice));
            debit(4000, -documents::gross_pence(invoice));
            for payment in &invoice.payments {
                debit(payment.bank_nominal_code, payment.amount_pence);
                debit(1100, -payment.amount_pence);
            }
        }
        for purchase in &books.purchases {
            debit(2100, -purchase.net_pence - purchase.vat_pence);
            debit(2201, purchase.vat_pence);
            purchase.lines.iter().for_each(|line| debit(line.nominal_code, line.net_pence));
            for payment in &purchase.payments {
                debit(payment.bank_nominal_code, -payment.amount_pence);
                debit(2100, payment.amount_pence);
            }
        }
        for transaction in &books.bank_transactions {
            debit(transaction.bank_nominal_code, transaction.amount_pence);
            debit(transaction.nominal_code, -transaction.amount_pence);
        }
        for line in books.journals.iter().flat_map(|journal| &journal.lines) {
            debit(line.nominal_code, line.amount_pence);
        }
        let row = |(code, pence): (i32, i64)| TrialBalanceRow {
            code,
            name: String::new(),
            debit_pence: pence.max(0),
            credit_pence: (-pence).max(0),
        };
        let is_of_sales = |code: i32| [1100, 4000].contains(&code);
        let rows = balances.into_iter().filter(|(code, pence)| is_of_sales(*code) || *pence != 0).map(row);
        self.books.trial_balance = rows.collect();
        self.books.trial_balance.sort_by_key(|row| (!is_of_sales(row.code), row.code));
    }

    /// Where in the books the order's invoice is that is posted with something to pay.
    pub fn place(&self) -> usize {
        let place = self.books.invoices.iter().position(|invoice| invoice.net_pence > 0);
        place.expect("most orders cost something")
    }

    pub fn order(&self) -> Order {
        let reference = &self.books.invoices[self.place()].reference;
        let of_world = self.world.orders().iter().find(|order| order.id.as_str() == reference);
        of_world.expect("the invoice is an order's").clone()
    }

    /// Credits the invoice and applies the credit note.
    pub fn reverse(&mut self, place: usize, reference: &str) {
        let invoice = &mut self.books.invoices[place];
        let gross_pence = documents::gross_pence(invoice);
        let mut credit_note = invoice.clone();
        credit_note.reference = reference.to_owned();
        credit_note.number += 1000;
        (credit_note.net_pence, credit_note.vat_pence) = (-invoice.net_pence, -invoice.vat_pence);
        for line in &mut credit_note.lines {
            (line.rate_pence, line.net_pence, line.vat_pence) =
                (-line.rate_pence, -line.net_pence, -line.vat_pence);
        }
        for (document, amount_pence) in [(&mut *invoice, gross_pence), (&mut credit_note, -gross_pence)] {
            document.paid_pence += amount_pence;
            document.payments.push(payment(amount_pence));
        }
        self.books.invoices.push(credit_note);
    }

    /// The order of `place` with one more piece of its first line: the corrected invoice is as wanted.
    pub fn corrected() -> Self {
        let mut kept = Kept::of(world());
        let (place, order) = (kept.place(), kept.order());
        kept.reverse(place, &format!("{} CN1", order.id));
        kept.move_stock(&order, 1);
        let line = &order.lines[0];
        let piece = Amount {
            gross_pence: line.item.gross_pence / i64::from(line.quantity),
            vat_pence: line.item.vat_pence / i64::from(line.quantity),
        };
        let changed = kept.world.order_mut(&order.id).expect("it is there");
        changed.lines[0].quantity += 1;
        changed.lines[0].item.gross_pence += piece.gross_pence;
        changed.lines[0].item.vat_pence += piece.vat_pence;
        let changed = changed.clone();
        let Expected::Posted(posting) = kept.world.expected_sale(&changed, &POLICY) else {
            panic!("it is still shipped");
        };
        kept.sell(&format!("{} R2", order.id), &posting);
        kept.move_stock(&changed, -1);
        kept.balance();
        kept
    }

    /// The invoice that was reversed.
    pub fn place_of_the_corrected(&self) -> usize {
        let corrected = self.books.invoices.last().expect("there are some");
        let order = corrected.reference.trim_end_matches(" R2");
        self.books
            .invoices
            .iter()
            .position(|invoice| invoice.reference == order)
            .expect("it stays in the books")
    }

    pub fn problems(&self) -> Vec<String> {
        reconcile_snapshot(&self.world, &POLICY, &self.books, SHARED, &self.settled).problems()
    }

    /// The one problem that there must be.
    pub fn problem(&self) -> String {
        let [problem] = self.problems().try_into().unwrap_or_else(|problems| panic!("{problems:?}"));
        problem
    }
}

pub(super) fn payment(amount_pence: i64) -> PaymentSnapshot {
    let date = noon(NaiveDate::from_ymd_opt(2026, 10, 28).expect("a day"));
    PaymentSnapshot {
        id: 0,
        date,
        amount_pence,
        method: "Bank Transfer".to_owned(),
        bank_nominal_code: 1200,
        note: "Credit note applied".to_owned(),
    }
}

pub(super) fn world() -> World {
    World::generate(6, WorldSize::orders(60))
}
