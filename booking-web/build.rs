//! Compiles the mock cloud's admin contract, which the accounts page speaks; its files are the
//! handshaker's own, so the two cannot disagree.

use std::error::Error;

const FOLDER: &str = "../alts/handshaker/proto";
const FILES: [&str; 3] = [
    "alts_handshaker/admin/v1/accounts.proto",
    "alts_handshaker/admin/v1/authority.proto",
    "alts_handshaker/admin/v1/machines.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={FOLDER}");
    let descriptors = protox::compile(FILES, [FOLDER])?;
    tonic_prost_build::configure()
        .build_server(false)
        .compile_fds(descriptors)?;
    Ok(())
}
