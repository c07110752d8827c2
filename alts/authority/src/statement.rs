//! What the authority says besides certificates, signed by its root keys: which roots count, and
//! which accounts may act. Pure.
//!
//! ```text
//!   Signed { body, [ signer's KeyId, Ed25519( label 00 body ) ]… }
//! ```

use alts_handshake::KeyId;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use prost::Message;

use super::proto::authority as proto;

/// Root keys at once, at most. Two while one replaces another.
pub const MAX_ROOTS: usize = 8;

/// What a statement is about: a body of one kind never passes for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A [`proto::RootsBody`].
    Roots,
    /// A [`proto::AccountStatesBody`].
    AccountStates,
}

impl Subject {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Roots => b"alts-local/1 roots\0",
            Self::AccountStates => b"alts-local/1 account states\0",
        }
    }
}

/// Why a statement is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// None of the signatures is by a key this machine knows.
    #[error(
        "no root key that this machine knows has signed it; compare `roots` in the configuration \
         with `alts-handshaker authority roots`"
    )]
    UnknownSigner,
    /// A known key's signature that does not verify.
    #[error("a root key's signature is wrong; somebody may be altering the connection")]
    BadSignature,
    /// Not what it should be.
    #[error("the statement is malformed; run the same alts-handshaker on both machines")]
    Malformed,
    /// For somebody else, or from the past.
    #[error("the statement answers another question; somebody may be altering the connection")]
    NotAnAnswer,
}

/// Signs a body with each of `keys`.
pub(crate) fn sign<'a>(
    subject: Subject,
    body: &impl Message,
    keys: impl IntoIterator<Item = &'a SigningKey>,
) -> proto::Signed {
    let body = body.encode_to_vec();
    let bytes = [subject.label(), &body].concat();
    let signatures = keys.into_iter().map(|key| proto::Signature {
        signer: KeyId::of(&key.verifying_key()).as_bytes().to_vec(),
        signature: key.sign(&bytes).to_bytes().to_vec(),
    });
    proto::Signed {
        signatures: signatures.collect(),
        body,
    }
}

/// Believes a statement that one of `known` has signed. Signatures by others do not count.
pub(crate) fn open<Body: Message + Default>(
    subject: Subject,
    signed: &proto::Signed,
    known: &[VerifyingKey],
) -> Result<Body, StatementError> {
    let bytes = [subject.label(), &signed.body].concat();
    let mut verdict = Err(StatementError::UnknownSigner);
    for claimed in signed.signatures.iter().take(MAX_ROOTS) {
        let is_signer = |key: &&VerifyingKey| KeyId::of(key).as_bytes()[..] == claimed.signer;
        let Some(key) = known.iter().find(is_signer) else {
            continue;
        };
        let good = Signature::from_slice(&claimed.signature)
            .and_then(|signature| key.verify_strict(&bytes, &signature));
        verdict = good.map_err(|_| StatementError::BadSignature);
        if verdict.is_err() {
            break;
        }
    }
    verdict?;
    Body::decode(signed.body.as_slice()).map_err(|_| StatementError::Malformed)
}

/// The root keys that a machine believes, and how it learns of new ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrustAnchors {
    generation: u64,
    keys: Vec<VerifyingKey>,
}

impl TrustAnchors {
    /// Those that are configured: older than every statement.
    pub fn pinned(keys: Vec<VerifyingKey>) -> Self {
        Self {
            generation: 0,
            keys,
        }
    }

    /// All of them.
    pub fn keys(&self) -> &[VerifyingKey] {
        &self.keys
    }

    /// 0: as configured.
    pub fn generation(&self) -> u64 {
        self.generation
    }

