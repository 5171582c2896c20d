//! One KashFlow account: its set-up and its books.
//!
//! Everything a call can read or change is in here, and nothing else is: no sockets, no XML, no clock.

use std::net::IpAddr;

use chrono::NaiveDate;

use super::access::Access;
use super::bank_transactions::BankBook;
use super::chart::{Chart, NominalKind};
use super::currencies::Currencies;
use super::customers::{CustomerFile, NewCustomer};
use super::identifiers::{
    BankAccountId, CustomerId, NominalCode, NominalId, PaymentMethodId, ProductId, Sequence, SupplierId,
};
use super::invoices::InvoiceBook;
use super::journals::JournalBook;
use super::ledger::Ledger;
use super::payments::{BankAccount, FIRST_PAYMENT_ID, PaymentMethod};
use super::products::{NewProduct, ProductFile};
use super::purchases::PurchaseBook;
use super::refusal::Refusal;
use super::soap::scalar::DATE_TIME_MIN;
use super::suppliers::{NewSupplier, SupplierFile};
use super::vat::VatRates;

/// The company that owns the account.
#[derive(Debug, Clone)]
pub struct Company {
    pub name: String,
    pub postcode: String,
    pub email: String,
    /// None when the company is not registered for VAT.
    pub vat_number: Option<String>,
    pub payment_terms_days: i32,
}

/// An account with its books.
#[derive(Clone)]
pub struct Account {
    pub(super) access: Access,
    pub(super) company: Company,
    pub(super) vat_rates: VatRates,
    pub(super) chart: Chart,
    pub(super) currencies: Currencies,
    /// The first is the default.
    pub(super) bank_accounts: Vec<BankAccount>,
    /// The first is the default.
    pub(super) payment_methods: Vec<PaymentMethod>,
    /// KashFlow lists the methods of purchases apart, so they have ids of their own.
    pub(super) purchase_payment_methods: Vec<PaymentMethod>,
    pub(super) customers: CustomerFile,
    pub(super) products: ProductFile,
    pub(super) invoices: InvoiceBook,
    pub(super) suppliers: SupplierFile,
    pub(super) purchases: PurchaseBook,
    pub(super) bank_book: BankBook,
    pub(super) journals: JournalBook,
    pub(super) payment_ids: Sequence,
    pub(super) ledger: Ledger,
    /// Documents dated before this day cannot be entered or changed.
    pub(super) transaction_lock: Option<NaiveDate>,
}

impl Account {
    /// A VAT-registered British company that sells on Amazon: user `acme`, password `correct horse`.
    pub fn standard_uk() -> Self {
        let currencies = Currencies::sterling_euro_dollar();
        let bank = |id, name, code| BankAccount {
            id: BankAccountId::new(id),
            name,
            nominal: NominalCode::new(code),
        };
        let method = |id, name| PaymentMethod { id: PaymentMethodId::new(id), name };
        Self {
            access: Access::with_credentials("acme", "correct horse"),
            company: Company {
                name: "Acme Outdoor Ltd".to_owned(),
                postcode: "LS1 4AP".to_owned(),
                email: "accounts@example.com".to_owned(),
                vat_number: Some("GB999999973".to_owned()),
                payment_terms_days: 30,
            },
            vat_rates: VatRates::united_kingdom(),
            chart: Chart::standard_uk(),
            bank_accounts: vec![
                bank(148_201, "Bank current account", 1200),
                bank(148_202, "Amazon UK clearing", 1249),
                bank(148_203, "Amazon EU clearing", 1260),
            ],
            payment_methods: vec![
                method(131_281, "Bank Transfer"),
                method(131_282, "Cheque"),
                method(131_283, "Cash"),
                method(131_284, "Credit Card"),
                method(131_285, "Amazon"),
            ],
            purchase_payment_methods: vec![
                method(98_411, "Bank Transfer"),
                method(98_412, "Credit Card"),
                method(98_413, "Amazon"),
            ],
            customers: CustomerFile::new(currencies.home().id),
            suppliers: SupplierFile::new(currencies.home().id),
            currencies,
            products: ProductFile::default(),
            invoices: InvoiceBook::default(),
            purchases: PurchaseBook::default(),
            bank_book: BankBook::default(),
            journals: JournalBook::default(),
            payment_ids: Sequence::starting_at(FIRST_PAYMENT_ID),
            ledger: Ledger::default(),
            transaction_lock: None,
        }
    }

    #[must_use]
    pub fn with_credentials(mut self, user_name: impl Into<String>, password: impl Into<String>) -> Self {
        self.access.set_credentials(user_name, password);
        self
    }

    #[must_use]
    pub fn with_company(mut self, company: Company) -> Self {
        self.company = company;
        self
    }

    pub fn set_soap_api_enabled(&mut self, enabled: bool) {
        self.access.set_soap_api_enabled(enabled);
    }

    /// Restricts the API to these addresses; None lifts the restriction.
    pub fn set_allowed_addresses(&mut self, addresses: Option<Vec<IpAddr>>) {
        self.access.set_allowed_addresses(addresses);
    }

    /// Locks everything dated before `first_open_day`.
    pub fn set_transaction_lock(&mut self, first_open_day: Option<NaiveDate>) {
        self.transaction_lock = first_open_day;
    }

    /// # Errors
    /// When the code exists already.
    pub fn add_nominal(
        &mut self,
        code: NominalCode,
        name: impl Into<String>,
        kind: NominalKind,
    ) -> Result<NominalId, Refusal> {
        self.chart.add(code, name, kind)
    }

    /// # Errors
    /// As KashFlow refuses the same customer over its API.
    pub fn add_customer(&mut self, customer: NewCustomer) -> Result<CustomerId, Refusal> {
        self.customers.insert(customer.into(), DATE_TIME_MIN)
    }

    /// # Errors
    /// As KashFlow refuses the same supplier over its API.
    pub fn add_supplier(&mut self, supplier: NewSupplier) -> Result<SupplierId, Refusal> {
        self.suppliers.insert(supplier.into(), DATE_TIME_MIN)
    }

    /// # Errors
    /// As KashFlow refuses the same product over its API.
    pub fn add_product(&mut self, product: NewProduct) -> Result<ProductId, Refusal> {
        let parent = self.chart.by_code(product.nominal_code)?.id;
        self.products.add_or_update(product.into_record(parent), &self.chart, &self.vat_rates)
    }

    /// Adds products up to the first that is refused.
    ///
    /// # Errors
    /// As KashFlow refuses the same product over its API.
    pub fn add_products(&mut self, products: impl IntoIterator<Item = NewProduct>) -> Result<(), Refusal> {
        products.into_iter().try_for_each(|product| self.add_product(product).map(drop))
    }
}
