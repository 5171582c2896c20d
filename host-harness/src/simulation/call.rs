//! The calls that deliveries make, as the outside world sees them.
//!
//! Absent on purpose: what they carry.

use std::fmt;

use bytes::Bytes;
use http::Request;

use crate::gateway::soap_action;

/// Who is called.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Service {
    /// Login with Amazon.
    Login,
    Amazon,
    KashFlow,
    /// State and queues.
    Store,
}

/// What is asked of whom. Names no person and no secret: a SOAP operation, a path, a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Call {
    pub service: Service,
    pub name: String,
}

impl Call {
    pub fn of_request(request: &Request<Bytes>) -> Self {
        let path = request.uri().path();
        match soap_action(request.headers()) {
            Some(action) => {
                let name = action.trim_matches('"').trim_start_matches("KashFlow/").to_owned();
                Call { service: Service::KashFlow, name }
            }
            None if path.starts_with("/auth/") => Call { service: Service::Login, name: "token".to_owned() },
            None => Call { service: Service::Amazon, name: format!("{} {path}", request.method()) },
        }
    }

    pub fn of_store(name: String) -> Self {
        Call { service: Service::Store, name }
    }

    /// Whether it can change KashFlow's books.
    pub fn writes_books(&self) -> bool {
        self.service == Service::KashFlow && !self.name.starts_with("Get") && !self.name.starts_with("is")
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let service = match self.service {
            Service::Login => "login",
            Service::Amazon => "amazon",
            Service::KashFlow => "kashflow",
            Service::Store => "store",
        };
        write!(f, "{service} {}", self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_named_by_its_operation() {
        let soap = |action: &str| {
            let request = Request::post("http://127.0.0.1:1/api/service.asmx").header("soapaction", action);
            Call::of_request(&request.body(Bytes::new()).expect("a request"))
        };
        let reads = soap("\"KashFlow/GetInvoice\"");
        assert_eq!((reads.to_string().as_str(), reads.writes_books()), ("kashflow GetInvoice", false));
        let writes = soap("\"KashFlow/applyCreditNoteToInvoice\"");
        assert_eq!((writes.name.as_str(), writes.writes_books()), ("applyCreditNoteToInvoice", true));
        let get = |uri: &str| Call::of_request(&Request::get(uri).body(Bytes::new()).expect("a request"));
        assert_eq!(get("http://127.0.0.1:1/auth/o2/token").service, Service::Login);
        assert_eq!(
            get("http://127.0.0.1:1/orders/2026-01-01/orders/026-1").to_string(),
            "amazon GET /orders/2026-01-01/orders/026-1"
        );
    }
}
