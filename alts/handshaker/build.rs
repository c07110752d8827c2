//! Compiles our two protos in pure Rust (no `protoc`): the handshake's messages, and the admin
//! service.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(
        [
            "alts_local/v1/handshake.proto",
            "alts_handshaker/admin/v1/accounts.proto",
        ],
        ["proto"],
    )?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}
