//! Generated from `proto/alts_handshaker/admin/v1/machines.proto`, which documents it.

#![expect(
    missing_docs,
    unused_qualifications,
    reason = "generated; the .proto file carries the words"
)]

tonic::include_proto!("alts_handshaker.admin.v1");
