//! The trade's nouns, free of any wire format: money, ids, parties, addresses, orders, documents.
//!
//! A value of these types is valid once it exists. Absent on purpose: serde (wire forms belong to
//! `amazon` and `kashflow`), settings, and any decision about how something is posted.

pub mod address;
pub mod bank;
pub mod chart;
pub mod currency;
pub mod customer;
pub mod document_reference;
pub mod ids;
pub mod ledger_journal;
pub mod money;
pub mod order;
pub mod payment;
pub mod posted_document;
pub mod product;
pub mod purchase;
pub mod sale;
pub mod sales_document;
pub mod settlement;
pub mod settlement_posting;
pub mod stock;
pub mod stock_standing;
pub mod vat;

pub use address::{Address, CountryCode};
pub use bank::{BankAccount, BankTransaction, PostedBankTransaction};
pub use chart::{Chart, Nominal};
pub use currency::Currency;
pub use customer::{CustomerCard, CustomerRecord};
pub use document_reference::{DocumentKind, DocumentReference};
pub use ids::{
    BankAccountId, BankTransactionId, CustomerCode, CustomerId, DocumentId, FeedDocumentId, FeedId,
    InvoiceNumber, JournalNumber, MarketplaceId, NominalCode, NominalId, OrderId, OrderItemId, PaymentId,
    PaymentMethodId, ProductCode, ProductId, PurchaseNumber, ReportDocumentId, ReportId, SellerId, SellerSku,
    SettlementId, SupplierCode, SupplierId,
};
pub use ledger_journal::{LedgerJournal, LedgerJournalLine, PostedLedgerJournal, UnbalancedJournal};
pub use money::{Money, MoneyError};
pub use order::{Buyer, Fulfilment, Order, OrderStatus};
pub use payment::{Payment, PaymentMethod, PostedPayment};
pub use posted_document::PostedDocument;
pub use product::Product;
pub use purchase::{PostedPurchase, Purchase, PurchaseLine, SupplierCard, SupplierRecord};
pub use sale::{Component, ComponentKind, Liability, Sale, SaleError, SaleLine};
pub use sales_document::{Amounts, DocumentError, DocumentLine, ExchangeRate, SalesDocument};
pub use settlement::{RowSink, RowsDigest, Settlement, SettlementProblem, SettlementRow, TransactionKind};
pub use settlement_posting::{
    BalanceLine, BalanceMovements, ClearingTransaction, FeeLine, FeePurchase, OrderPayment, OrderRefund,
    RefundedItem, SettlementPlan, SettlementPosting, TransactionPurpose, UnbalancedPlan, payment_note,
};
pub use stock::{Offer, ProductCard, StockedProduct, Units, WarehouseState, WarehouseStock};
pub use stock_standing::{
    Counted, Intended, OfferKind, OfferStanding, OnItsWay, ProductStanding, SkuStanding, Told, Unheeded,
    Written,
};
pub use vat::{VatClass, VatRate, VatTreatment};
