//! Amazon and KashFlow, played: real HTTP servers on loopback over one seeded world.
//!
//! They share no code with the plugin, because they are the witnesses of what it does. Absent on purpose:
//! anything that a real service does not show to its clients, except through the handles for tests.

pub mod amazon;
mod connection_folder;
pub mod kashflow;
mod pair;
pub mod world;

pub use connection_folder::{ConnectionFolder, ConnectionFolderError};
pub use pair::{KashFlowCredentials, PairError, PairOptions, TwinPair, account};
