//! The twin over real loopback HTTP, as any client sees it, and without it.

mod client;
mod fault;
mod front_door;
mod get_order;
mod in_process;
mod login;
mod proceeds;
mod reports;
mod search_orders;
mod usage_plan;
