//! Generated from `proto/`, whose files document it.

/// What handshakers ask: `alts_handshaker/authority/v1/authority.proto`.
pub mod authority {
    #![expect(
        missing_docs,
        unused_qualifications,
        clippy::all,
        reason = "generated; the .proto file carries the words"
    )]
    tonic::include_proto!("alts_handshaker.authority.v1");
}

/// What the operator asks: `alts_handshaker/admin/v1/*.proto`.
pub mod admin {
    #![expect(
        missing_docs,
        unused_qualifications,
        reason = "generated; the .proto files carry the words"
    )]
    tonic::include_proto!("alts_handshaker.admin.v1");
}
