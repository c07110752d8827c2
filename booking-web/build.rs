//! Compiles the mock cloud's admin contract, which the accounts page speaks; its files are the
//! authority's and the mock's own, so the two sides cannot disagree.

use std::error::Error;

const FOLDERS: [&str; 2] = ["../alts/authority/proto", "../alts/mock-gce/proto"];
const FILES: [&str; 3] = [
    "alts_handshaker/admin/v1/accounts.proto",
    "alts_handshaker/admin/v1/authority.proto",
    "alts_handshaker/admin/v1/machines.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    for folder in FOLDERS {
        println!("cargo::rerun-if-changed={folder}");
    }
    let descriptors = protox::compile(FILES, FOLDERS)?;
    tonic_prost_build::configure()
        .build_server(false)
        .compile_fds(descriptors)?;
    Ok(())
}
