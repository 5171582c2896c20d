//! Settlements against books in memory: how they are posted whatever goes wrong.

mod crashes;
mod desk;
mod faults;
mod ledger;
mod office;
mod pace;
mod ports;
