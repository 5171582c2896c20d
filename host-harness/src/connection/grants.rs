//! From the grants of the file to what the gateway and the queues allow.

use std::collections::BTreeSet;

use http::Method;
use toml::Spanned;

use super::KASHFLOW_HOST;
use super::document::{GrantsSection, HttpGrantSection};
use super::load::Reader;
use crate::code::Code;
use crate::gateway::{DOCUMENT_HOSTS, HttpGrant, Pattern};

impl Reader<'_> {
    pub(super) fn grants(
        &mut self,
        section: GrantsSection,
        amazon_host: Option<&str>,
    ) -> (Vec<HttpGrant>, BTreeSet<String>) {
        let http = section.http.into_iter().filter_map(|grant| self.http_grant(grant, amazon_host)).collect();
        for queue in &section.queues {
            let name = queue.get_ref();
            let allowed =
                |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
            if name.is_empty() || !name.bytes().all(allowed) {
                let message = "a queue has a name of lowercase letters, digits, hyphens and dots";
                self.problem(Code::ConnectionValue, Some(queue.span()), "grants.queues", message);
            }
        }
        (http, section.queues.into_iter().map(Spanned::into_inner).collect())
    }

    fn http_grant(
        &mut self,
        grant: Spanned<HttpGrantSection>,
        amazon_host: Option<&str>,
    ) -> Option<HttpGrant> {
        let span = grant.span();
        let HttpGrantSection { host, methods, paths, soap_actions } = grant.into_inner();
        let hosts: Vec<&str> = amazon_host.into_iter().chain([KASHFLOW_HOST]).chain(DOCUMENT_HOSTS).collect();
        let Some(host) = host else {
            let message = format!("the host is missing; the hosts are {}", hosts.join(", "));
            self.problem(Code::ConnectionShape, Some(span), "grants.http.host", message);
            return None;
        };
        // Without Amazon's host nothing can be said about a grant to it; that problem is reported already.
        if amazon_host.is_some() && !hosts.contains(&host.get_ref().as_str()) {
            let message = format!("no section leads to this host; the hosts are {}", hosts.join(", "));
            self.problem(Code::GrantWithoutRoute, Some(host.span()), "grants.http.host", message);
        }
        for (key, missing) in [("methods", methods.is_empty()), ("paths", paths.is_empty())] {
            if missing {
                let message =
                    format!("without {key} the grant allows nothing; list them, or remove the grant");
                self.problem(
                    Code::ConnectionShape,
                    Some(span.clone()),
                    &format!("grants.http.{key}"),
                    message,
                );
            }
        }
        let methods = methods.iter().filter_map(|method| self.method(method)).collect();
        for path in paths.iter().filter(|path| !path.get_ref().starts_with('/')) {
            self.problem(
                Code::ConnectionValue,
                Some(path.span()),
                "grants.http.paths",
                "a path begins with /",
            );
        }
        let patterns = |patterns: Vec<Spanned<String>>| {
            patterns.into_iter().map(|pattern| Pattern::new(pattern.into_inner())).collect()
        };
        Some(HttpGrant {
            host: host.into_inner(),
            methods,
            paths: patterns(paths),
            soap_actions: soap_actions.map(patterns),
        })
    }

    fn method(&mut self, method: &Spanned<String>) -> Option<Method> {
        let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
        let found = known.iter().find(|known| known.as_str() == method.get_ref()).cloned();
        if found.is_none() {
            let message = "the methods are GET, HEAD, POST, PUT, PATCH and DELETE";
            self.problem(Code::ConnectionValue, Some(method.span()), "grants.http.methods", message);
        }
        found
    }
}
