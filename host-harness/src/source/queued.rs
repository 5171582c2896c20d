//! What a message that the plugin queued for itself is about.

use serde::Deserialize;

#[derive(Deserialize)]
struct QueuedOrder {
    order: String,
}

/// The ordering key of a message that names an order; the same as that of a notification of this order.
pub fn queued_order_key(body: &[u8]) -> Option<String> {
    let queued: QueuedOrder = serde_json::from_slice(body).ok()?;
    Some(format!("order/{}", queued.order))
}

#[cfg(test)]
mod tests {
    use super::queued_order_key;

    #[test]
    fn an_order_is_found_and_nothing_else() {
        let key = |body: &str| queued_order_key(body.as_bytes());
        assert_eq!(
            key(r#"{"order":"026-1","lastUpdatedAt":"2026-11-01T00:00:00Z"}"#).as_deref(),
            Some("order/026-1")
        );
        assert_eq!(key(r#"{"sku":"A"}"#), None);
        assert_eq!(key("not JSON"), None);
    }
}
