//! Brings the notifications to the harness as Amazon would: again and again until it has them.

use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use http::{Request, StatusCode};
use http_body_util::Full;
use serde_json::Value;

use crate::clock::{Clock, SystemClock};
use crate::command::deliver::store_error;
use crate::connection::ConnectionName;
use crate::engine::Source;
use crate::gateway::{Bounds, HttpClient};
use crate::limits::Limits;
use crate::source::arrived_event;
use crate::store::SqliteStore;

use super::process::WEBHOOK_SECRET;

/// Requests that are under way at a time.
const SIDE_BY_SIDE: usize = 16;

/// How long before an event is offered again that was not taken.
const PATIENCE: Duration = Duration::from_millis(100);

/// Puts events into the queue while no harness runs.
pub(super) async fn queue(
    store: &SqliteStore,
    connection: &ConnectionName,
    notifications: &[Value],
) -> anyhow::Result<()> {
    let taken = stream::iter(notifications)
        .map(|notification| async move {
            let event = arrived_event(body_now(notification), Source::AmazonNotification, None);
            store.take_in(connection, &event).await.map(drop).map_err(store_error)
        })
        .buffer_unordered(SIDE_BY_SIDE);
    taken.try_collect::<()>().await
}

/// Sends events until each is taken.
pub(super) async fn feed(webhook: String, notifications: &[Value]) -> anyhow::Result<()> {
    let (client, webhook) = (&HttpClient::new(), &webhook);
    let sent = stream::iter(notifications)
        .map(|notification| async move { send(client, webhook, &body_now(notification)).await })
        .buffer_unordered(SIDE_BY_SIDE);
    sent.try_collect::<()>().await
}

async fn send(client: &HttpClient, webhook: &str, body: &[u8]) -> anyhow::Result<()> {
    loop {
        let request = Request::post(webhook)
            .header("content-type", "application/json")
            .header("x-webhook-secret", WEBHOOK_SECRET)
            .body(Full::new(Bytes::copy_from_slice(body)))
            .context("the webhook has a sound address")?;
        match client.exchange(request, Bounds::of(&Limits::default())).await {
            Ok(answer) if answer.status() == StatusCode::ACCEPTED => return Ok(()),
            Ok(answer) if answer.status().is_client_error() => {
                anyhow::bail!("the webhook refuses an event: {}", answer.status());
            }
            // The harness is down, or just killed: whether it has the event is not known.
            Ok(_) | Err(_) => tokio::time::sleep(PATIENCE).await,
        }
    }
}

/// The notification as if Amazon sent it now: an event that is weeks old is not repeated for long.
fn body_now(notification: &Value) -> Vec<u8> {
    let mut notification = notification.clone();
    let now = Value::from(SystemClock.now().to_rfc3339());
    for name in ["EventTime", "eventTime"] {
        if let Some(time) = notification.get_mut(name) {
            *time = now.clone();
        }
    }
    notification.to_string().into_bytes()
}
