//! The messages of the mock cloud's admin services, generated.

#![allow(
    missing_docs,
    unreachable_pub,
    unused_qualifications,
    dead_code,
    clippy::all,
    clippy::use_self,
    clippy::or_fun_call,
    reason = "generated; the .proto files carry the words"
)]

tonic::include_proto!("alts_handshaker.admin.v1");
