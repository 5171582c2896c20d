//! Why a source cannot be started.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::code::Code;

/// Something that a person has to put right before events can be received.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error(
        "the folder `{}` cannot be used as sources.directory.path: {source}; create it, and let this user read \
         it and write in it", .path.display()
    )]
    Directory { path: PathBuf, source: io::Error },
    #[error(
        "the webhook cannot listen on {address}: {source}; end the program that uses the port, or change \
         sources.webhook.listen"
    )]
    Webhook { address: SocketAddr, source: io::Error },
    #[error("the proxy cannot be used for SQS: write its address as http://HOST:PORT or https://HOST:PORT")]
    Proxy,
}

impl SourceError {
    pub fn code(&self) -> Code {
        match self {
            SourceError::Directory { .. } => Code::DirectoryUnusable,
            SourceError::Webhook { .. } => Code::WebhookCannotListen,
            SourceError::Proxy => Code::QueueProxyUnusable,
        }
    }
}
