//! Generated from `proto/alts_handshaker/authority/v1/authority.proto`, which documents it.

#![expect(
    missing_docs,
    unused_qualifications,
    clippy::all,
    reason = "generated; the .proto file carries the words"
)]

tonic::include_proto!("alts_handshaker.authority.v1");
