//! One queue, through the AWS SDK: receive, keep hidden, delete.
//!
//! Deliberately absent: when each is done.

use std::time::Duration;

use aws_config::BehaviorVersion;
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::config::{Config, Credentials, Region, SharedHttpClient};
use aws_sdk_sqs::types::{ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, Message};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::{Builder, Connector};
use secrecy::ExposeSecret;
use url::Url;

use super::TRACEPARENT;
use super::refusal::Refusal;
use crate::connection::{AwsCredentials, SqsSettings};
use crate::limits::{CONNECT_TIMEOUT_MS, SQS_VISIBILITY_SECONDS, SQS_WAIT_SECONDS};

/// What one receive, one deletion or one extension can be about (SQS: "Amazon SQS batch actions").
const BATCH: i32 = 10;

/// How long a call may take beyond the wait for messages: a connection that died in silence is given up then.
const CALL_TIMEOUT: Duration = Duration::from_secs(15);

/// Never through a proxy: this machine, and where AWS hands out credentials to what runs in it.
const NO_PROXY: &str = "localhost,127.0.0.0/8,::1,169.254.169.254,169.254.170.2";

#[derive(Clone)]
pub(in crate::source) struct Queue {
    client: Client,
    url: String,
    visibility_seconds: i32,
}

/// An address of a proxy that the client does not understand.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::source) struct ProxyUnusable;

impl Queue {
    /// Calls nothing yet. Without credentials of its own, the connection uses those that the AWS SDK finds.
    pub(in crate::source) async fn new(
        settings: &SqsSettings,
        proxy: Option<&Url>,
    ) -> Result<Self, ProxyUnusable> {
        let http_client = http_client(proxy)?;
        let config = match &settings.credentials {
            Some(credentials) => Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .http_client(http_client)
                .credentials_provider(access_key(credentials)),
            None => {
                let loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http_client);
                let loader = loader.region(Region::new(settings.region.clone()));
                aws_sdk_sqs::config::Builder::from(&loader.load().await)
            }
        };
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_millis(CONNECT_TIMEOUT_MS))
            .operation_attempt_timeout(
                Duration::from_secs(SQS_WAIT_SECONDS.unsigned_abs().into()) + CALL_TIMEOUT,
            );
        let config = config.region(Region::new(settings.region.clone())).timeout_config(timeouts.build());
        let config = match &settings.endpoint {
            Some(endpoint) => config.endpoint_url(endpoint.as_str()),
            None => config,
        };
        Ok(Queue {
            client: Client::from_conf(config.build()),
            url: settings.queue_url.to_string(),
            visibility_seconds: SQS_VISIBILITY_SECONDS,
        })
    }

    /// The same queue with another time for which a message in hand is hidden.
    #[cfg(test)]
    pub(super) fn hiding_for(self, visibility_seconds: i32) -> Self {
        Queue { visibility_seconds, ..self }
    }

    pub(super) fn visibility_seconds(&self) -> i32 {
        self.visibility_seconds
    }

    /// Waits for messages, for as long as SQS lets one wait, and gives ten at most. They are hidden from others.
    pub(super) async fn receive(&self) -> Result<Vec<Message>, Refusal> {
        let call = self
            .client
            .receive_message()
            .queue_url(&self.url)
            .max_number_of_messages(BATCH)
            .wait_time_seconds(SQS_WAIT_SECONDS)
            .visibility_timeout(self.visibility_seconds)
            .message_attribute_names(TRACEPARENT);
        let answer = call.send().await.map_err(|error| Refusal::of(&error))?;
        Ok(answer.messages.unwrap_or_default())
    }

    /// Hides the messages anew, counted from now. Gives what went wrong, as [`Queue::delete`] does.
    pub(super) async fn keep_hidden(&self, messages: &[Message]) -> Vec<Refusal> {
        let entries = messages.iter().enumerate().filter_map(|(index, message)| {
            ChangeMessageVisibilityBatchRequestEntry::builder()
                .id(index.to_string())
                .set_receipt_handle(message.receipt_handle.clone())
                .visibility_timeout(self.visibility_seconds)
                .build()
                .ok()
        });
        let call = self.client.change_message_visibility_batch().queue_url(&self.url);
        match call.set_entries(Some(entries.collect())).send().await {
            Ok(answer) => answer.failed().iter().map(Refusal::of_entry).collect(),
            Err(error) => vec![Refusal::of(&error)],
        }
    }

    pub(super) async fn delete(&self, messages: &[Message]) -> Vec<Refusal> {
        if messages.is_empty() {
            return Vec::new();
        }
        let entries = messages.iter().enumerate().filter_map(|(index, message)| {
            DeleteMessageBatchRequestEntry::builder()
                .id(index.to_string())
                .set_receipt_handle(message.receipt_handle.clone())
                .build()
                .ok()
        });
        let call = self.client.delete_message_batch().queue_url(&self.url);
        match call.set_entries(Some(entries.collect())).send().await {
            Ok(answer) => answer.failed().iter().map(Refusal::of_entry).collect(),
            Err(error) => vec![Refusal::of(&error)],
        }
    }
}

fn access_key(credentials: &AwsCredentials) -> Credentials {
    let (id, secret) = (&credentials.access_key_id, &credentials.secret_access_key);
    Credentials::new(id.expose_secret(), secret.expose_secret(), None, None, "connection file")
}

fn http_client(proxy: Option<&Url>) -> Result<SharedHttpClient, ProxyUnusable> {
    let proxy = match proxy {
        Some(proxy) => ProxyConfig::all(proxy.as_str()).map_err(|_| ProxyUnusable)?.no_proxy(NO_PROXY),
        None => ProxyConfig::disabled(),
    };
    Ok(Builder::new().build_with_connector_fn(move |settings, _components| {
        let connector = Connector::builder().proxy_config(proxy.clone());
        let connector = match settings {
            Some(settings) => connector.connector_settings(settings.clone()),
            None => connector,
        };
        connector.tls_provider(Provider::Rustls(CryptoMode::Ring)).build()
    }))
}
