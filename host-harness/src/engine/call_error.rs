//! Why a call of the plugin came to no end of its own.

use super::{HostCall, Moment};
use crate::code::Code;

/// A call that the plugin did not finish. Whatever it had done outside stays done.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("the plugin crashed: {message}")]
    Trapped { message: String },
    #[error("the plugin asked for more than {limit_bytes} bytes of memory")]
    OutOfMemory { limit_bytes: usize },
    #[error("the plugin took longer than {limit_ms} ms")]
    TimeLimit { limit_ms: u64 },
    #[error("the plugin made more than {limit} host calls")]
    HostCallLimit { limit: u32 },
    #[error("the plugin broke the contract: {reason}")]
    BrokeContract { reason: String },
    #[error("the instance was stopped {moment} the call {call}")]
    Stopped { call: HostCall, moment: Moment },
    #[error("no instance of the plugin could be made")]
    NotStarted {
        #[source]
        source: anyhow::Error,
    },
}

impl CallError {
    pub fn code(&self) -> Code {
        match self {
            CallError::Trapped { .. } => Code::PluginTrapped,
            CallError::OutOfMemory { .. } => Code::PluginOutOfMemory,
            CallError::TimeLimit { .. } => Code::PluginTimeLimit,
            CallError::HostCallLimit { .. } => Code::PluginHostCallLimit,
            CallError::BrokeContract { .. } => Code::PluginBrokeContract,
            CallError::Stopped { .. } => Code::PluginStopped,
            CallError::NotStarted { .. } => Code::PluginNotStarted,
        }
    }
}

/// What a capability answers to a call that the contract does not allow: it ends the instance.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ContractBroken(pub(crate) String);
