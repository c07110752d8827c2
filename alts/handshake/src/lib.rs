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
//! A resumed session (see `ticket`) has the same flights, and no certificate in ServerInit. In one
//! rare case it has more of them: a client that cannot open the ticket it is returned begins again.
//!
//! ```text
//!   ExpectServerInit <--- ServerInit { returned ticket } | ServerFinished
//!   ExpectServerFinished, which skips it
//!   ExpectServerInit ------------- ClientInit ---------------->  ExpectClientFinished
//!        |    <----------- ServerInit | ServerFinished -----------+
//! ```
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

mod abort;
mod certificate;
mod certified_key;
mod chain;
mod client;
mod credential;
mod crl;
mod entropy;
mod error;
mod finished;
mod frame;
mod glob;
pub mod keys;
mod master;
mod message;
mod name;
mod peer;
mod policy;
mod recent;
mod revocation;
mod roots;
mod server;
mod signature;
mod suite;
mod ticket;
mod trust;
pub mod wire;

#[cfg(test)]
mod tests;

use keys::RecordKey;

pub use crate::{
    abort::{PeerAbort, append_no_credential_abort},
    certificate::{Category, CertificateError, Timestamp, Validity},
    chain::VerifiedChain,
    client::{AfterServerFinished, ClientConfig, ExpectServerFinished, ExpectServerInit},
    credential::{HandshakeCredential, MasterCredential, MasterKey, Seed},
    crl::{Crl, CrlError, MAX_CRL_LEN, RevokedIds},
    entropy::Entropy,
    error::{HandshakeError, Incompatible, InvalidMessage, NotAuthentic},
    frame::{FrameType, HEADER_LEN, Input, MAX_FRAME_LEN},
    glob::Glob,
    master::{MAX_VOUCHED_ACCOUNTS, MasterCertificate, MasterRequest, RootKey},
    message::{MAX_LIST_ENTRIES, MAX_PROTOCOL_LEN, MAX_TARGET_NAME_LEN},
    name::{IssuerName, MachineName},
    peer::VerifiedPeer,
    policy::{NamePolicy, Policy, PolicyError},
    revocation::{BadRevocationId, RevocationId, RevocationRange},
    roots::Roots,
    server::{ExpectClientFinished, ExpectClientInit, ServerConfig},
    signature::KeyId,
    suite::Cipher,
    ticket::{MAX_TICKET_LIFETIME, Resumption, ResumptionSettings},
    trust::{MAX_CLOCK_SKEW, RevocationRule, Trust, TrustSettings},
};

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
    /// Whether the session was resumed from an earlier one: then `peer` is as it was proven there,
    /// and was checked for standing again.
    pub resumed: bool,
    /// M.
    pub record_key: RecordKey,
}
