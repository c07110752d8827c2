//! What a handshake begins with, goes through and ends in, on either side.

use std::sync::Arc;

use alts::RpcVersions;
use x25519_dalek::PublicKey;

use crate::{
    certificate::{Timestamp, VerifiedPeer},
    error::HandshakeError,
    keys::{KeyPair, PublicKeys, RecordKey, Role, SessionKeys, SharedSecret, TranscriptHash},
    trust::PeerVerifier,
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

/// Both sides proved who they are and hold the same keys.
#[derive(Debug)]
pub struct Established {
    /// Who is at the other end.
    pub peer: Arc<VerifiedPeer>,
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

/// The keys of a full handshake, and whose chain it is that the other side shows beside its
/// ephemeral key.
pub(crate) fn agree(
    role: Role,
    ours: KeyPair<'_>,
    (certificate, ephemeral): (&[u8], &PublicKey),
    transcript: TranscriptHash,
    verifier: &PeerVerifier,
    now: Timestamp,
) -> Result<(SessionKeys, Arc<VerifiedPeer>), HandshakeError> {
    let chain = verifier.verify(certificate, now)?;
    let theirs = PublicKeys {
        certified: &chain.static_key,
        ephemeral,
    };
    let secret = SharedSecret::agree(role, ours, theirs)?;
    Ok((SessionKeys::full(&secret, transcript), chain.peer))
}