    /// Takes a statement that a known key has signed. `None` when it says nothing newer.
    ///
    /// # Errors
    /// See [`StatementError`].
    pub fn learn(&self, signed: &proto::Signed) -> Result<Option<Self>, StatementError> {
        let body: proto::RootsBody = open(Subject::Roots, signed, &self.keys)?;
        if body.keys.is_empty() || body.keys.len() > MAX_ROOTS {
            return Err(StatementError::Malformed);
        }
        let key = |bytes: &Vec<u8>| VerifyingKey::try_from(bytes.as_slice()).ok();
        let keys: Option<Vec<VerifyingKey>> = body.keys.iter().map(key).collect();
        let keys = keys.ok_or(StatementError::Malformed)?;
        // An older statement is no attack by itself: two answers may cross. It changes nothing.
        Ok((body.generation > self.generation).then_some(Self {
            generation: body.generation,
            keys,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> SigningKey {
        SigningKey::from_bytes(&[seed; 32])
    }

    fn roots(generation: u64, keys: &[&SigningKey]) -> proto::RootsBody {
        proto::RootsBody {
            generation,
            issued_at_s: 1,
            keys: keys
                .iter()
                .map(|k| k.verifying_key().as_bytes().to_vec())
                .collect(),
        }
    }

    #[test]
    fn a_new_root_is_learnt_from_an_old_one_and_the_old_one_is_forgotten_in_turn() {
        let (old, new, stranger) = (key(1), key(2), key(3));
        let known = TrustAnchors::pinned(vec![old.verifying_key()]);

        let overlap = sign(Subject::Roots, &roots(2, &[&new, &old]), [&new, &old]);
        let both = known.learn(&overlap).unwrap().unwrap();
        assert_eq!(both.keys(), [new.verifying_key(), old.verifying_key()]);
        assert_eq!(both.learn(&overlap), Ok(None));

        let retired = sign(Subject::Roots, &roots(3, &[&new]), [&new, &old]);
        let after = both.learn(&retired).unwrap().unwrap();
        assert_eq!(after.keys(), [new.verifying_key()]);
        // Who slept through the overlap still learns of it.
        assert_eq!(known.learn(&retired).unwrap().unwrap(), after);
        assert_eq!(
            after.learn(&overlap),
            Ok(None),
            "an old statement changes nothing"
        );

        let usurped = sign(Subject::Roots, &roots(9, &[&stranger]), [&stranger]);
        assert_eq!(after.learn(&usurped), Err(StatementError::UnknownSigner));
        let by_the_old = sign(Subject::Roots, &roots(9, &[&stranger]), [&old]);
        assert_eq!(after.learn(&by_the_old), Err(StatementError::UnknownSigner));
    }

    #[test]
    fn what_is_wrong_with_a_statement_is_named() {
        let root = key(1);
        let known = TrustAnchors::pinned(vec![root.verifying_key()]);
        let good = sign(Subject::Roots, &roots(1, &[&root]), [&root]);

        let mut flipped = good.clone();
        flipped.signatures[0].signature[5] ^= 1;
        let mut altered = good.clone();
        altered.body[1] ^= 1;
        let unsigned = proto::Signed {
            signatures: vec![],
            ..good
        };
        let other = sign(Subject::AccountStates, &roots(1, &[&root]), [&root]);
        let empty = sign(Subject::Roots, &roots(1, &[]), [&root]);
        let many: Vec<SigningKey> = (1..=9).map(key).collect();
        let crowd = sign(
            Subject::Roots,
            &roots(1, &many.iter().collect::<Vec<_>>()),
            [&root],
        );
        let mut short = roots(1, &[&root]);
        short.keys[0].pop();
        let short = sign(Subject::Roots, &short, [&root]);
        for (statement, expected) in [
            (flipped, StatementError::BadSignature),
            (altered, StatementError::BadSignature),
            (unsigned, StatementError::UnknownSigner),
            (other, StatementError::BadSignature),
            (empty, StatementError::Malformed),
            (crowd, StatementError::Malformed),
            (short, StatementError::Malformed),
        ] {
            assert_eq!(known.learn(&statement), Err(expected));
        }
    }
}
