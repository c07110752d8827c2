//! The messages as protobuf has them, generated from `proto/alts_local/v2/handshake.proto`, which
//! documents them.
#![expect(missing_docs, clippy::all, reason = "generated")]

include!(concat!(env!("OUT_DIR"), "/alts_local.v2.rs"));
