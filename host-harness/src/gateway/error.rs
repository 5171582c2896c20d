//! How the gateway tells that a call brought no answer.

use super::{GatewayCode, TransportError};

/// A call without an answer for the plugin.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum GatewayError {
    /// By decision; nothing was sent.
    #[error("{code} {}: {reason}", .code.title())]
    Denied { code: GatewayCode, reason: String },
    #[error("{} {}", .0.code(), .0.code().title())]
    Transport(#[source] TransportError),
}

impl GatewayError {
    pub fn code(&self) -> GatewayCode {
        match self {
            GatewayError::Denied { code, .. } => *code,
            GatewayError::Transport(error) => error.code(),
        }
    }

    /// Whether the upstream may have received the request.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, GatewayError::Transport(error) if error.may_have_arrived())
    }
}
