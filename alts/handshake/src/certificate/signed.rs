//! The one envelope of all that is signed: a body, and signatures over its kind and its bytes.

use std::{fmt, marker::PhantomData};

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use prost::Message;

use super::key_id::KeyId;
use crate::wire;

/// Signatures of one envelope that are looked at, at most.
pub const MAX_SIGNATURES: usize = 8;

/// A kind of body that is signed.
pub trait SignedBody: Message + Default {
    /// Names the kind in front of what is signed, so that a body of one kind never passes for one
    /// of another.
    const LABEL: &'static str;
}

impl SignedBody for wire::MasterBody {
    const LABEL: &'static str = "alts-local/2 master";
}

impl SignedBody for wire::HandshakeBody {
    const LABEL: &'static str = "alts-local/2 handshake";
}

impl SignedBody for wire::CrlBody {
    const LABEL: &'static str = "alts-local/2 crl";
}

/// Why what an envelope holds is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedError {
    /// Envelope, signer or body do not decode.
    Malformed,
    /// By nobody who is known; the first of those who claim to have signed, if there is one.
    UnknownSigner(Option<KeyId>),
    /// By a known key, and wrong.
    BadSignature,
}

/// A body that somebody has signed; who, and whether they have, is asked as it is opened.
#[derive(Clone, PartialEq)]
pub struct Signed<Body> {
    envelope: wire::Signed,
    kind: PhantomData<Body>,
}

impl<Body: SignedBody> Signed<Body> {
    /// Signs a body with each of `keys`.
    pub fn new<'a>(body: &Body, keys: impl IntoIterator<Item = &'a SigningKey>) -> Self {
        let body = body.encode_to_vec();
        let bytes = signed_bytes::<Body>(&body);
        let signatures = keys.into_iter().map(|key| wire::Signature {
            signer: KeyId::of(&key.verifying_key()).as_bytes().to_vec(),
            signature: key.sign(&bytes).to_bytes().to_vec(),
        });
        Self::from(wire::Signed {
            signatures: signatures.collect(),
            body,
        })
    }

    /// Takes an envelope as [`encode`](Self::encode) gives it.
    ///
    /// # Errors
    /// [`SignedError::Malformed`].
    pub fn decode(bytes: &[u8]) -> Result<Self, SignedError> {
        let envelope = wire::Signed::decode(bytes).map_err(|_| SignedError::Malformed)?;
        Ok(Self::from(envelope))
    }

    /// As it travels.
    pub fn encode(&self) -> Vec<u8> {
        self.envelope.encode_to_vec()
    }

    /// The body, and the first of its signers whom `known` knows. What others have signed does not
    /// count.
    ///
    /// Strict verification (no small-order keys, no malleability): one body has one signature by a
    /// key.
    ///
    /// # Errors
    /// See [`SignedError`].
    pub fn open<'a>(
        &self,
        known: impl Fn(KeyId) -> Option<&'a VerifyingKey>,
    ) -> Result<(Body, KeyId), SignedError> {
        let mut first = None;
        for claimed in self.envelope.signatures.iter().take(MAX_SIGNATURES) {
            let signer = claimed.signer.as_slice().try_into();
            let signer = KeyId::from_bytes(signer.map_err(|_| SignedError::Malformed)?);
            first.get_or_insert(signer);
            let Some(key) = known(signer) else { continue };
            let bytes = signed_bytes::<Body>(&self.envelope.body);
            Signature::from_slice(&claimed.signature)
                .and_then(|signature| key.verify_strict(&bytes, &signature))
                .map_err(|_| SignedError::BadSignature)?;
            let body = Body::decode(self.envelope.body.as_slice());
            return body
                .map(|body| (body, signer))
                .map_err(|_| SignedError::Malformed);
        }
        Err(SignedError::UnknownSigner(first))
    }

    /// The body, unproven: for who made it, or proves it in another way.
    ///
    /// # Errors
    /// [`SignedError::Malformed`].
    pub fn peek(&self) -> Result<Body, SignedError> {
        Body::decode(self.envelope.body.as_slice()).map_err(|_| SignedError::Malformed)
    }
}

fn signed_bytes<Body: SignedBody>(body: &[u8]) -> Vec<u8> {
    [Body::LABEL.as_bytes(), &[0], body].concat()
}

/// Claims that the envelope's body is of this kind; a wrong claim does not open.
impl<Body> From<wire::Signed> for Signed<Body> {
    fn from(envelope: wire::Signed) -> Self {
        Self {
            envelope,
            kind: PhantomData,
        }
    }
}

impl<Body> From<Signed<Body>> for wire::Signed {
    fn from(signed: Signed<Body>) -> Self {
        signed.envelope
    }
}

impl<Body> fmt::Debug for Signed<Body> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Signed").field(&self.envelope).finish()
    }
}

#[cfg(test)]
#[path = "signed_tests.rs"]
mod tests;
