//! Compiles our protos in pure Rust (no `protoc`): the authority's service, and its operator's.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(
        [
            "alts_handshaker/authority/v1/authority.proto",
            "alts_handshaker/admin/v1/accounts.proto",
            "alts_handshaker/admin/v1/authority.proto",
        ],
        ["proto"],
    )?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}
