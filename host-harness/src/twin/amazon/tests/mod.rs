//! The twin over real loopback HTTP, as any client sees it.

mod client;
mod fault;
mod front_door;
mod get_order;
mod login;
mod proceeds;
mod search_orders;
mod usage_plan;
