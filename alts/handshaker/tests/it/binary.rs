//! The binary under test: started, listened to, run to its end.

use std::process::{Command, Output};

pub(crate) use self::output::*;

#[path = "output.rs"]
mod output;

pub(crate) const BINARY: &str = env!("CARGO_BIN_EXE_alts-handshaker");

/// Runs a command that ends by itself; one that does not is killed, and its code is then 124.
pub(crate) fn run(args: &[&str]) -> Output {
    Command::new("timeout")
        .args(["30", BINARY])
        .args(args)
        .output()
        .unwrap()
}
