//! Machines that look like Google Compute Engine, and the mock cloud around them: what runs in them,
//! how they come and go, and what Google's own clients make of it.
//!
//! Needs Linux with `unshare` and `ip`, and either root or user namespaces.

mod calls;
mod clients;
mod comings_and_goings;
mod drill;
mod exec;
mod handshakers;
mod lag;
mod strangers;

use std::process::Output;

use tests::machines::Machines;

async fn machines() -> Machines {
    Machines::up().await.expect("the machines come up")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
