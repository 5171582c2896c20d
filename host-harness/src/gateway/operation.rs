//! Which remote operation a call is, and whether it reads.

use http::Method;

use super::observer::OTHER;
use super::usage_plan::{UsagePlan, plan_of};
use super::{Credential, Route};

/// A longer name is none: KashFlow's longest has some forty characters.
const NAME_CHARACTERS_MAX: usize = 64;

/// What a call does, as far as the gateway has to know.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation<'a> {
    pub name: &'a str,
    pub plan: Option<&'static UsagePlan>,
    /// Whether it can be sent twice without harm. In doubt it cannot.
    pub reads: bool,
}

impl<'a> Operation<'a> {
    /// The download of a document, which no usage plan counts.
    pub const DOWNLOAD: Operation<'static> = Operation { name: "downloadDocument", plan: None, reads: true };

    /// The upload of a document, which no usage plan counts either.
    pub const UPLOAD: Operation<'static> = Operation { name: "uploadDocument", plan: None, reads: false };

    /// `path` and `soap_action` are those of the plugin's request.
    pub fn of(route: &Route, method: &Method, path: &str, soap_action: Option<&'a str>) -> Self {
        let mut operation =
            Operation { name: OTHER, plan: None, reads: matches!(*method, Method::GET | Method::HEAD) };
        match &route.credential {
            Credential::LwaToken(_) => {
                operation.plan = plan_of(method, path);
                operation.name = operation.plan.map_or(OTHER, |plan| plan.operation);
            }
            Credential::SoapUserNamePassword { .. } => {
                if let Some(name) = soap_action.and_then(|action| soap_operation(action)) {
                    operation.name = name;
                    operation.reads |= *method == Method::POST && name.starts_with("Get");
                }
            }
            Credential::None => {}
        }
        operation
    }
}

/// The operation behind the last slash, if it is a name.
fn soap_operation(action: &str) -> Option<&str> {
    let name = action.rsplit('/').next()?;
    let is_name = matches!(name.len(), 1..=NAME_CHARACTERS_MAX)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some(name)
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::gateway::RoutePath;

    fn route(credential: Credential) -> Route {
        Route {
            host: "example.org".to_owned(),
            endpoint: "https://example.org".parse().unwrap(),
            path: RoutePath::Appended,
            credential,
        }
    }

    #[test]
    fn a_soap_operation_reads_by_its_name_and_what_has_none_writes() {
        let (user_name, password) = (SecretString::from("a"), SecretString::from("b"));
        let route = route(Credential::SoapUserNamePassword { user_name, password });
        for (action, name, reads) in [
            (Some("KashFlow/GetCustomer"), "GetCustomer", true),
            (Some("KashFlow/InsertInvoice"), "InsertInvoice", false),
            (Some("KashFlow/getCustomer"), "getCustomer", false),
            (Some("Get/InsertInvoice"), "InsertInvoice", false),
            (Some("KashFlow/Get Customer"), OTHER, false),
            (Some("KashFlow/"), OTHER, false),
            (None, OTHER, false),
        ] {
            let operation = Operation::of(&route, &Method::POST, "/api/service.asmx", action);
            assert_eq!((operation.name, operation.reads), (name, reads), "{action:?}");
            assert!(operation.plan.is_none());
        }
    }

    #[test]
    fn elsewhere_the_method_says_whether_a_call_reads() {
        let route = route(Credential::None);
        for (method, reads) in [
            (Method::GET, true),
            (Method::HEAD, true),
            (Method::POST, false),
            (Method::PUT, false),
            (Method::PATCH, false),
            (Method::DELETE, false),
        ] {
            // The header of a service that is not SOAP means nothing.
            let operation = Operation::of(&route, &method, "/", Some("KashFlow/GetCustomer"));
            assert_eq!((operation.name, operation.reads), (OTHER, reads), "{method}");
        }
    }
}
