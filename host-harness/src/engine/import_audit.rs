//! Which powers a plugin may ask for: the contract's, and what a Rust standard library needs to start.
//!
//! No file system and no sockets, so a plugin that reaches for them does not even load.

use wasmtime::Engine;
use wasmtime::component::Component;

/// Interfaces of the contract and their exact versions.
const OF_THE_CONTRACT: [&str; 5] = [
    "clarity:kashflow-amazon/types@0.1.0",
    "clarity:ipaas/log@0.1.0",
    "clarity:ipaas/queue@0.1.0",
    "clarity:ipaas/state@0.1.0",
    "wasi:config/store@0.2.0-rc.1",
];

/// Interfaces of WASI 0.2; its patch versions only add to one another.
const OF_WASI_0_2: [&str; 20] = [
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stderr",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stderr",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:clocks/monotonic-clock",
    "wasi:clocks/wall-clock",
    "wasi:http/outgoing-handler",
    "wasi:http/types",
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:random/insecure",
    "wasi:random/insecure-seed",
    "wasi:random/random",
];

/// The imports that this host does not serve.
pub(super) fn excess(component: &Component, engine: &Engine) -> Vec<String> {
    let component_type = component.component_type();
    let names = component_type.imports(engine).map(|(name, _import)| name.to_owned());
    names.filter(|name| !is_served(name)).collect()
}

fn is_served(import: &str) -> bool {
    if OF_THE_CONTRACT.contains(&import) {
        return true;
    }
    let Some((name, version)) = import.split_once('@') else {
        return false;
    };
    let released = version
        .strip_prefix("0.2.")
        .is_some_and(|patch| !patch.is_empty() && patch.bytes().all(|byte| byte.is_ascii_digit()));
    OF_WASI_0_2.contains(&name) && released
}

#[cfg(test)]
mod tests {
    use super::is_served;

    #[test]
    fn only_the_contract_and_the_little_that_std_needs_is_served() {
        for (import, served) in [
            ("clarity:ipaas/state@0.1.0", true),
            ("clarity:ipaas/state@0.2.0", false),
            ("wasi:config/store@0.2.0-rc.1", true),
            ("wasi:config/store@0.2.0-rc.2", false),
            ("wasi:http/outgoing-handler@0.2.12", true),
            ("wasi:http/outgoing-handler@0.2.4", true),
            ("wasi:http/outgoing-handler@0.3.0", false),
            ("wasi:http/outgoing-handler@0.2.0-rc-2023-11-10", false),
            ("wasi:http/incoming-handler@0.2.12", false),
            ("wasi:filesystem/types@0.2.12", false),
            ("wasi:sockets/tcp@0.2.12", false),
            ("host-function", false),
        ] {
            assert_eq!(is_served(import), served, "{import}");
        }
    }
}
