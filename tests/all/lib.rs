//! What the scenes here share beyond the stage: generated code.

/// What Terraform and a provider say to each other, generated from `proto/tfplugin6.proto`.
pub mod tfplugin6 {
    #![expect(
        missing_docs,
        unused_qualifications,
        clippy::all,
        reason = "generated; the .proto file carries the words"
    )]
    tonic::include_proto!("tfplugin6");
}
