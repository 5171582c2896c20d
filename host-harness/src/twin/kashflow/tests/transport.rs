//! HTTP and SOAP below the operations.

use super::*;

const TEXT_XML: &str = "Content-Type: text/xml; charset=utf-8\r\n";

fn get_currencies() -> String {
    envelope(
        r#"<GetCurrencies xmlns="KashFlow"><UserName>acme</UserName><Password>correct horse</Password></GetCurrencies>"#,
    )
}

#[tokio::test]
async fn the_request_element_selects_the_operation_with_or_without_an_action() {
    let twin = started().await;
    for action in ["", "SOAPAction: \"KashFlow/GetCurrencies\"\r\n", "SOAPAction: KashFlow/GetCurrencies\r\n"]
    {
        post(&twin, &format!("{TEXT_XML}{action}"), &get_currencies()).await.expect_ok();
    }
    let reply =
        post(&twin, &format!("{TEXT_XML}SOAPAction: \"KashFlow/GetVATRates\"\r\n"), &get_currencies()).await;
    reply.expect_fault("Server did not recognize the value of HTTP Header SOAPAction: KashFlow/GetVATRates.");
    twin.stop().await;
}

#[tokio::test]
async fn an_unknown_operation_is_a_fault() {
    let twin = started().await;
    let unknown = "Server did not recognize the value of HTTP Header SOAPAction";
    call(&twin, "GetUnicorns", "").await.expect_fault(unknown);
    let other_namespace = get_currencies().replace("\"KashFlow\"", "\"KashFlowAPI\"");
    post(&twin, TEXT_XML, &other_namespace).await.expect_fault(unknown);
}

#[tokio::test]
async fn soap_1_2_is_answered_in_kind() {
    let twin = started().await;
    let content_type =
        "Content-Type: application/soap+xml; charset=utf-8; action=\"KashFlow/GetCurrencies\"\r\n";
    let in_1_2 = |body: &str| {
        body.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")
    };
    let reply = post(&twin, content_type, &in_1_2(&get_currencies())).await.expect_ok();
    assert!(reply.0.to_lowercase().contains("content-type: application/soap+xml; charset=utf-8"));
    assert!(reply.body().contains("http://www.w3.org/2003/05/soap-envelope"));

    let broken =
        post(&twin, content_type, &in_1_2(&get_currencies().replace("GetCurrencies", "GetNothing"))).await;
    assert_eq!((broken.http_status(), broken.first("soap:Value")), ("500", "soap:Sender"));
    let other_action = content_type.replace("GetCurrencies", "GetVATRates");
    let other = post(&twin, &other_action, &in_1_2(&get_currencies())).await;
    assert!(other.first("soap:Text").ends_with("SOAPAction: KashFlow/GetVATRates."));
    let mixed = post(&twin, TEXT_XML, &in_1_2(&get_currencies())).await;
    mixed.expect_fault("Possible SOAP version mismatch");
}

#[tokio::test]
async fn broken_messages_are_faults() {
    let twin = started().await;
    let unread = "Server was unable to read request. ---> There is an error in XML document (";
    let whole = get_currencies();
    for body in
        ["", "not xml", "<a/>", &whole[..whole.len() - 20], &whole.replace("</UserName>", "</Username>")]
    {
        let reply = post(&twin, TEXT_XML, body).await;
        reply.expect_fault(unread);
        assert_eq!(reply.first("faultcode"), "soap:Client");
    }
    post(&twin, TEXT_XML, &envelope("")).await.expect_fault(unread);
    let header = r#"<soap:Header><Security soap:mustUnderstand="1" xmlns="urn:x"/></soap:Header><soap:Body>"#;
    let insisting = whole.replace("<soap:Body>", header);
    post(&twin, TEXT_XML, &insisting).await.expect_fault("SOAP header Security was not understood.");
}

#[tokio::test]
async fn values_of_the_wrong_type_are_faults_before_anything_is_checked() {
    let twin = started().await;
    let cases = [
        ("<InvoiceNumber>one</InvoiceNumber>", "GetInvoice", "Input string was not in a correct format."),
        ("<InvoiceNumber>99999999999</InvoiceNumber>", "GetInvoice", "too large or too small for an Int32."),
        (
            "<StartDate>2026-08-18 10:53:48 UTC</StartDate>",
            "GetInvoicesByDateRange",
            "The string '2026-08-18 10:53:48 UTC' is not a valid AllXsd value.",
        ),
    ];
    for (parameters, operation, message) in cases {
        call_as(&twin, "acme", "wrong", operation, parameters).await.expect_fault(message);
    }
}

#[tokio::test]
async fn other_paths_methods_and_content_types_are_refused() {
    let twin = started().await;
    assert_eq!(send(&twin, "GET /api/other.asmx HTTP/1.1\r\n", "").await.http_status(), "404");
    assert_eq!(send(&twin, "POST / HTTP/1.1\r\nContent-Length: 0\r\n", "").await.http_status(), "404");
    let put = send(&twin, "PUT /api/service.asmx HTTP/1.1\r\nContent-Length: 0\r\n", "").await;
    assert_eq!(put.http_status(), "405");
    assert!(put.0.to_lowercase().contains("allow: get, post"));
    let json = post(&twin, "Content-Type: application/json\r\n", "{}").await;
    assert_eq!((json.http_status(), json.first("h1")), ("500", "Request format is unrecognized."));
    let help = send(&twin, "GET /API/Service.asmx HTTP/1.1\r\n", "").await;
    assert!(help.http_status() == "200" && help.body().contains("<li>InsertInvoice</li>"));
}

#[tokio::test]
async fn long_requests_are_refused() {
    let mut options = options();
    options.body_limit_bytes = 1_000;
    let twin =
        KashFlowTwin::start(account(), SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), options).await.unwrap();
    let long = envelope(&"<!-- -->".repeat(200));
    assert_eq!(post(&twin, TEXT_XML, &long).await.http_status(), "413");
    post(&twin, TEXT_XML, &get_currencies()).await.expect_ok();
}

#[tokio::test]
async fn stopping_closes_idle_connections() {
    let twin = started().await;
    let address: SocketAddr = twin.url().split('/').nth(2).unwrap().parse().unwrap();
    let idle = tokio::task::spawn_blocking(move || {
        let silent = TcpStream::connect(address).unwrap();
        let mut kept_alive = TcpStream::connect(address).unwrap();
        let request = format!("GET /api/service.asmx HTTP/1.1\r\nHost: {address}\r\n\r\n");
        kept_alive.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        while !answer.ends_with("</html>") {
            let mut byte = [0];
            kept_alive.read_exact(&mut byte).unwrap();
            answer.push(char::from(byte[0]));
        }
        (silent, kept_alive)
    });
    let (_silent, mut kept_alive) = idle.await.unwrap();
    twin.stop().await;
    assert_eq!(kept_alive.read(&mut [0]).unwrap(), 0);
    assert!(TcpStream::connect(address).is_err());
}

#[tokio::test]
async fn a_success_may_or_may_not_have_a_detail() {
    let twin = started().await;
    let find = "<CustomerEmail>jane@example.com</CustomerEmail>";
    let mut details = Vec::new();
    for _ in 0..3 {
        let reply = call(&twin, "GetCustomerByEmail", find).await.expect_ok();
        details.push(reply.first("StatusDetail").to_owned());
    }
    assert_eq!(details, ["Found Customer", "", "Found Customer"]);
    assert_eq!(twin.calls(), [("GetCustomerByEmail", 3)].into());
}
