//! Posts an alert as JSON to an address.

use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use secrecy::ExposeSecret;

use super::target::TargetError;
use crate::connection::AlertWebhook;
use crate::gateway::{Bounds, HttpClient};
use crate::limits::{ALERT_OUTPUT_BYTES, ALERT_TIMEOUT_MS};

pub(super) struct Webhook {
    client: HttpClient,
    address: Uri,
    authorization: Option<HeaderValue>,
}

impl Webhook {
    pub(super) fn new(settings: &AlertWebhook, client: HttpClient) -> Self {
        let address = settings.address.expose_secret().parse();
        let authorization = settings.authorization.as_ref().map(|authorization| {
            let value = HeaderValue::try_from(authorization.expose_secret());
            let mut value = value.expect("the connection file was checked for this");
            value.set_sensitive(true);
            value
        });
        Webhook { client, address: address.expect("the connection file was checked for this"), authorization }
    }

    pub(super) async fn post(&self, alert: &[u8]) -> Result<(), TargetError> {
        let mut request = Request::new(Full::new(Bytes::copy_from_slice(alert)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.address.clone();
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if let Some(authorization) = &self.authorization {
            request.headers_mut().insert(AUTHORIZATION, authorization.clone());
        }
        let timeout = Duration::from_millis(ALERT_TIMEOUT_MS);
        let bounds = Bounds::within(timeout, ALERT_OUTPUT_BYTES);
        let host = || self.address.host().unwrap_or_default().to_owned();
        let response = self.client.exchange(request, bounds).await;
        let response = response.map_err(|source| TargetError::WebhookSilent { host: host(), source })?;
        match response.status() {
            status if status.is_success() => Ok(()),
            status => Err(TargetError::WebhookRefused { host: host(), status }),
        }
    }
}
