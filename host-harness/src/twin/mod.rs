//! Amazon and KashFlow, played: real HTTP servers on loopback over one seeded world, or the same services
//! without a socket, for runs on one thread.
//!
//! They share no code with the plugin, because they are the witnesses of what it does. Absent on purpose:
//! anything that a real service does not show to its clients, except through the handles for tests.

pub mod amazon;
mod connection_folder;
mod in_process;
pub mod kashflow;
mod pair;
pub mod world;

pub use connection_folder::{ConnectionFolder, ConnectionFolderError};
pub use in_process::InProcessTwins;
pub use pair::{KashFlowCredentials, PairError, PairOptions, TwinPair, account};
