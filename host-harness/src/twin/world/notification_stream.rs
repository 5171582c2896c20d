//! Everything that Amazon's queue delivers about the world: late, out of order, twice.
//!
//! Source: the SP-API notifications guide selects a standard SQS queue, which delivers at least once and
//! keeps no order. Absent on purpose: the queue itself.

use chrono::Duration;
use serde_json::Value;

use super::World;
use super::notification::{OrderChange, OrderChangeKind};
use super::order::{FulfilmentStatus, Order};
use super::product::{Fulfilment, Product};
use super::proportions;
use super::report::{Report, ReportOrigin, ReportStatus};
use super::stream::{Purpose, Stream};

/// The type of notifications of stock.
const STOCK_CHANGE: &str = "FBA_INVENTORY_AVAILABILITY_CHANGES";

/// The type of a report that is no settlement.
const OTHER_REPORT: &str = "GET_MERCHANT_LISTINGS_ALL_DATA";

impl World {
    /// All notifications in the order of their delivery.
    ///
    /// Every order is announced at least by its last change. Some are announced earlier as well, some
    /// announcements come twice word for word, and there are others that no order explains.
    pub fn notifications(&self) -> Vec<Value> {
        let mut stream = Stream::new(self.seed(), Purpose::NotificationOrder, 0);
        let mut notifications = Vec::new();
        for order in self.orders() {
            let (last, earlier) = (order.last_change(), earlier_changes(order));
            let told = |stream: &mut Stream| stream.per_mille(proportions::EARLIER_CHANGE_ANNOUNCED);
            let announced: Vec<OrderChange> = earlier.into_iter().filter(|_| told(&mut stream)).collect();
            notifications
                .extend(announced.iter().chain([&last]).map(|change| self.notification(order, change)));
            if order.status == FulfilmentStatus::Shipped
                && stream.per_mille(proportions::TRANSACTION_ANNOUNCED)
            {
                let at = order.last_updated_at + Duration::minutes(3);
                notifications.push(self.transaction_notification(order, at));
            }
        }
        self.announce_other_things(&mut stream, &mut notifications);
        let twice = |stream: &mut Stream| stream.per_mille(proportions::DELIVERED_TWICE);
        let repeated: Vec<Value> = notifications.iter().filter(|_| twice(&mut stream)).cloned().collect();
        notifications.extend(repeated);
        stream.shuffle(&mut notifications);
        notifications
    }

    /// The same as a seller gets them who has not subscribed to changes of stock.
    pub fn notifications_without_stock(&self) -> Vec<Value> {
        let mut notifications = self.notifications();
        notifications.retain(|told| told["NotificationType"] != STOCK_CHANGE);
        notifications
    }

    fn announce_other_things(&self, stream: &mut Stream, notifications: &mut Vec<Value>) {
        let hundreds = self.orders().len().div_ceil(100);
        let by_amazon: Vec<&Product> =
            self.products().iter().filter(|product| product.fulfilment == Fulfilment::Amazon).collect();
        for _ in 0..hundreds * proportions::STOCK_ANNOUNCEMENTS_PER_HUNDRED {
            let at = self.epoch() - Duration::minutes(stream.between(5, 14 * 24 * 60));
            if !by_amazon.is_empty() {
                let product = *stream.pick(&by_amazon);
                notifications.push(self.stock_notification(product, at));
            }
        }
        // Settlements first, and then reports that nobody here asked for.
        let mut settlements = self.settlement_reports().into_iter().map(|(report, _)| report);
        for number in (0_u64..).take(hundreds * proportions::REPORT_ANNOUNCEMENTS_PER_HUNDRED) {
            let at = self.epoch() - Duration::minutes(stream.between(5, 14 * 24 * 60));
            let other = || {
                let (origin, status) = ((ReportOrigin::Other, number), ReportStatus::Done);
                Report::generate(self.seed(), origin, OTHER_REPORT, status, at)
            };
            let report = settlements.next().unwrap_or_else(other);
            notifications.push(self.report_notification(&report));
        }
    }
}

