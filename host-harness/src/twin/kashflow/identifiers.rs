//! The numbers KashFlow gives to things.
//!
//! Each kind starts at its own large number, as in a database that thousands of accounts share, so that a client
//! which confuses an invoice's number with its database id, or a nominal's code with its id, finds nothing.

use std::fmt;

macro_rules! identifier {
    ($(#[$documentation:meta])* $name:ident) => {
        $(#[$documentation])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(i32);

        impl $name {
            pub const fn new(number: i32) -> Self {
                Self(number)
            }

            pub const fn get(self) -> i32 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(formatter)
            }
        }
    };
}

identifier!(
    /// `CustomerID`.
    CustomerId
);
identifier!(
    /// `InvoiceDBID`: unique in the whole system and never changed.
    InvoiceId
);
identifier!(
    /// `InvoiceNumber`: counted per account from one, printed on the invoice.
    InvoiceNumber
);
identifier!(
    /// `LineID`.
    LineId
);
identifier!(
    /// `PayID`.
    PaymentId
);
identifier!(
    /// `MethodID`.
    PaymentMethodId
);
identifier!(
    /// The id of a nominal, which `ChargeType` and `ParentID` refer to. Not its code.
    NominalId
);
identifier!(
    /// The code of a nominal in the chart of accounts, such as 4000.
    NominalCode
);
identifier!(
    /// `AccountID` of a bank account. Not the code of its nominal.
    BankAccountId
);
identifier!(
    /// `id` of a sub-product.
    ProductId
);
identifier!(
    /// `CurrencyId`.
    CurrencyId
);
identifier!(
    /// `SupplierID`.
    SupplierId
);
identifier!(
    /// `InvoiceDBID` of a purchase.
    PurchaseId
);
identifier!(
    /// `InvoiceNumber` of a purchase: counted per account from one, beside the numbers of invoices.
    PurchaseNumber
);
identifier!(
    /// `ID` of a bank transaction.
    BankTransactionId
);
identifier!(
    /// `DBID` of a journal.
    JournalId
);
identifier!(
    /// `JournalNumber`: counted per account from one.
    JournalNumber
);

/// Gives out consecutive numbers.
#[derive(Debug, Clone)]
pub struct Sequence {
    next: i32,
}

impl Sequence {
    pub const fn starting_at(first: i32) -> Self {
        Self { next: first }
    }

    pub fn take(&mut self) -> i32 {
        let number = self.next;
        self.next += 1;
        number
    }
}
