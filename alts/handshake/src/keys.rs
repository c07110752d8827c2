//! The key schedule: from Diffie-Hellman results and the transcript to the keys of a session.
//!
//! ```text
//!   mode "static"  IKM = DH(c_static, s_static)
//!   mode "pfs"     IKM = DH(c_eph, s_eph) | DH(c_eph, s_static)
//!                        | DH(c_static, s_eph) | DH(c_static, s_static)
//!
//!   "alts-local/1 extract" --(salt)--> HKDF-Extract <-- IKM
//!                                           |
//!                                          PRK
//!                                           |
//!   "alts-local/1 keys" | TH -(info)-> HKDF-Expand, 108 bytes
//!                                           |
//!                    +----------------------+----------------------+
//!                    | 0..44                | 44..76               | 76..108
//!                M: record key       R: resumption secret    A: authenticator key
//!
//!   TH                 = SHA-256(ClientInit | ServerInit)                     whole frames
//!   TH3                = SHA-256(ClientInit | ServerInit | ServerFinished)
//!   ServerFinished.mac = HMAC-SHA256(A, "alts-local/1 server finished" | TH [| T])
//!   ClientFinished.mac = HMAC-SHA256(A, "alts-local/1 client finished" | TH3 [| T])
//!   T                  = SHA-256(the new ticket that the message carries, if it carries one)
//!
//!   resumed:  PRK' = HKDF-Extract("alts-local/1 resume extract", R [| DH(c_eph, s_eph)])
//!             M' | R' | A' = HKDF-Expand(PRK', "alts-local/1 resume keys" | TH', 108)
//! ```
//!
//! A handshake that began again (see `ticket`) hashes the frames of its first attempt too.
//!
//! The names M, R and A are those of the ALTS whitepaper, section "Handshake protocol"; HKDF is RFC
//! 5869. Each stage is a type, so that a secret cannot be used for anything but its purpose.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use x25519_dalek::{PublicKey, SharedSecret, StaticSecret};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::error::NotAuthentic;

/// Bytes of key material that `ALTSRP_GCM_AES128_REKEY` takes: a 32-byte derivation key and a
/// 12-byte nonce mask.
pub const RECORD_KEY_LEN: usize = 44;
const OKM_LEN: usize = RECORD_KEY_LEN + 32 + 32;

const EXTRACT_SALT: &[u8] = b"alts-local/1 extract";
const KEYS_INFO: &[u8] = b"alts-local/1 keys";
const RESUME_EXTRACT_SALT: &[u8] = b"alts-local/1 resume extract";
const RESUME_KEYS_INFO: &[u8] = b"alts-local/1 resume keys";
const SERVER_FINISHED: &[u8] = b"alts-local/1 server finished";
const CLIENT_FINISHED: &[u8] = b"alts-local/1 client finished";

/// A MAC that a Finished message carries.
pub type FinishedMac = [u8; 32];

/// SHA-256 over the frames sent so far, headers included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TranscriptHash([u8; 32]);

/// SHA-256 over a new ticket as a Finished message carries it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicketDigest([u8; 32]);

impl TicketDigest {
    /// Of the serialised `NewTicket`.
    pub fn of(new_ticket: &[u8]) -> Self {
        Self(Sha256::digest(new_ticket).into())
    }
}

/// The frames of a handshake, in order, as a running hash.
#[derive(Clone, Default)]
pub struct Transcript(Sha256);

impl Transcript {
    /// Adds a whole frame.
    pub fn add(&mut self, frame: &[u8]) {
        self.0.update(frame);
    }

    /// The hash of all frames added so far.
    pub fn hash(&self) -> TranscriptHash {
        TranscriptHash(self.0.clone().finalize().into())
    }
}

/// X25519 of two keys.
///
/// # Errors
/// [`NotAuthentic::SmallOrderKey`] when the result is all zeroes, which an honest key never gives
/// (RFC 7748, section 6.1).
pub(super) fn agreement(
    ours: &StaticSecret,
    theirs: &PublicKey,
) -> Result<SharedSecret, NotAuthentic> {
    let shared = ours.diffie_hellman(theirs);
    if !shared.was_contributory() {
        return Err(NotAuthentic::SmallOrderKey);
    }
    Ok(shared)
}

/// Diffie-Hellman results, one after the other, in the order both sides agree on.
#[derive(Default, Zeroize, ZeroizeOnDrop)]
pub struct SharedSecrets(Vec<u8>);

