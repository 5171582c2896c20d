//! Notifications as Amazon sends them, one at a time.
//!
//! Shapes follow the JSON schemas of Amazon's notification types, casing included: ORDER_CHANGE and
//! TRANSACTION_UPDATE are written in PascalCase, REPORT_PROCESSING_FINISHED in camelCase. Absent on
//! purpose: those of stock (`stock`), and which notifications are sent, how often and in what order
//! (`notification_stream`).

mod stock;

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::World;
use super::money::decimal_text;
use super::order::{FulfilmentStatus, Line, Order};
use super::product::Fulfilment;
use super::report::Report;
use super::stream::{Purpose, Stream};

/// A change of an order, of which Amazon tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct OrderChange {
    pub kind: OrderChangeKind,
    /// The status of the order after the change.
    pub status: FulfilmentStatus,
    pub at: DateTime<Utc>,
}

/// Why an ORDER_CHANGE is sent (`OrderChangeType` of its schema).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum OrderChangeKind {
    OrderStatusChange,
    BuyerRequestedChange,
}

impl FulfilmentStatus {
    /// The spelling of the Orders API v0, which notifications keep.
    pub fn version_0_name(self) -> &'static str {
        match self {
            FulfilmentStatus::PendingAvailability => "PendingAvailability",
            FulfilmentStatus::Pending => "Pending",
            FulfilmentStatus::Unshipped => "Unshipped",
            FulfilmentStatus::PartiallyShipped => "PartiallyShipped",
            FulfilmentStatus::Shipped => "Shipped",
            FulfilmentStatus::Cancelled => "Canceled",
            FulfilmentStatus::Unfulfillable => "Unfulfillable",
        }
    }
}

impl Order {
    /// The change that brought the order into its present state.
    pub fn last_change(&self) -> OrderChange {
        let kind = match self.cancellation_requested {
            true => OrderChangeKind::BuyerRequestedChange,
            false => OrderChangeKind::OrderStatusChange,
        };
        OrderChange { kind, status: self.status, at: self.last_updated_at }
    }
}

impl World {
    /// The ORDER_CHANGE notification of a change. The same change makes the same notification, id included.
    pub fn notification(&self, order: &Order, change: &OrderChange) -> Value {
        let key = format!("{}{}{:?}{:?}", order.id, change.at.timestamp(), change.status, change.kind);
        let (level, kind, reason) = match change.kind {
            OrderChangeKind::OrderStatusChange => ("OrderLevel", "OrderStatusChange", "Order Status Change"),
            OrderChangeKind::BuyerRequestedChange => {
                ("OrderLevel", "BuyerRequestedChange", "Buyer Requested Cancel")
            }
        };
        let payload = json!({ "OrderChangeNotification": {
            "NotificationLevel": level,
            "SellerId": self.seller().id.as_str(),
            "AmazonOrderId": order.id.as_str(),
            "OrderChangeType": kind,
            "OrderChangeTrigger": {
                "TimeOfOrderChange": milliseconds(change.at),
                "ChangeReason": reason,
            },
            "Summary": self.summary(order, change),
        }});
        self.pascal_case_envelope("ORDER_CHANGE", &key, change.at, payload)
    }

    /// The TRANSACTION_UPDATE notification of the payment for a shipped order: a trigger without details.
    pub(super) fn transaction_notification(&self, order: &Order, at: DateTime<Utc>) -> Value {
        let amount: serde_json::Number =
            decimal_text(order.gross_pence()).parse().expect("decimal text is a JSON number");
        let payload = json!({ "TransactionUpdateNotification": {
            "SellingPartnerMetadata": {
                "SellingPartnerId": self.seller().id.as_str(),
                "MarketplaceId": order.marketplace.id,
                "AccountType": "PAYABLE",
            },
            "RelatedIdentifiers": [
                { "RelatedIdentifierName": "OrderId", "RelatedIdentifierValue": order.id.as_str() },
            ],
            "TransactionType": "Shipment",
            "PostedDate": milliseconds(at),
            "TotalAmount": { "CurrencyAmount": amount, "CurrencyCode": order.marketplace.currency },
        }});
        self.pascal_case_envelope("TRANSACTION_UPDATE", &format!("transaction {}", order.id), at, payload)
    }

