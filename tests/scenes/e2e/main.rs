//! The suite as a user meets it: real processes, real handshakes, a real database, on loopback.

mod booking;
mod bookings;
mod commands;
mod drill;
mod from_nothing;
mod iap;
mod imports;
mod kills;
mod logs;
mod races;
mod refusals;
mod restarts;
mod setups;

use std::process::Output;

use tests::suite::{Ports, Suite};

async fn suite() -> Suite {
    Suite::start(Ports::default())
        .await
        .expect("the suite starts")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
