//! Whether a request comes from somebody who knows the secret.
//!
//! Either the request carries the secret, or a signature over the raw body: `sha256=` and the hexadecimal
//! HMAC-SHA256. With an `x-webhook-timestamp` (seconds since 1970) the signature is over timestamp, full stop and
//! body, and is good for five minutes. Comparisons take the same time whatever is wrong. Deliberately absent:
//! protection against repetition beyond that: an event that is sent again is a duplicate, and changes nothing.

use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::connection::WebhookSecret;
use crate::limits::WEBHOOK_TIMESTAMP_TOLERANCE_MS;

pub(super) const SECRET: &str = "x-webhook-secret";
pub(super) const SIGNATURE: &str = "x-webhook-signature";
pub(super) const TIMESTAMP: &str = "x-webhook-timestamp";

/// Knows the secret of one webhook.
pub(super) struct Authenticity {
    secret: WebhookSecret,
}

impl Authenticity {
    pub(super) fn new(secret: WebhookSecret) -> Self {
        Authenticity { secret }
    }

    /// What can be said from the head alone, so that nobody without a secret has a body read.
    pub(super) fn may_send(&self, headers: &HeaderMap) -> bool {
        match &self.secret {
            WebhookSecret::Shared(secret) => carries(headers, secret),
            WebhookSecret::Hmac(_) => headers.contains_key(SIGNATURE),
        }
    }

    pub(super) fn is_authentic(&self, headers: &HeaderMap, body: &[u8], now_ms: u64) -> bool {
        match &self.secret {
            WebhookSecret::Shared(secret) => carries(headers, secret),
            WebhookSecret::Hmac(secret) => is_signed(headers, body, secret, now_ms).is_some(),
        }
    }

    /// What a 401 has to name (RFC 9110, section 11.6.1).
    pub(super) fn challenge(&self) -> &'static str {
        match self.secret {
            WebhookSecret::Shared(_) => "Bearer",
            WebhookSecret::Hmac(_) => "HMAC-SHA256",
        }
    }
}

/// In a header of its own, as an EventBridge connection of type API key sends it, or as a bearer token.
fn carries(headers: &HeaderMap, secret: &SecretString) -> bool {
    let own = headers.get(SECRET).map(HeaderValue::as_bytes);
    let bearer = headers.get(AUTHORIZATION).and_then(|value| bearer_token(value.as_bytes()));
    let Some(offered) = own.or(bearer) else {
        return false;
    };
    // Digests are of one length, so that not even the length of the secret shows.
    let (offered, secret) = (Sha256::digest(offered), Sha256::digest(secret.expose_secret()));
    offered.as_slice().ct_eq(secret.as_slice()).into()
}

/// The scheme is in any casing (RFC 9110, section 11.1).
fn bearer_token(value: &[u8]) -> Option<&[u8]> {
    let (scheme, token) = value.split_at_checked("Bearer ".len())?;
    scheme.eq_ignore_ascii_case(b"Bearer ").then_some(token)
}

fn is_signed(headers: &HeaderMap, body: &[u8], secret: &SecretString, now_ms: u64) -> Option<()> {
    let signature = headers.get(SIGNATURE)?.as_bytes().strip_prefix(b"sha256=")?;
    let signature = HEXLOWER_PERMISSIVE.decode(signature).ok()?;
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose_secret().as_bytes()).ok()?;
    if let Some(timestamp) = headers.get(TIMESTAMP) {
        let seconds: u64 = timestamp.to_str().ok()?.parse().ok()?;
        let age_ms = now_ms.abs_diff(seconds.checked_mul(1_000)?);
        if age_ms > WEBHOOK_TIMESTAMP_TOLERANCE_MS {
            return None;
        }
        mac.update(timestamp.as_bytes());
        mac.update(b".");
    }
    mac.update(body);
    mac.verify_slice(&signature).ok()
}
