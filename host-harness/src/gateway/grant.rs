//! What a connection allows its plugin to call. Nothing, unless a grant says so.

use std::fmt;

use http::Method;

use super::{GatewayCode, Pattern};

/// One permission: at this host, these methods on these paths, and where given only these SOAP operations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct HttpGrant {
    /// The host as the plugin names it.
    pub host: String,
    pub methods: Vec<Method>,
    pub paths: Vec<Pattern>,
    /// Patterns for the header `SOAPAction`. `None`: the grant is not about SOAP.
    pub soap_actions: Option<Vec<Pattern>>,
}

/// The four things that a grant decides on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Call<'a> {
    pub method: &'a Method,
    pub host: &'a str,
    /// Without the query, percent-encoded as sent.
    pub path: &'a str,
    pub soap_action: Option<&'a str>,
}

impl fmt::Display for Call<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}{}", self.method, self.host, self.path)?;
        self.soap_action.map_or(Ok(()), |action| write!(f, " {action}"))
    }
}

/// Whether one of the grants allows the call, and if none does, which code says why.
pub(super) fn check(grants: &[HttpGrant], call: &Call<'_>) -> Result<(), GatewayCode> {
    let mut for_the_path = grants.iter().filter(|grant| grant.covers(call)).peekable();
    if for_the_path.peek().is_none() {
        return Err(GatewayCode::NotGranted);
    }
    if for_the_path.any(|grant| grant.covers_action(call.soap_action)) {
        return Ok(());
    }
    Err(GatewayCode::SoapActionNotGranted)
}

impl HttpGrant {
    fn covers(&self, call: &Call<'_>) -> bool {
        self.host == call.host
            && self.methods.contains(call.method)
            && self.paths.iter().any(|path| path.matches(call.path))
    }

    fn covers_action(&self, action: Option<&str>) -> bool {
        match (&self.soap_actions, action) {
            (None, _) => true,
            (Some(patterns), Some(action)) => patterns.iter().any(|pattern| pattern.matches(action)),
            (Some(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants() -> Vec<HttpGrant> {
        let patterns = |patterns: &[&str]| patterns.iter().map(|pattern| Pattern::new(*pattern)).collect();
        vec![
            HttpGrant {
                host: "sellingpartnerapi-eu.amazon.com".to_owned(),
                methods: vec![Method::GET],
                paths: patterns(&["/orders/2026-01-01/orders/*"]),
                soap_actions: None,
            },
            HttpGrant {
                host: "securedwebapp.com".to_owned(),
                methods: vec![Method::POST],
                paths: patterns(&["/api/service.asmx"]),
                soap_actions: Some(patterns(&["KashFlow/Get*", "KashFlow/InsertInvoice"])),
            },
        ]
    }

    #[test]
    fn only_what_is_granted_passes() {
        let amazon = "sellingpartnerapi-eu.amazon.com";
        let kashflow = "securedwebapp.com";
        let orders = "/orders/2026-01-01/orders/026-1";
        let service = "/api/service.asmx";
        let not_granted = Err(GatewayCode::NotGranted);
        for (method, host, path, soap_action, expected) in [
            (Method::GET, amazon, orders, None, Ok(())),
            (Method::POST, amazon, orders, None, not_granted),
            (Method::GET, amazon, "/orders/2026-01-01/orders", None, not_granted),
            (Method::GET, "sellingpartnerapi-na.amazon.com", orders, None, not_granted),
            (Method::GET, "sellingpartnerapi-eu.amazon.com.example.org", orders, None, not_granted),
            (Method::GET, "example.org", "/", None, not_granted),
            (Method::POST, kashflow, service, Some("KashFlow/GetCustomer"), Ok(())),
            (Method::POST, kashflow, service, Some("KashFlow/InsertInvoice"), Ok(())),
            (
                Method::POST,
                kashflow,
                service,
                Some("KashFlow/DeleteInvoice"),
                Err(GatewayCode::SoapActionNotGranted),
            ),
            (Method::POST, kashflow, service, None, Err(GatewayCode::SoapActionNotGranted)),
            (Method::POST, kashflow, "/other", Some("KashFlow/GetCustomer"), not_granted),
        ] {
            let call = Call { method: &method, host, path, soap_action };
            assert_eq!(check(&grants(), &call), expected, "{call:?}");
        }
    }

    #[test]
    fn without_grants_nothing_passes() {
        let call = Call { method: &Method::GET, host: "example.org", path: "/", soap_action: None };
        assert_eq!(check(&[], &call), Err(GatewayCode::NotGranted));
    }
}
