//! The contract since version 0.1, as generated from `wit/`. A released contract is never changed: the next
//! one gets a module of its own, and this one stays for the plugins that were built for it.

wasmtime::component::bindgen!({
    path: "../wit",
    world: "clarity:kashflow-amazon/plugin",
    imports: { default: async | trappable },
    exports: { default: async },
    require_store_data_send: true,
    additional_derives: [PartialEq, Eq],
    with: {
        "wasi:clocks": wasmtime_wasi::p2::bindings::clocks,
        "wasi:http": wasmtime_wasi_http::p2::bindings::http,
        "wasi:io": wasmtime_wasi::p2::bindings::io,
    },
});
