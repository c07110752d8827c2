//! Compiles the service that Terraform talks to.

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../proto/tfplugin6.proto");
    let files = protox::compile(["tfplugin6.proto"], ["../proto"])?;
    tonic_prost_build::configure().compile_fds(files)?;
    Ok(())
}
