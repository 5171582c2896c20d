//! Why a service does not start, or ends by itself.

use crate::code::Code;
use crate::dispatcher::PluginRefused;
use crate::engine::EngineError;
use crate::source::SourceError;
use crate::store::StoreError;
use crate::telemetry::operations_server::ListenError;

#[derive(Debug, thiserror::Error)]
pub enum ServiceError {
    #[error(transparent)]
    Engine(#[from] EngineError),
    #[error(transparent)]
    Plugin(#[from] PluginRefused),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error(
        "a {part} ended by itself, which is a fault of the host: start it again, and report it with the log"
    )]
    Broken { part: &'static str },
}

impl ServiceError {
    pub fn code(&self) -> Code {
        match self {
            ServiceError::Engine(error) => error.code(),
            ServiceError::Plugin(error) => error.code(),
            ServiceError::Store(error) => error.code(),
            ServiceError::Source(error) => error.code(),
            ServiceError::Listen(error) => error.code(),
            ServiceError::Broken { .. } => Code::ServiceBroken,
        }
    }
}