    /// The REPORT_PROCESSING_FINISHED notification of a report, in camelCase. The same report makes the same
    /// notification, id included.
    pub fn report_notification(&self, report: &Report) -> Value {
        let mut told = json!({
            "accountId": format!("amzn1.merchant.o.{}", self.seller().id),
            "sellerId": self.seller().id.as_str(),
            "reportId": report.id.as_str(),
            "reportType": report.report_type,
            "processingStatus": report.status.name(),
        });
        if let Some(id) = &report.document_id {
            told["reportDocumentId"] = id.as_str().into();
        }
        let payload = json!({ "reportProcessingFinishedNotification": told });
        self.camel_case_envelope("REPORT", &format!("report {}", report.id), report.created_at, payload)
    }

    fn summary(&self, order: &Order, change: &OrderChange) -> Value {
        let at_the_time = Order { status: change.status, ..order.clone() };
        let shipped: u32 = order.lines.iter().map(|line| at_the_time.quantity_fulfilled(line)).sum();
        let ordered: u32 = order.lines.iter().map(|line| line.quantity).sum();
        let destination = &self.buyer_of(order).addresses[order.address];
        let disclosed = at_the_time.discloses_buyer();
        let items: Vec<Value> =
            order.lines.iter().map(|line| self.summary_item(line, &at_the_time, change)).collect();
        json!({
            "MarketplaceId": order.marketplace.id,
            "OrderStatus": change.status.version_0_name(),
            "PurchaseDate": milliseconds(order.created_at),
            "DestinationPostalCode": disclosed.then_some(&destination.post_code),
            "FulfillmentType": match order.fulfilment {
                Fulfilment::Amazon => "AFN",
                Fulfilment::Merchant => "MFN",
            },
            "OrderType": match change.status {
                FulfilmentStatus::PendingAvailability => "Preorder",
                _ => "StandardOrder",
            },
            "NumberOfItemsShipped": shipped,
            "NumberOfItemsUnshipped": ordered - shipped,
            "OrderPrograms": programs(order),
            "ShippingPrograms": [],
            "OrderItems": items,
        })
    }

    fn summary_item(&self, line: &Line, order: &Order, change: &OrderChange) -> Value {
        let mut item = json!({
            "OrderItemId": line.item_id.as_str(),
            "SellerSKU": self.product_of(line).sku.as_str(),
            "SupplySourceId": null,
            "Quantity": line.quantity,
            "QuantityShipped": order.quantity_fulfilled(line),
        });
        if change.kind == OrderChangeKind::BuyerRequestedChange {
            item["IsBuyerRequestedCancel"] = true.into();
        }
        item
    }

    fn pascal_case_envelope(&self, kind: &str, key: &str, at: DateTime<Utc>, payload: Value) -> Value {
        let mut stream = self.notification_ids(key);
        let published_at = at + chrono::Duration::milliseconds(stream.between(900, 240_000));
        json!({
            "NotificationVersion": "1.0",
            "NotificationType": kind,
            "PayloadVersion": "1.0",
            "EventTime": milliseconds(published_at),
            "Payload": payload,
            "NotificationMetadata": {
                "ApplicationId": self.seller().credentials.application_id,
                "SubscriptionId": self.subscription_id(kind),
                "PublishTime": milliseconds(published_at + chrono::Duration::milliseconds(715)),
                "NotificationId": stream.uuid(),
            },
        })
    }

    /// The envelope of `REPORT_PROCESSING_FINISHED` and of its brother for feeds.
    fn camel_case_envelope(&self, subject: &str, key: &str, at: DateTime<Utc>, payload: Value) -> Value {
        json!({
            "notificationVersion": "2020-09-04",
            "notificationType": format!("{subject}_PROCESSING_FINISHED"),
            "payloadVersion": "2020-09-04",
            "eventTime": milliseconds(at),
            "payload": payload,
            "notificationMetadata": {
                "applicationId": self.seller().credentials.application_id,
                "subscriptionId": self.subscription_id(subject),
                "publishTime": milliseconds(at),
                "notificationId": self.notification_ids(key).uuid(),
            },
        })
    }

    /// The stream from which the ids of one notification come: named by what the notification tells.
    fn notification_ids(&self, key: &str) -> Stream {
        Stream::named(self.seed(), Purpose::Notification, key)
    }

    fn subscription_id(&self, kind: &str) -> String {
        self.notification_ids(&format!("subscription {kind}")).uuid()
    }
}

/// RFC 3339 in UTC with milliseconds, as notifications write times.
fn milliseconds(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn programs(order: &Order) -> Vec<&'static str> {
    let flags =
        [(order.business, "Business"), (order.prime, "Prime"), (order.replaces.is_some(), "Replacement")];
    flags.into_iter().filter_map(|(set, name)| set.then_some(name)).collect()
}
