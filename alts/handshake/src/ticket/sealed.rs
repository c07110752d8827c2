//! A ticket's bytes: what is inside, as a message, and the seal around it.
//!
//! ```text
//!   0          4         16                                  len - 16     len
//!   +----------+----------+-----------------------------------+------------+
//!   | key name |  nonce   |  AES-256-GCM(TicketBody)          |    tag     |
//!   +----------+----------+-----------------------------------+------------+
//! ```

use std::sync::Arc;

use aes_gcm::{
    Aes256Gcm,
    aead::{AeadInOut, KeyInit},
};
use hkdf::Hkdf;
use prost::Message;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::session::{MAX_TICKET_LEN, ResumableSession, SessionParameters};
use crate::{
    certificate::{KeyId, MachineName, RevocationId, Timestamp, Validity, VerifiedPeer},
    entropy::Seed,
    keys::ResumptionSecret,
    wire,
};

const NAME_LEN: usize = 4;
const NONCE_LEN: usize = 12;
const TAG_LEN: usize = 16;

const KEY_INFO: &[u8] = b"alts-local/2 ticket key";
const KEY_NAME_INFO: &[u8] = b"alts-local/2 ticket key name";

/// One resumption key. Its expanded form is zeroised when dropped.
pub(super) struct TicketKey {
    name: [u8; NAME_LEN],
    aead: Aes256Gcm,
}

impl TicketKey {
    pub(super) fn new(seed: &Seed) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        derive(seed, KEY_INFO, key.as_mut_slice());
        let mut name = [0; NAME_LEN];
        derive(seed, KEY_NAME_INFO, &mut name);
        Self {
            name,
            aead: Aes256Gcm::new((&*key).into()),
        }
    }

    pub(super) fn seal(
        &self,
        nonce: [u8; NONCE_LEN],
        aad: &[u8],
        secret: &ResumptionSecret,
        parameters: &SessionParameters,
    ) -> Vec<u8> {
        let mut plain = to_wire(secret, parameters);
        // Sized beforehand, so that growing leaves no copy of the secret behind.
        let head_len = NAME_LEN + NONCE_LEN;
        let mut ticket = Vec::with_capacity(head_len + plain.encoded_len() + TAG_LEN);
        ticket.extend_from_slice(&self.name);
        ticket.extend_from_slice(&nonce);
        plain.encode_raw(&mut ticket);
        plain.resumption.zeroize();
        let tag = self
            .aead
            .encrypt_inout_detached((&nonce).into(), aad, (&mut ticket[head_len..]).into())
            .expect("a ticket is far below GCM's limit of 2^36 - 32 bytes");
        ticket.extend_from_slice(&tag);
        ticket
    }

    /// `None` for whatever is not a ticket of this key with this associated data. Another key may
    /// have the same name by chance: the seal decides.
    pub(super) fn open(&self, ticket: &[u8], aad: &[u8]) -> Option<ResumableSession> {
        if ticket.len() > MAX_TICKET_LEN {
            return None;
        }
        let rest = ticket.strip_prefix(&self.name)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>()?;
        let (sealed, tag) = rest.split_last_chunk::<TAG_LEN>()?;
        let mut plain = Zeroizing::new(sealed.to_vec());
        self.aead
            .decrypt_inout_detached(nonce.into(), aad, plain.as_mut_slice().into(), tag.into())
            .ok()?;
        from_wire(&plain)
    }
}

/// HKDF-Expand (RFC 5869) from a seed that is uniformly random already.
fn derive(seed: &Seed, info: &[u8], out: &mut [u8]) {
    Hkdf::<Sha256>::from_prk(seed.as_slice())
        .expect("32 bytes are what HKDF-SHA256 takes")
        .expand(info, out)
        .expect("32 bytes are below HKDF's limit of 255 blocks");
}

fn to_wire(secret: &ResumptionSecret, parameters: &SessionParameters) -> wire::TicketBody {
    let peer = &parameters.peer;
    wire::TicketBody {
        resumption: secret.as_bytes().to_vec(),
        account: peer.account.to_string(),
        machine: peer.machine.to_string(),
        root: peer.root.as_bytes().to_vec(),
        machine_revocation_id: peer.machine_revocation_id.as_u64(),
        revocation_id: peer.revocation_id.as_u64(),
        machine_not_before_s: peer.machine_validity.not_before.as_unix_s(),
        machine_not_after_s: peer.machine_validity.not_after.as_unix_s(),
        not_before_s: peer.validity.not_before.as_unix_s(),
        not_after_s: peer.validity.not_after.as_unix_s(),
        record_protocol: parameters.record_protocol.clone(),
        expires_s: parameters.expires.as_unix_s(),
    }
}

/// Written by ourselves, but perhaps by another version: parsed like anybody's bytes.
fn from_wire(plain: &[u8]) -> Option<ResumableSession> {
    let mut body = wire::TicketBody::decode(plain).ok()?;
    let secret = ResumptionSecret::take(&mut body.resumption);
    let validity = |not_before_s, not_after_s| Validity {
        not_before: Timestamp::from_unix_s(not_before_s),
        not_after: Timestamp::from_unix_s(not_after_s),
    };
    let peer = VerifiedPeer {
        account: body.account.parse().ok()?,
        machine: MachineName::parse(&body.machine).ok()?,
        root: KeyId::from_bytes(body.root.as_slice().try_into().ok()?),
        machine_revocation_id: RevocationId::from_u64(body.machine_revocation_id),
        revocation_id: RevocationId::from_u64(body.revocation_id),
        machine_validity: validity(body.machine_not_before_s, body.machine_not_after_s),
        validity: validity(body.not_before_s, body.not_after_s),
    };
    Some(ResumableSession {
        secret: secret?,
        parameters: SessionParameters {
            peer: Arc::new(peer),
            record_protocol: body.record_protocol,
            expires: Timestamp::from_unix_s(body.expires_s),
        },
    })
}
