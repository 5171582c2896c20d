//! What an account is set up with.

use super::*;

#[tokio::test]
async fn rates_currencies_banks_and_methods_are_listed() {
    let twin = started().await;
    let rates = call(&twin, "GetVATRates", "").await.expect_ok();
    assert_eq!(rates.all("Name"), ["20%", "5%", "0%"]);
    assert_eq!(rates.all("Value"), ["20.0000", "5.0000", "0.0000"]);
    let currencies = call(&twin, "GetCurrencies", "").await.expect_ok();
    assert_eq!(currencies.all("CurrencyCode"), ["GBP", "EUR", "USD"]);
    assert_eq!(currencies.all("ExchangeRate"), ["1.0000", "1.1500", "1.2500"]);
    assert_eq!(currencies.all("isDefault"), ["1", "0", "0"]);
    let banks = call(&twin, "GetBankAccounts", "").await.expect_ok();
    assert_eq!(banks.all("AccountID"), ["148201", "148202", "148203"]);
    assert_eq!(banks.all("AccountCode"), ["1200", "1249", "1260"]);
    let methods = call(&twin, "GetInvPayMethods", "").await.expect_ok();
    assert_eq!(methods.all("MethodName").len(), methods.all("MethodID").len());
    assert!(methods.all("MethodName").contains(&"Amazon"));
}

#[tokio::test]
async fn the_company_is_described() {
    let twin = started().await;
    let company = call(&twin, "GetCompanyDetails", "").await.expect_ok();
    let values =
        ["CompanyName", "VatRegistered", "CurrencyName", "PaymentTerms"].map(|name| company.first(name));
    assert_eq!(values, ["Acme Outdoor Ltd", "Yes", "Pounds Sterling", "30"]);
    let registered = call(&twin, "isUserVATRegistered", "").await.expect_ok();
    assert_eq!(registered.first("isUserVATRegisteredResult"), "true");
}

#[tokio::test]
async fn nominals_have_ids_codes_and_balances() {
    let twin = started().await;
    call(&twin, "InsertInvoice", &invoice("A", &line("1", "10", "20", "2", 0))).await.expect_ok();
    let nominals = call(&twin, "GetNominalCodes", "").await.expect_ok();
    let sales = nominals.all("Code").iter().position(|code| *code == "4000").unwrap();
    assert_eq!(nominals.all("id")[sales], "17387826");
    let columns = ["debit", "credit", "balance"].map(|column| nominals.all(column)[sales]);
    assert_eq!(columns, ["0.0000", "10.0000", "-10.0000"]);
}
