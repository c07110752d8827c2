//! The handshake alts-local/1, free of I/O, clock and randomness.
//!
//! ```text
//!            client                                              server
//!   Client::start ---------------- ClientInit ---------------->  ExpectClientInit
//!        |                                                            |
//!   ExpectServerInit <--- ServerInit | ServerFinished (one payload) --+
//!        |                                                            |
//!   ExpectServerFinished                                              |
//!        |                                                            |
//!        +------------------- ClientFinished ------------------> ExpectClientFinished
//!        |                                                            |
//!   Established                                                  Established
//! ```
//!
//! The messages, their order and what each proves are those of the ALTS whitepaper, section
//! "Handshake protocol". Their bytes are not published; these are ours.
//!
//! # The contract of every state
//!
//! * `process` consumes the state. An `Err` is final: there is nothing left to go on with.
//! * Output is *appended* to the caller's buffer, and must be sent **also after an `Err`**: it may
//!   hold the Abort that tells the peer why.
//! * "Not yet" is no error: [`Progress::NeedsInput`] gives the state back, and all of the input was
//!   taken.
//! * Bytes may arrive cut or joined anywhere. On [`Established`], what is left in the [`Input`]
//!   belongs to the record protocol.
//! * Time and entropy are arguments. The same arguments give the same bytes.

use std::sync::Arc;

use alts::RpcVersions;
use zeroize::{Zeroize, ZeroizeOnDrop};

mod certificate;
mod client;
mod credential;
mod error;
mod frame;
pub mod keys;
mod message;
mod server;
mod signature;
mod suite;
mod trust;

#[cfg(test)]
mod tests;

use self::keys::{RecordKey, ResumptionSecret};
pub use self::{
    certificate::{Category, CertificateError, RevocationId, Timestamp, Validity},
    client::{ClientConfig, ExpectServerFinished, ExpectServerInit},
    credential::{
        HandshakeCredential, MachineName, MasterCertificate, MasterCredential, MasterKey,
        MasterRequest, RootKey, Seed,
    },
    error::{
        HandshakeError, Incompatible, InvalidMessage, NotAuthentic, PeerAbort,
        append_no_credential_abort,
    },
    frame::{FrameType, HEADER_LEN, Input, MAX_FRAME_LEN},
    message::{MAX_LIST_ENTRIES, MAX_PROTOCOL_LEN, MAX_TARGET_NAME_LEN},
    server::{ExpectClientFinished, ExpectClientInit, ServerConfig},
    signature::KeyId,
    suite::Cipher,
    trust::{MAX_CLOCK_SKEW, Trust, VerifiedPeer},
};

/// Generated from `proto/alts_local/v1/handshake.proto`, which documents it.
pub(crate) mod wire {
    #![allow(unreachable_pub, missing_docs, clippy::all, reason = "generated")]
    include!(concat!(env!("OUT_DIR"), "/alts_local.v1.rs"));
}

/// The record protocols this handshaker can key, in no order: the client's order decides.
pub const RECORD_PROTOCOLS: &[&str] = &["ALTSRP_GCM_AES128_REKEY"];

/// What the gRPC library on this side can do, as it told its handshaker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Usually just `grpc`. On the client, most wanted first.
    pub application_protocols: Vec<String>,
    /// On the client, most wanted first.
    pub record_protocols: Vec<String>,
    /// Relayed to the peer's library.
    pub rpc_versions: Option<RpcVersions>,
    /// The largest record frame the library accepts, in bytes; 0: it did not say. Relayed to the
    /// peer's library.
    pub max_frame_size: u32,
}

/// The randomness of one side of one handshake.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Entropy {
    random: [u8; 32],
    ephemeral: [u8; 32],
}

impl Entropy {
    /// Bytes it takes.
    pub const LEN: usize = 64;

    /// From uniformly random bytes, never used before.
    pub fn new(bytes: &[u8; Self::LEN]) -> Self {
        let mut entropy = Self {
            random: [0; 32],
            ephemeral: [0; 32],
        };
        entropy.random.copy_from_slice(&bytes[..32]);
        entropy.ephemeral.copy_from_slice(&bytes[32..]);
        entropy
    }
}

impl std::fmt::Debug for Entropy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Entropy(redacted)")
    }
}

/// What a state turned into.
#[derive(Debug)]
pub enum Progress<State, Next> {
    /// More bytes are needed; all that were given are taken.
    NeedsInput(State),
    /// The message is whole and good.
    Done(Next),
}

/// Both sides proved who they are and hold the same keys.
#[derive(Debug)]
pub struct Established {
    /// Who is at the other end.
    pub peer: Arc<VerifiedPeer>,
    /// The key agreement that was used.
    pub cipher: Cipher,
    /// One of [`RECORD_PROTOCOLS`].
    pub record_protocol: String,
    /// Usually `grpc`.
    pub application_protocol: String,
    /// As the peer's library told its handshaker, if it did.
    pub peer_rpc_versions: Option<RpcVersions>,
    /// As the peer's library told its handshaker; 0: it did not say.
    pub peer_max_frame_size: u32,
    /// What the peer says it dialled; only a server learns it, and nobody vouches for it.
    pub target_name: Option<String>,
    /// M.
    pub record_key: RecordKey,
    /// R.
    pub resumption: ResumptionSecret,
}
