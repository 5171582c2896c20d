//! The twin over real loopback HTTP, as any client sees it, and without it.

mod client;
mod fault;
mod feeds;
mod front_door;
mod get_order;
mod in_process;
mod inventory_summaries;
mod listings;
mod login;
mod patch_listing;
mod proceeds;
mod reports;
mod search_orders;
mod usage_plan;
