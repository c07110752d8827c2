//! Signatures under certificates and lists: over a label and a body, by a key that has a short name.

use std::fmt;

use ed25519_dalek::{SIGNATURE_LENGTH, Signature, Signer, SigningKey, VerifyingKey};
use prost::Message;
use sha2::{Digest, Sha256};

use super::{certificate::CertificateError, wire};

/// What a signature vouches for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Label {
    Master,
    Handshake,
    Crl,
}

impl Label {
    const fn bytes(self) -> &'static [u8] {
        match self {
            Self::Master => b"alts-local/1 master\0",
            Self::Handshake => b"alts-local/1 handshake\0",
            Self::Crl => b"alts-local/1 crl\0",
        }
    }
}

/// Names a public key: the first 8 bytes of its SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// The identifier of `key`.
    pub fn of(key: &VerifyingKey) -> Self {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Self(id)
    }

    /// From the bytes that name it.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The bytes that name it.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A body, signed.
pub(crate) fn sign(label: Label, body: &impl Message, key: &SigningKey) -> wire::Certificate {
    let body = body.encode_to_vec();
    wire::Certificate {
        signature: sign_bytes(label, &body, key).to_vec(),
        body,
        signer: KeyId::of(&key.verifying_key()).as_bytes().to_vec(),
    }
}

/// A signature alone.
pub(crate) fn sign_bytes(label: Label, body: &[u8], key: &SigningKey) -> [u8; SIGNATURE_LENGTH] {
    key.sign(&signed_bytes(label, body)).to_bytes()
}

/// Checks a certificate's signature by `key`.
pub(crate) fn check_signature(
    label: Label,
    certificate: &wire::Certificate,
    key: &VerifyingKey,
) -> Result<(), CertificateError> {
    if is_signed(label, &certificate.body, &certificate.signature, key) {
        return Ok(());
    }
    Err(CertificateError::BadSignature(match label {
        Label::Master | Label::Crl => "authority's",
        Label::Handshake => "master key's",
    }))
}

/// Whether `key` signed `body`.
///
/// Strict verification (no small-order keys, no malleability): one body has one signature.
pub(crate) fn is_signed(label: Label, body: &[u8], signature: &[u8], key: &VerifyingKey) -> bool {
    Signature::from_slice(signature)
        .and_then(|signature| key.verify_strict(&signed_bytes(label, body), &signature))
        .is_ok()
}

fn signed_bytes(label: Label, body: &[u8]) -> Vec<u8> {
    [label.bytes(), body].concat()
}

pub(crate) fn signer(certificate: &wire::Certificate) -> Result<KeyId, CertificateError> {
    let id = certificate.signer.as_slice().try_into();
    id.map(KeyId)
        .map_err(|_| CertificateError::Malformed("signer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_under_one_label_is_none_under_another() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let certificate = sign(Label::Master, &wire::MasterBody::default(), &key);
        let verify = |label| check_signature(label, &certificate, &key.verifying_key());
        assert_eq!(verify(Label::Master), Ok(()));
        assert!(verify(Label::Handshake).is_err());
    }
}
