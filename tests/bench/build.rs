//! Compiles the service that the bench puts load on.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../proto/bench.proto");
    let files = protox::compile(["bench.proto"], ["../proto"])?;
    tonic_prost_build::configure()
        .bytes(".bench.Payload.data")
        .compile_fds(files)?;
    Ok(())
}
