//! Compiles the handshake's messages in pure Rust (no `protoc`).

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    let files = protox::compile(["alts_local/v2/handshake.proto"], ["proto"])?;
    prost_build::compile_fds(files)?;
    Ok(())
}
