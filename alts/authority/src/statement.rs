//! What the authority says besides certificates, signed by its root keys: which roots count, and
//! which accounts may act. Pure.

use alts_handshake::{KeyId, SignedBody, SignedError};
use ed25519_dalek::VerifyingKey;

use super::proto::authority as proto;

/// A statement about root keys.
pub type SignedRoots = alts_handshake::Signed<proto::RootsBody>;

/// Root keys at once, at most. Two while one replaces another.
pub const MAX_ROOTS: usize = 8;

// Statements are kept in files since alts-local/1, and are the same in alts-local/2.
impl SignedBody for proto::RootsBody {
    const LABEL: &'static str = "alts-local/1 roots";
}

impl SignedBody for proto::AccountStatesBody {
    const LABEL: &'static str = "alts-local/1 account states";
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

impl From<SignedError> for StatementError {
    fn from(error: SignedError) -> Self {
        match error {
            SignedError::Malformed => Self::Malformed,
            SignedError::UnknownSigner(_) => Self::UnknownSigner,
            SignedError::BadSignature => Self::BadSignature,
        }
    }
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
    pub fn learn(&self, signed: &SignedRoots) -> Result<Option<Self>, StatementError> {
        let (body, _) = signed.open(|id| self.keys.iter().find(|key| KeyId::of(key) == id))?;
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
    use alts_handshake::{Signed, wire};
    use ed25519_dalek::SigningKey;

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

        let overlap = Signed::new(&roots(2, &[&new, &old]), [&new, &old]);
        let both = known.learn(&overlap).unwrap().unwrap();
        assert_eq!(both.keys(), [new.verifying_key(), old.verifying_key()]);
        assert_eq!(both.learn(&overlap), Ok(None));

        let retired = Signed::new(&roots(3, &[&new]), [&new, &old]);
        let after = both.learn(&retired).unwrap().unwrap();
        assert_eq!(after.keys(), [new.verifying_key()]);
        // Who slept through the overlap still learns of it.
        assert_eq!(known.learn(&retired).unwrap().unwrap(), after);
        assert_eq!(
            after.learn(&overlap),
            Ok(None),
            "an old statement changes nothing"
        );

        let usurped = Signed::new(&roots(9, &[&stranger]), [&stranger]);
        assert_eq!(after.learn(&usurped), Err(StatementError::UnknownSigner));
        let by_the_old = Signed::new(&roots(9, &[&stranger]), [&old]);
        assert_eq!(after.learn(&by_the_old), Err(StatementError::UnknownSigner));
    }

    #[test]
    fn what_is_wrong_with_a_statement_is_named() {
        let root = key(1);
        let known = TrustAnchors::pinned(vec![root.verifying_key()]);
        let good = Signed::new(&roots(1, &[&root]), [&root]);

        let changed = |change: fn(&mut wire::Signed)| {
            let mut envelope = wire::Signed::from(good.clone());
            change(&mut envelope);
            SignedRoots::from(envelope)
        };
        let flipped = changed(|e| e.signatures[0].signature[5] ^= 1);
        let altered = changed(|e| e.body[1] ^= 1);
        let unsigned = changed(|e| e.signatures.clear());
        let states = Signed::new(&proto::AccountStatesBody::default(), [&root]);
        let other = SignedRoots::from(wire::Signed::from(states));
        let empty = Signed::new(&roots(1, &[]), [&root]);
        let many: Vec<SigningKey> = (1..=9).map(key).collect();
        let crowd = Signed::new(&roots(1, &many.iter().collect::<Vec<_>>()), [&root]);
        let mut short = roots(1, &[&root]);
        short.keys[0].pop();
        let short = Signed::new(&short, [&root]);
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
