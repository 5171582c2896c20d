//! Bank transactions and what they can be posted to.

use super::super::soap::schema::{ComplexType, Kind, optional, required};

pub static BANK_TRANSACTION: ComplexType = ComplexType {
    name: "BankTransaction",
    fields: &[
        required("ID", Kind::Int),
        required("accid", Kind::Int),
        required("TransactionDate", Kind::DateTime),
        required("moneyin", Kind::Decimal),
        required("moneyout", Kind::Decimal),
        required("Vatable", Kind::Int),
        required("VatRate", Kind::Decimal),
        required("VatAmount", Kind::Decimal),
        required("TransactionType", Kind::Int),
        optional("Comment", Kind::Text),
        required("ProjectID", Kind::Int),
        required("CustomerId", Kind::Int),
        required("SupplierId", Kind::Int),
    ],
};

pub static BANK_TX_TYPE: ComplexType = ComplexType {
    name: "BankTXType",
    fields: &[
        required("TypeID", Kind::Int),
        optional("TypeName", Kind::Text),
        required("TypeCode", Kind::Int),
    ],
};
