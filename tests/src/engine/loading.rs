//! Which files a host takes for a plugin.

use host_harness::Host;
use host_harness::artifact::build_package;
use host_harness::code::Code;
use host_harness::engine::PluginError;

use super::{component, engine};

#[test]
fn a_plugin_that_asks_for_files_and_sockets_is_refused() {
    let bytes = build_package("guest", &["excess"], |_| {}).unwrap_or_else(|error| panic!("{error}"));
    let error = Host::new(&engine(), &bytes).expect_err("nobody is given files and sockets");
    assert_eq!(error.code(), Code::PluginImports);
    let message = error.to_string();
    let PluginError::Imports { excess } = error else { panic!("{message}") };
    for name in ["wasi:filesystem/preopens@0.2.", "wasi:filesystem/types@0.2.", "wasi:sockets/tcp@0.2."] {
        assert!(excess.iter().any(|import| import.starts_with(name)) && message.contains(name), "{message}");
    }
    let in_excess =
        |import: &String| import.starts_with("wasi:filesystem/") || import.starts_with("wasi:sockets/");
    assert!(excess.iter().all(in_excess), "{message}");
}

#[test]
fn a_file_that_is_no_component_is_refused() {
    let half = &component()[..component().len() / 2];
    // The third is the smallest core module: WebAssembly, and no component.
    for file in [b"" as &[u8], b"connection = \"acme-uk\"", b"\0asm\x01\0\0\0", half] {
        let error = Host::new(&engine(), file).expect_err("no component");
        assert_eq!(error.code(), Code::PluginNotLoadable);
    }
}
