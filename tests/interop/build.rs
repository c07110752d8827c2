//! Compiles the service that every library offers here.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../proto/echo.proto");
    let files = protox::compile(["echo.proto"], ["../proto"])?;
    tonic_prost_build::configure()
        .bytes(".tests.Payload.data")
        .compile_fds(files)?;
    Ok(())
}
