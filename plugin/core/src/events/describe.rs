//! What the plugin is and which powers it needs, for a person to grant.

use crate::kashflow;
use crate::settings::Region;

/// Stands for wherever Amazon keeps the documents of reports. The plugin goes where the links say; a host that keeps
/// the links to itself gives it links to here.
const DOCUMENT_HOST: &str = "report-documents.amazon";

/// The same for the documents of feeds.
const FEED_DOCUMENT_HOST: &str = "feed-documents.amazon";

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
        subscriptions: vec![
            "ORDER_CHANGE",
            "REPORT_PROCESSING_FINISHED",
            "FBA_INVENTORY_AVAILABILITY_CHANGES",
            "FEED_PROCESSING_FINISHED",
        ],
        capabilities: vec![
            Capability {
                host: Region::Europe.host(),
                methods: vec!["GET", "PATCH", "POST"],
                reason: "reads an order again when a notification names it, and searches for orders that changed without one; \
                         looks up the settlement reports that Amazon has made; counts what lies in Amazon's warehouses, \
                         reads offers and sets their quantities, one by one or as a feed; another region has its own host",
            },
            Capability {
                host: DOCUMENT_HOST,
                methods: vec!["GET"],
                reason: "downloads settlement reports from the links that Amazon gives; the gateway keeps the links, \
                         and this host stands for them",
            },
            Capability {
                host: FEED_DOCUMENT_HOST,
                methods: vec!["GET", "PUT"],
                reason: "sends feeds of quantities to the links that Amazon gives, and downloads what became of them",
            },
            Capability {
                host: kashflow::HOST,
                methods: vec!["POST"],
                reason: "looks up and creates customers, sales invoices and the credit notes that correct them, and posts \
                         settlements: payments, suppliers, purchases, bank transactions and journals; reads products and sets \
                         their stock levels, over SOAP",
            },
        ],
    }
}
