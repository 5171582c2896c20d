//! The engine on a machine, or in a container, that has no room for a pool of instances.

use std::process::Command;
use std::sync::Arc;

use host_harness::Host;
use host_harness::code::Code;

use super::{NOWHERE, component, connection, deliver_to, engine, said, store};

/// Set in the child process that has too little address space for a pool: where the guest lies.
const GUEST: &str = "GUEST_FOR_AN_ENGINE_WITHOUT_POOL";

/// The test starts itself once more, with 64 GiB of address space: enough for everything but the pool.
#[tokio::test]
async fn each_instance_is_allocated_when_it_is_needed() {
    if let Some(guest) = std::env::var_os(GUEST) {
        return runs_without_pool(&std::fs::read(guest).expect("the guest")).await;
    }
    let guest = tempfile::NamedTempFile::new().expect("a temporary file");
    std::fs::write(guest.path(), component()).expect("a writable file");
    let output = Command::new("bash")
        .args(["-c", r#"ulimit -v 67108864 && exec "$0" "$@""#])
        // This very program, even where a build has replaced its file since it was started.
        .arg(format!("/proc/{}/exe", std::process::id()))
        .args(["--exact", "engine::without_pool::each_instance_is_allocated_when_it_is_needed"])
        .env(GUEST, guest.path())
        .output()
        .expect("bash runs");
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && text.contains("1 passed"), "{text}{errors}");
}

async fn runs_without_pool(guest: &[u8]) {
    let file = tempfile::NamedTempFile::new().expect("a temporary file");
    let writer = Arc::new(file.reopen().expect("the file is there"));
    let guard = tracing::subscriber::set_default(tracing_subscriber::fmt().with_writer(writer).finish());
    let host = Host::new(&engine(), guest).expect("the guest is a plugin");
    drop(guard);
    let log = std::fs::read_to_string(file.path()).expect("a log");
    assert!(log.contains("no pool of instances"), "{log}");
    let connection = connection(&store(), "", NOWHERE);
    let crash = deliver_to(&host, &connection, "panic as told").await.result.expect_err("a panic");
    assert_eq!(crash.code(), Code::PluginTrapped);
    assert_eq!(said(&deliver_to(&host, &connection, "create after").await), "Ok(1)");
}
