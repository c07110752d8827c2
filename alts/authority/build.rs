//! Compiles our protos in pure Rust (no `protoc`): the authority's service, and its operator's.

/// Where the envelope of all that is signed is defined.
const ENVELOPE: &str = "../handshake/proto";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    println!("cargo:rerun-if-changed={ENVELOPE}");
    let files = protox::compile(
        [
            "alts_handshaker/authority/v1/authority.proto",
            "alts_handshaker/admin/v1/accounts.proto",
            "alts_handshaker/admin/v1/authority.proto",
        ],
        ["proto", ENVELOPE],
    )?;
    tonic_prost_build::configure()
        .extern_path(".alts_local.v2", "::alts_handshake::wire")
        .compile_fds(files)?;
    Ok(())
}
