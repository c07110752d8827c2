//! Generated from `proto/alts_handshaker/admin/v1/*.proto`, which document it.

#![expect(
    missing_docs,
    unused_qualifications,
    reason = "generated; the .proto files carry the words"
)]

tonic::include_proto!("alts_handshaker.admin.v1");
