//! Who may call.

use std::net::IpAddr;

use super::*;

#[tokio::test]
async fn every_call_needs_the_credentials_in_their_place() {
    let twin = started().await;
    let wrong = "Incorrect username or password";
    for (user, password) in
        [("acme", "wrong"), ("other", "correct horse"), ("", ""), ("acme", "Correct Horse")]
    {
        let reply = call_as(&twin, user, password, "GetCustomers", "").await;
        reply.expect_no(wrong);
        assert!(reply.all("GetCustomersResult").is_empty());
    }
    let reply =
        call_as(&twin, "acme", "wrong", "InsertInvoice", &invoice("A", &line("1", "1", "20", "0.2", 0)))
            .await;
    reply.expect_no(wrong);
    assert_eq!(reply.first("InsertInvoiceResult"), "0");

    let swapped = envelope(
        r#"<GetCustomers xmlns="KashFlow"><Password>correct horse</Password><UserName>acme</UserName></GetCustomers>"#,
    );
    post(&twin, "Content-Type: text/xml\r\n", &swapped).await.expect_no(wrong);
}

#[tokio::test]
async fn only_listed_addresses_may_call() {
    let mut account = account();
    account.set_allowed_addresses(Some(vec![IpAddr::from([192, 0, 2, 1])]));
    let twin = start(account).await;
    call(&twin, "GetCustomers", "").await.expect_no("The IP address of 127.0.0.1 is not in the access list");
    call_as(&twin, "acme", "no", "GetCustomers", "").await.expect_no("Incorrect username or password");
    twin.edit(|account| account.set_allowed_addresses(Some(vec![IpAddr::from(Ipv4Addr::LOCALHOST)])));
    call(&twin, "GetCustomers", "").await.expect_ok();
}

#[tokio::test]
async fn the_api_can_be_switched_off() {
    let twin = started().await;
    twin.edit(|account| account.set_soap_api_enabled(false));
    call(&twin, "GetCustomers", "").await.expect_no("The API is not enabled for this account");
    twin.edit(|account| account.set_soap_api_enabled(true));
    call(&twin, "GetCustomers", "").await.expect_ok();
}
