//! The key schedule: from a shared secret and the transcript to the keys of a session.
//!
//! ```text
//!   full handshake   IKM = ee | es | se     (see `agreement`)
//!   resumed          IKM = R  | ee          R: of the session that is resumed
//!
//!   "alts-local/2 full"    --(salt)--> HKDF-Extract <-- IKM
//!   "alts-local/2 resumed"                  |
//!                                          PRK
//!                                           |
//!   "alts-local/2 keys" | TH -(info)-> HKDF-Expand, 108 bytes
//!                                           |
//!                    +----------------------+----------------------+
//!                    | 0..44                | 44..76               | 76..108
//!                M: record key       R: resumption secret    A: authenticator key
//!
//!   TH                 = SHA-256(ClientInit | ServerInit)                     whole frames
//!   TH3                = SHA-256(ClientInit | ServerInit | ServerFinished)
//!   ServerFinished.mac = HMAC-SHA256(A, "alts-local/2 server finished" | TH | T)
//!   ClientFinished.mac = HMAC-SHA256(A, "alts-local/2 client finished" | TH3)
//!   T                  = the new ticket that ServerFinished carries, or nothing
//! ```
//!
//! The names M, R and A are those of the ALTS whitepaper, section "Handshake protocol"; HKDF is RFC
//! 5869. Each stage is a type, so that a secret cannot be used for anything but its purpose.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{agreement::SharedSecret, not_authentic::NotAuthentic};

/// Bytes of key material that `ALTSRP_GCM_AES128_REKEY` takes: a 32-byte derivation key and a
/// 12-byte nonce mask.
pub const RECORD_KEY_LEN: usize = 44;
const OKM_LEN: usize = RECORD_KEY_LEN + 32 + 32;

const FULL_SALT: &[u8] = b"alts-local/2 full";
const RESUMED_SALT: &[u8] = b"alts-local/2 resumed";
const KEYS_INFO: &[u8] = b"alts-local/2 keys";
const SERVER_FINISHED: &[u8] = b"alts-local/2 server finished";
const CLIENT_FINISHED: &[u8] = b"alts-local/2 client finished";

/// A MAC that a Finished message carries.
type FinishedMac = [u8; 32];

/// SHA-256 over the frames sent so far, headers included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TranscriptHash([u8; 32]);

/// The frames of a handshake, in order, as a running hash.
#[derive(Clone, Default)]
pub(crate) struct Transcript(Sha256);

impl Transcript {
    /// Adds a whole frame.
    pub(crate) fn add(&mut self, frame: &[u8]) {
        self.0.update(frame);
    }

    /// The hash of all frames added so far.
    pub(crate) fn hash(&self) -> TranscriptHash {
        TranscriptHash(self.0.clone().finalize().into())
    }
}

/// All keys of one session.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct SessionKeys(Box<[u8; OKM_LEN]>);

impl SessionKeys {
    /// Of a full handshake: binds the secret to what both sides saw.
    pub(crate) fn full(secret: &SharedSecret, transcript: TranscriptHash) -> Self {
        Self::derive(FULL_SALT, secret, transcript)
    }

    fn derive(salt: &[u8], secret: &SharedSecret, transcript: TranscriptHash) -> Self {
        let (mut prk, hkdf) = Hkdf::<Sha256>::extract(Some(salt), secret.as_bytes());
        prk.zeroize();
        let mut okm = Box::new([0; OKM_LEN]);
        hkdf.expand_multi_info(&[KEYS_INFO, &transcript.0], okm.as_mut_slice())
            .expect("108 bytes are below HKDF's limit of 255 blocks");
        Self(okm)
    }

    /// The MAC of ServerFinished. `transcript` covers ClientInit and ServerInit; `new_ticket` is
    /// what else the message carries, serialised, or nothing.
    pub(crate) fn server_finished(
        &self,
        transcript: TranscriptHash,
        new_ticket: &[u8],
    ) -> FinishedMac {
        self.mac(&[SERVER_FINISHED, &transcript.0, new_ticket])
    }

    /// The MAC of ClientFinished. `transcript` covers the three frames before it.
    pub(crate) fn client_finished(&self, transcript: TranscriptHash) -> FinishedMac {
        self.mac(&[CLIENT_FINISHED, &transcript.0])
    }

    /// R, for a ticket.
    pub(crate) fn resumption(&self) -> ResumptionSecret {
        let mut resumption = Box::new([0; 32]);
        resumption.copy_from_slice(&self.0[RECORD_KEY_LEN..RECORD_KEY_LEN + 32]);
        ResumptionSecret(resumption)
    }

    /// The key that outlives the handshake.
    pub(crate) fn record_key(&self) -> RecordKey {
        let mut record = Box::new([0; RECORD_KEY_LEN]);
        record.copy_from_slice(&self.0[..RECORD_KEY_LEN]);
        RecordKey(record)
    }

    fn mac(&self, parts: &[&[u8]]) -> FinishedMac {
        let authenticator = &self.0[RECORD_KEY_LEN + 32..];
        let mut mac =
            Hmac::<Sha256>::new_from_slice(authenticator).expect("HMAC takes keys of any length");
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().into()
    }
}

/// Whether a MAC is the one expected, in a time that says nothing about where they differ.
pub(crate) fn mac_matches(expected: &FinishedMac, received: &[u8]) -> bool {
    expected.as_slice().ct_eq(received).into()
}

/// M: what the record protocol is keyed with.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct RecordKey(Box<[u8; RECORD_KEY_LEN]>);

impl RecordKey {
    /// The key's bytes, for the one who builds the record protocol.
    pub fn as_bytes(&self) -> &[u8; RECORD_KEY_LEN] {
        &self.0
    }
}

/// R: what a later session between the same two could be resumed from.
#[derive(Zeroize, ZeroizeOnDrop)]
pub(crate) struct ResumptionSecret(Box<[u8; 32]>);

impl ResumptionSecret {
    /// Moves the secret out of a message that was decrypted, and wipes it there.
    pub(crate) fn take(bytes: &mut Vec<u8>) -> Option<Self> {
        let secret = bytes.as_slice().try_into().ok().map(Box::new).map(Self);
        bytes.zeroize();
        secret
    }

    /// For sealing into a ticket.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Names the secret without telling it.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_slice()).into()
    }

    /// The keys of a resumed session; `ours` and `theirs` are its ephemeral keys. Consumes the
    /// secret: no R is used twice.
    ///
    /// # Errors
    /// When the other side's key has small order.
    pub(crate) fn into_keys(
        self,
        ours: &StaticSecret,
        theirs: &PublicKey,
        transcript: TranscriptHash,
    ) -> Result<SessionKeys, NotAuthentic> {
        let secret = SharedSecret::resume(&self.0, ours, theirs)?;
        Ok(SessionKeys::derive(RESUMED_SALT, &secret, transcript))
    }
}

/// Secrets print as nothing, in every `{:?}`.
macro_rules! redacted_debug {
    ($($secret:ident),+) => {
        $(impl std::fmt::Debug for $secret {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($secret), "(redacted)"))
            }
        })+
    };
}
redacted_debug!(SharedSecret, SessionKeys, RecordKey, ResumptionSecret);
