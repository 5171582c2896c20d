//! Operations that read what the account is set up with.

use super::super::account::Account;
use super::super::decimal::{Decimal, FourPlaces};
use super::super::soap::schema::Kind;
use super::super::soap::value::{Record, Value};
use super::super::types::settings::{BANK_ACCOUNT, BASIC_DATASET, COMPANY_DETAILS, CURRENCIES, NOMINAL_CODE};
use super::Operation;

pub const OPERATIONS: &[Operation] = &[
    Operation {
        name: "GetVATRates",
        parameters: &[],
        result: Kind::List(&BASIC_DATASET),
        success_detail: "Found VAT Rates",
        handler: |call| Ok(vat_rates(call.account)),
    },
    Operation {
        name: "GetNominalCodes",
        parameters: &[],
        result: Kind::List(&NOMINAL_CODE),
        success_detail: "Found Nominal Codes",
        handler: |call| Ok(nominal_codes(call.account)),
    },
    Operation {
        name: "GetBankAccounts",
        parameters: &[],
        result: Kind::List(&BANK_ACCOUNT),
        success_detail: "Found Bank Accounts",
        handler: |call| Ok(bank_accounts(call.account)),
    },
    Operation {
        name: "GetCurrencies",
        parameters: &[],
        result: Kind::List(&CURRENCIES),
        success_detail: "Found Currencies",
        handler: |call| Ok(currencies(call.account)),
    },
    Operation {
        name: "GetCompanyDetails",
        parameters: &[],
        result: Kind::Complex(&COMPANY_DETAILS),
        success_detail: "Found Company",
        handler: |call| Ok(company_details(call.account)),
    },
    Operation {
        name: "isUserVATRegistered",
        parameters: &[],
        result: Kind::Boolean,
        success_detail: "Success",
        handler: |call| Ok(call.account.company.vat_number.is_some().into()),
    },
];

fn vat_rates(account: &Account) -> Value {
    account
        .vat_rates
        .iter()
        .map(|setting| {
            Record::new(BASIC_DATASET.fields)
                .with("ID", setting.id)
                .with("Name", setting.name)
                .with("Description", setting.name)
                .with("Value", Decimal::from(setting.rate.get()))
        })
        .collect()
}

fn nominal_codes(account: &Account) -> Value {
    let balances = account.ledger.balances();
    account
        .chart
        .iter()
        .map(|nominal| {
            let balance = balances.get(&nominal.code).copied().unwrap_or_default();
            Record::new(NOMINAL_CODE.fields)
                .with("id", nominal.id.get())
                .with("Code", nominal.code.get())
                .with("Name", nominal.name.as_str())
                .with("debit", balance.debit)
                .with("credit", balance.credit)
                .with("balance", balance.net())
        })
        .collect()
}

fn bank_accounts(account: &Account) -> Value {
    account
        .bank_accounts
        .iter()
        .map(|bank_account| {
            Record::new(BANK_ACCOUNT.fields)
                .with("AccountID", bank_account.id.get())
                .with("AccountName", bank_account.name)
                .with("AccountCode", bank_account.nominal.get())
        })
        .collect()
}

fn currencies(account: &Account) -> Value {
    let home = account.currencies.home().id;
    account
        .currencies
        .iter()
        .map(|currency| {
            Record::new(CURRENCIES.fields)
                .with("CurrencyId", currency.id.get())
                .with("CurrencyCode", currency.code)
                .with("ExchangeRate", decimal(currency.rate.get()))
                .with("isDefault", i32::from(currency.id == home))
        })
        .collect()
}

fn company_details(account: &Account) -> Value {
    let company = &account.company;
    let home = account.currencies.home();
    Record::new(COMPANY_DETAILS.fields)
        .with("CompanyName", company.name.as_str())
        .with("Postcode", company.postcode.as_str())
        .with("PrimaryEmail", company.email.as_str())
        .with("VatRegistered", if company.vat_number.is_some() { "Yes" } else { "No" })
        .with("VatRegistrationNumber", company.vat_number.as_deref().unwrap_or_default())
        .with("PaymentTerms", company.payment_terms_days)
        .with("CurrencySymbol", home.symbol)
        .with("CurrencyPosition", "Left")
        .with("UsDate", "No")
        .with("CurrencyId", home.id.get())
        .with("CurrencyName", home.name)
        .with("PaymentTermsType", "invoice date")
        .into()
}

fn decimal(number: FourPlaces) -> Decimal {
    number.into()
}
