//! The messages of the mock cloud's admin services, generated.

#![expect(
    unreachable_pub,
    unused_qualifications,
    reason = "generated; the .proto files carry the words"
)]

tonic::include_proto!("alts_handshaker.admin.v1");
