//! Compiles the `grpc.gcp` protos in pure Rust (no `protoc`), only when something does I/O.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=proto");
    #[cfg(feature = "tonic")]
    {
        let files = protox::compile(
            ["grpc/gcp/handshaker.proto", "grpc/gcp/altscontext.proto"],
            ["proto"],
        )?;
        tonic_prost_build::configure()
            // Frames and keys are compared and printed by nobody: Debug is written by hand, redacted.
            .skip_debug([
                ".grpc.gcp.HandshakerResult",
                ".grpc.gcp.HandshakerResp",
                ".grpc.gcp.StartClientHandshakeReq",
                ".grpc.gcp.StartServerHandshakeReq",
                ".grpc.gcp.ServerHandshakeParameters",
                ".grpc.gcp.NextHandshakeMessageReq",
            ])
            .compile_fds(files)?;
    }
    Ok(())
}
