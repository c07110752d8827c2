//! Runs a test inside a private namespace that looks like a Google Compute Engine VM.
//!
//! Stock gRPC libraries take no address for their handshaker: they read the firmware's product
//! name and dial `metadata.google.internal.:8080`. Inside, both are ours; outside, nothing has
//! changed. Needs Linux with `unshare` (util-linux) and `ip` (iproute2), and either root or
//! user namespaces.

use std::process::Command;

/// Set inside; its value means nothing.
const INSIDE: &str = "OT_TESTS_INSIDE_NAMESPACE";

/// Runs the calling test again, alone, inside a namespace, and returns `false` when it passed
/// there; returns `true` when it already is inside and should do its work.
///
/// # Panics
/// When the test failed inside, or no namespace can be made; the message says which.
#[must_use]
pub fn inside(test_name: &str) -> bool {
    if std::env::var_os(INSIDE).is_some() {
        return true;
    }
    let this = std::env::current_exe().expect("this test's own path");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/interop/looks-like-gce.sh");
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "--net", "--"])
        .arg("bash")
        .arg(script)
        .arg(this)
        .args([test_name, "--exact", "--nocapture"])
        .env(INSIDE, "1")
        .output()
        .expect("unshare runs; install util-linux");
    assert!(
        output.status.success(),
        "{test_name} failed inside its namespace ({}):\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    false
}