/// The statuses that the order went through before its present one, spread over its life.
pub(super) fn earlier_changes(order: &Order) -> Vec<OrderChange> {
    let path: &[FulfilmentStatus] = match order.status {
        FulfilmentStatus::PendingAvailability => &[],
        FulfilmentStatus::Pending if order.created_at == order.last_updated_at => &[],
        FulfilmentStatus::Pending => &[FulfilmentStatus::Pending],
        FulfilmentStatus::Unshipped | FulfilmentStatus::Unfulfillable => &[FulfilmentStatus::Pending],
        FulfilmentStatus::Cancelled => &[FulfilmentStatus::Pending, FulfilmentStatus::Unshipped],
        FulfilmentStatus::PartiallyShipped => &[FulfilmentStatus::Pending, FulfilmentStatus::Unshipped],
        FulfilmentStatus::Shipped if order.lines.len() > 1 => {
            &[FulfilmentStatus::Pending, FulfilmentStatus::Unshipped, FulfilmentStatus::PartiallyShipped]
        }
        FulfilmentStatus::Shipped => &[FulfilmentStatus::Pending, FulfilmentStatus::Unshipped],
    };
    let life = order.last_updated_at - order.created_at;
    let steps = i32::try_from(path.len()).expect("a path is short").max(1);
    (0..)
        .zip(path)
        .map(|(step, status)| OrderChange {
            kind: OrderChangeKind::OrderStatusChange,
            status: *status,
            at: order.created_at + life * step / steps,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::super::WorldSize;
    use super::*;

    fn world() -> World {
        World::generate(9, WorldSize::orders(200))
    }

    fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
        value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {value}"))
    }

    fn order_changes(notifications: &[Value]) -> Vec<&Value> {
        notifications.iter().filter(|value| value["NotificationType"] == "ORDER_CHANGE").collect()
    }

    #[test]
    fn an_order_change_has_every_required_field() {
        for notification in order_changes(&world().notifications()) {
            for field in ["NotificationVersion", "PayloadVersion", "EventTime"] {
                text(notification, &format!("/{field}"));
            }
            for field in ["ApplicationId", "SubscriptionId", "PublishTime", "NotificationId"] {
                text(notification, &format!("/NotificationMetadata/{field}"));
            }
            let change = &notification["Payload"]["OrderChangeNotification"];
            for field in ["NotificationLevel", "SellerId", "AmazonOrderId", "OrderChangeType"] {
                text(change, &format!("/{field}"));
            }
            text(change, "/OrderChangeTrigger/TimeOfOrderChange");
            text(change, "/OrderChangeTrigger/ChangeReason");
            for field in ["MarketplaceId", "OrderStatus", "PurchaseDate", "FulfillmentType", "OrderType"] {
                text(change, &format!("/Summary/{field}"));
            }
            assert!(
                change["Summary"].get("DestinationPostalCode").is_some(),
                "required, though it may be null"
            );
            let items = change["Summary"]["OrderItems"].as_array().expect("items");
            assert!(!items.is_empty());
            for item in items {
                text(item, "/OrderItemId");
                text(item, "/SellerSKU");
                assert!(item["Quantity"].is_u64() && item.get("SupplySourceId").is_some());
            }
        }
    }

    #[test]
    fn every_order_is_announced_in_its_present_state() {
        let world = world();
        let notifications = world.notifications();
        let mut last: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
        for notification in order_changes(&notifications) {
            let change = &notification["Payload"]["OrderChangeNotification"];
            let told =
                (text(change, "/OrderChangeTrigger/TimeOfOrderChange"), text(change, "/Summary/OrderStatus"));
            let entry = last.entry(text(change, "/AmazonOrderId")).or_insert(told);
            *entry = (*entry).max(told);
        }
        assert_eq!(last.len(), world.orders().len());
        for order in world.orders() {
            assert_eq!(last[order.id.as_str()].1, order.status.version_0_name(), "{}", order.id);
        }
    }

    #[test]
    fn ids_are_unique_but_for_exact_duplicates() {
        let notifications = world().notifications();
        let mut by_id: BTreeMap<String, &Value> = BTreeMap::new();
        let mut duplicates = 0;
        for notification in &notifications {
            let id = notification
                .pointer("/NotificationMetadata/NotificationId")
                .or(notification.pointer("/notificationMetadata/notificationId"));
            if let Some(first) = by_id.insert(id.expect("an id").to_string(), notification) {
                assert_eq!(first, notification);
                duplicates += 1;
            }
        }
        assert!(duplicates > 10, "{duplicates}");
        let kinds: BTreeSet<&str> =
            notifications.iter().filter_map(|value| value["NotificationType"].as_str()).collect();
        let expected = ["FBA_INVENTORY_AVAILABILITY_CHANGES", "ORDER_CHANGE", "TRANSACTION_UPDATE"];
        assert!(kinds.iter().eq(expected.iter()), "{kinds:?}");
        assert!(notifications.iter().any(|value| value["notificationType"] == "REPORT_PROCESSING_FINISHED"));
    }

    #[test]
    fn the_stream_is_not_in_the_order_of_events() {
        let notifications = world().notifications();
        let times: Vec<&str> =
            order_changes(&notifications).iter().map(|value| text(value, "/EventTime")).collect();
        assert!(!times.is_sorted());
    }
}
