//! The books of the stories: a small catalogue, what a story adds to it, and who is let in.

use std::net::{IpAddr, Ipv4Addr};

use host_harness::twin::TwinPair;
use host_harness::twin::kashflow::{Account, NewCustomer, NewProduct, NominalCode, VatRate};

use crate::story::KashFlowStory;

/// The seller's own table of the stories.
pub(super) const SKU_TABLE: &str = "\
seller-sku,kashflow-product,vat-class
OLD-KETTLE,KETTLE-2,
PAMPHLET,,zero
GONE,NO-SUCH-PRODUCT,
";

/// Code, price, VAT percent (-1 exempt), whether KashFlow keeps its stock.
const PRODUCTS: [(&str, i64, i32, bool); 7] = [
    ("MUG-RED", 1000, 20, true),
    ("BOOK-1", 999, 0, false),
    ("CAR-SEAT", 8000, 5, false),
    ("INSURANCE", 500, -1, false),
    ("LAMP-BLUE", 2500, 20, true),
    ("KETTLE-2", 3000, 20, false),
    ("PAMPHLET", 200, 20, false),
];

pub(super) fn account(story: &KashFlowStory) -> Account {
    let mut account = Account::standard_uk();
    for (code, price_pence, percent, managed) in PRODUCTS {
        add_product(&mut account, code, price_pence, percent, managed);
    }
    for customer in &story.customer {
        let customer = NewCustomer {
            code: customer.code.clone(),
            name: customer.name.clone(),
            email: customer.email.clone(),
            postcode: customer.post_code.clone(),
            country_code: "GB".to_owned(),
        };
        account.add_customer(customer).expect("the story's customer is sound");
    }
    account
}

/// A product that a person makes while the story goes on.
pub(super) fn make_product(code: &str, pair: &TwinPair) {
    pair.kashflow.edit(|account| add_product(account, code, 1000, 20, true));
}

/// Restrictions come last: they would also keep out what the story prepares.
pub(super) fn restrict(story: &KashFlowStory, pair: &TwinPair) {
    if story.wrong_password {
        // The account has another password now; the connection keeps the old one.
        change_password(pair, "another password");
    }
    pair.kashflow.edit(|account| {
        if story.address_refused {
            account.set_allowed_addresses(Some(vec![IpAddr::V4(Ipv4Addr::new(203, 0, 113, 7))]));
        }
        if let Some(day) = &story.locked_until {
            let day = day.parse().unwrap_or_else(|error| panic!("locked-until `{day}`: {error}"));
            account.set_transaction_lock(Some(day));
        }
    });
}

/// Lets everybody in again.
pub(super) fn lift_restrictions(pair: &TwinPair) {
    change_password(pair, &pair.kashflow_credentials.password);
    pair.kashflow.edit(|account| {
        account.set_allowed_addresses(None);
        account.set_transaction_lock(None);
    });
}

fn change_password(pair: &TwinPair, password: &str) {
    let user_name = &pair.kashflow_credentials.user_name;
    pair.kashflow.edit(|account| *account = account.clone().with_credentials(user_name, password));
}

fn add_product(account: &mut Account, code: &str, price_pence: i64, percent: i32, managed: bool) {
    let product = NewProduct {
        code: code.to_owned(),
        name: code.to_lowercase(),
        price_pence,
        vat_rate: if percent < 0 { VatRate::EXEMPT } else { VatRate::percent(percent) },
        managed,
        quantity_in_stock: if managed { 100 } else { 0 },
        nominal_code: NominalCode::new(4000),
    };
    account.add_product(product).expect("the catalogue is sound");
}
