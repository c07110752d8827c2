//! Compiles the contract in pure Rust (no `protoc`) and keeps its descriptors for reflection.

use std::{env, error::Error, fs, path::PathBuf};

use protox::Compiler;

/// The article's contract, and ours beside it.
const FILES: [&str; 11] = [
    "ot_booking.proto",
    "ot/v1/resources.proto",
    "ot/v1/case_service.proto",
    "ot/v1/schedule_service.proto",
    "ot/v1/watch_service.proto",
    "ot/v1/hospital_service.proto",
    "ot/v1/session_service.proto",
    "ot/v1/report_service.proto",
    "ot/v1/transfer_service.proto",
    "ot/v1/audit_service.proto",
    "ot/v1/access_service.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let mut contract = Compiler::new(["proto"])?;
    contract.include_source_info(true).include_imports(true);
    contract.open_files(FILES)?;

    // Written here because `file_descriptor_set_path` is an instruction to `protoc`, and
    // `compile_fds` runs none. Source comments stay in: a reflection client shows them as help. The
    // compiler encodes them itself: prost's types for descriptors would lose the options of ours.
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(
        out.join("descriptors.bin"),
        contract.encode_file_descriptor_set(),
    )?;

    // Messages know their own full names: whoever prints them as JSON looks them up by it.
    let mut messages = prost_build::Config::new();
    messages.enable_type_names();
    tonic_prost_build::configure()
        .compile_fds_with_config(contract.file_descriptor_set(), messages)?;
    Ok(())
}
