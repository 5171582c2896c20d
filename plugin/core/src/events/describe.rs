//! What the plugin is and which powers it needs, for a person to grant.

use crate::kashflow;
use crate::settings::Region;

/// One outgoing power.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Capability {
    pub host: &'static str,
    pub methods: Vec<&'static str>,
    pub reason: &'static str,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Description {
    pub name: &'static str,
    pub version: &'static str,
    pub subscriptions: Vec<&'static str>,
    pub capabilities: Vec<Capability>,
}

pub fn describe() -> Description {
    Description {
        name: "kashflow-amazon",
        version: env!("CARGO_PKG_VERSION"),
        subscriptions: vec!["ORDER_CHANGE"],
        capabilities: vec![
            Capability {
                host: Region::Europe.host(),
                methods: vec!["GET"],
                reason: "reads an order again when a notification names it, and searches for orders that changed without one; \
                         another region has its own host",
            },
            Capability {
                host: kashflow::HOST,
                methods: vec!["POST"],
                reason: "looks up and creates customers, sales invoices and the credit notes that correct them, over SOAP",
            },
        ],
    }
}
