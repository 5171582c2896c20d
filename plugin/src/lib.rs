//! The component: `export!`, the conversion between WIT and core types, and the core's ports over the
//! imports. No business word stands here; everything that the plugin knows is in `plugin-core`.

mod convert;
mod http;
mod ports;

mod bindings {
    wit_bindgen::generate!({
        world: "plugin",
        path: "../wit",
        with: {
            "wasi:clocks/monotonic-clock@0.2.12": ::wasi::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.12": ::wasi::clocks::wall_clock,
            "wasi:config/store@0.2.0-rc.1": generate,
            "wasi:http/outgoing-handler@0.2.12": ::wasi::http::outgoing_handler,
            "wasi:http/types@0.2.12": ::wasi::http::types,
            "wasi:io/error@0.2.12": ::wasi::io::error,
            "wasi:io/poll@0.2.12": ::wasi::io::poll,
            "wasi:io/streams@0.2.12": ::wasi::io::streams,
            "clarity:ipaas/log@0.1.0": generate,
            "clarity:ipaas/queue@0.1.0": generate,
            "clarity:ipaas/state@0.1.0": generate,
        },
    });
}

use bindings::clarity::kashflow_amazon::types::{Delivery, Failure, Finding, Outcome};
use bindings::exports::clarity::kashflow_amazon::{events, lifecycle};
use plugin_core::events as core_events;

use ports::WasiHost;

struct Plugin;

impl events::Guest for Plugin {
    fn on_order(delivery: Delivery) -> Result<Outcome, Failure> {
        convert::result(core_events::on_order(&mut WasiHost::default(), &convert::delivery(delivery)))
    }

    fn on_financial_event(delivery: Delivery) -> Result<Outcome, Failure> {
        convert::result(core_events::on_financial_event(
            &mut WasiHost::default(),
            &convert::delivery(delivery),
        ))
    }

    fn on_inventory(delivery: Delivery) -> Result<Outcome, Failure> {
        convert::result(core_events::on_inventory(&mut WasiHost::default(), &convert::delivery(delivery)))
    }
}

impl lifecycle::Guest for Plugin {
    fn describe() -> lifecycle::Description {
        convert::description(core_events::describe())
    }

    fn check_connection() -> Vec<Finding> {
        core_events::check_connection(&mut WasiHost::default()).into_iter().map(convert::finding).collect()
    }
}

bindings::export!(Plugin with_types_in bindings);
