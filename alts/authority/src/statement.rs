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
#[path = "statement_tests.rs"]
mod tests;
