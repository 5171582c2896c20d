//! What an account is set up with: nominals, VAT rates, currencies, bank accounts, the company.

use super::super::soap::schema::{ComplexType, Kind, optional, required};

pub static BASIC_DATASET: ComplexType = ComplexType {
    name: "BasicDataset",
    fields: &[
        required("ID", Kind::Int),
        optional("Name", Kind::Text),
        optional("Description", Kind::Text),
        required("Value", Kind::Decimal),
    ],
};

pub static NOMINAL_CODE: ComplexType = ComplexType {
    name: "NominalCode",
    fields: &[
        required("id", Kind::Int),
        required("Code", Kind::Int),
        optional("Name", Kind::Text),
        required("debit", Kind::Decimal),
        required("credit", Kind::Decimal),
        required("balance", Kind::Decimal),
    ],
};

pub static BANK_ACCOUNT: ComplexType = ComplexType {
    name: "BankAccount",
    fields: &[
        required("AccountID", Kind::Int),
        optional("AccountName", Kind::Text),
        required("AccountCode", Kind::Int),
    ],
};

pub static CURRENCIES: ComplexType = ComplexType {
    name: "Currencies",
    fields: &[
        required("CurrencyId", Kind::Int),
        optional("CurrencyCode", Kind::Text),
        required("ExchangeRate", Kind::Decimal),
        required("isDefault", Kind::Int),
    ],
};

pub static COMPANY_DETAILS: ComplexType = ComplexType {
    name: "CompanyDetails",
    fields: &[
        optional("CompanyName", Kind::Text),
        optional("Address1", Kind::Text),
        optional("Address2", Kind::Text),
        optional("Address3", Kind::Text),
        optional("Address4", Kind::Text),
        optional("Postcode", Kind::Text),
        optional("PrimaryEmail", Kind::Text),
        optional("PrimaryContact", Kind::Text),
        optional("Telephone", Kind::Text),
        optional("Mobile", Kind::Text),
        optional("VatRegistered", Kind::Text),
        optional("VatRegistrationNumber", Kind::Text),
        required("PaymentTerms", Kind::Int),
        optional("CurrencySymbol", Kind::Text),
        optional("CurrencyPosition", Kind::Text),
        optional("UsDate", Kind::Text),
        required("CurrencyId", Kind::Int),
        optional("CurrencyName", Kind::Text),
        required("BusinessType1", Kind::Int),
        required("BusinessType2", Kind::Int),
        required("BusinessType3", Kind::Int),
        optional("PaymentTermsType", Kind::Text),
        optional("BusinessType1Name", Kind::Text),
        optional("BusinessType2Name", Kind::Text),
        optional("BusinessType3Name", Kind::Text),
        required("BusinessType", Kind::Int),
    ],
};