impl SharedSecrets {
    /// Room for all four, so that growing never leaves a copy behind.
    pub fn new() -> Self {
        Self(Vec::with_capacity(4 * 32))
    }

    /// Adds one agreement.
    ///
    /// # Errors
    /// [`NotAuthentic::SmallOrderKey`]: the result would be all zeroes.
    pub fn agree(&mut self, ours: &StaticSecret, theirs: &PublicKey) -> Result<(), NotAuthentic> {
        self.add(&agreement(ours, theirs)?);
        Ok(())
    }

    /// Adds one agreement that was worked out already.
    pub fn add(&mut self, agreed: &SharedSecret) {
        self.0.extend_from_slice(agreed.as_bytes());
    }

    /// Binds the secrets to what both sides saw.
    pub fn into_keys(self, transcript: TranscriptHash) -> SessionKeys {
        SessionKeys::derive(EXTRACT_SALT, &self.0, KEYS_INFO, transcript)
    }
}

/// All keys of one session.
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct SessionKeys(Box<[u8; OKM_LEN]>);

impl SessionKeys {
    fn derive(salt: &[u8], ikm: &[u8], info: &[u8], transcript: TranscriptHash) -> Self {
        let (mut prk, hkdf) = Hkdf::<Sha256>::extract(Some(salt), ikm);
        prk.zeroize();
        let mut okm = Box::new([0; OKM_LEN]);
        hkdf.expand_multi_info(&[info, &transcript.0], okm.as_mut_slice())
            .expect("108 bytes are below HKDF's limit of 255 blocks");
        Self(okm)
    }

    /// The MAC of ServerFinished. `transcript` covers ClientInit and ServerInit; `ticket` what else
    /// the message carries.
    pub fn server_finished(
        &self,
        transcript: TranscriptHash,
        ticket: Option<TicketDigest>,
    ) -> FinishedMac {
        self.mac(SERVER_FINISHED, transcript, ticket)
    }

    /// The MAC of ClientFinished. `transcript` covers the three frames before it; `ticket` what else
    /// the message carries.
    pub fn client_finished(
        &self,
        transcript: TranscriptHash,
        ticket: Option<TicketDigest>,
    ) -> FinishedMac {
        self.mac(CLIENT_FINISHED, transcript, ticket)
    }

    /// R, for a ticket.
    pub fn resumption(&self) -> ResumptionSecret {
        let mut resumption = Box::new([0; 32]);
        resumption.copy_from_slice(&self.0[RECORD_KEY_LEN..RECORD_KEY_LEN + 32]);
        ResumptionSecret(resumption)
    }

    /// The key that outlives the handshake; the others are gone.
    pub fn into_record_key(self) -> RecordKey {
        let mut record = Box::new([0; RECORD_KEY_LEN]);
        record.copy_from_slice(&self.0[..RECORD_KEY_LEN]);
        RecordKey(record)
    }

    fn mac(
        &self,
        label: &[u8],
        transcript: TranscriptHash,
        ticket: Option<TicketDigest>,
    ) -> FinishedMac {
        let authenticator = &self.0[RECORD_KEY_LEN + 32..];
        let mut mac =
            Hmac::<Sha256>::new_from_slice(authenticator).expect("HMAC takes keys of any length");
        mac.update(label);
        mac.update(&transcript.0);
        if let Some(TicketDigest(digest)) = ticket {
            mac.update(&digest);
        }
        mac.finalize().into_bytes().into()
    }
}

/// Whether a MAC is the one expected, in a time that says nothing about where they differ.
pub fn mac_matches(expected: &FinishedMac, received: &[u8]) -> bool {
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
pub struct ResumptionSecret(Box<[u8; 32]>);

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

    /// The keys of a resumed session. With the ephemeral agreement of that session it has forward
    /// secrecy too. Consumes the secret: no R is used twice.
    pub fn into_keys(
        self,
        ephemeral: Option<&SharedSecrets>,
        transcript: TranscriptHash,
    ) -> SessionKeys {
        let mut ikm = Zeroizing::new(Vec::with_capacity(64));
        ikm.extend_from_slice(self.0.as_slice());
        if let Some(ephemeral) = ephemeral {
            ikm.extend_from_slice(&ephemeral.0);
        }
        SessionKeys::derive(RESUME_EXTRACT_SALT, &ikm, RESUME_KEYS_INFO, transcript)
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
redacted_debug!(
    SharedSecrets,
    SessionKeys,
    RecordKey,
    ResumptionSecret,
    Transcript
);

#[cfg(test)]
#[path = "keys_tests.rs"]
mod tests;
