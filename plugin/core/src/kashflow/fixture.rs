//! Answers as KashFlow writes them, for the tests of this folder.

use crate::remote::{HttpRequest, HttpResponse};

/// An answer of any status with any body.
pub fn http(status: u16, body: &str) -> HttpResponse {
    let headers = vec![("content-type".to_owned(), "text/xml; charset=utf-8".to_owned())];
    HttpResponse { status, headers, body: body.as_bytes().to_vec() }
}

/// The document around the content of a SOAP body.
pub fn envelope(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>\
         <soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
         xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\"><soap:Body>{content}</soap:Body></soap:Envelope>"
    )
}

/// An answer with the content of its response element.
pub fn answer(operation: &str, content: &str) -> HttpResponse {
    http(200, &envelope(&format!("<{operation}Response xmlns=\"KashFlow\">{content}</{operation}Response>")))
}

/// A success with its result element.
pub fn ok(operation: &str, result: &str) -> HttpResponse {
    answer(operation, &format!("{result}<Status>OK</Status><StatusDetail />"))
}

/// A refusal with its reason.
pub fn no(operation: &str, detail: &str) -> HttpResponse {
    answer(operation, &format!("<Status>NO</Status><StatusDetail>{detail}</StatusDetail>"))
}

/// A `soap:Fault`; `text` is escaped already.
pub fn fault(status: u16, text: &str) -> HttpResponse {
    let content = format!(
        "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>{text}</faultstring><detail /></soap:Fault>"
    );
    http(status, &envelope(&content))
}

/// The parameters of a request: what stands inside the operation's element.
pub fn parameters(request: &HttpRequest) -> String {
    let body = String::from_utf8(request.body.clone()).expect("requests are UTF-8");
    let (start, end) =
        (format!("<{} xmlns=\"KashFlow\">", request.operation), format!("</{}>", request.operation));
    let inner = body.split_once(&start).and_then(|(_, rest)| rest.split_once(&end));
    inner.map(|(inner, _)| inner.to_owned()).expect("the operation is in the body")
}
