//! Compiles the service that tests talk to, and the one that Terraform talks to.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../proto");
    let files = protox::compile(["echo.proto", "tfplugin6.proto"], ["../proto"])?;
    tonic_prost_build::configure()
        .bytes(".tests.Payload.data")
        .compile_fds(files)?;
    Ok(())
}
