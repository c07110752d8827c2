//! Signed tokens (JWT, RFC 7519) and why they are believed: what the sources of identity tokens have in common. Pure: keys and
//! time are given.
//!
//! ```text
//!   base64url( {"alg":"RS256","kid":…} ) . base64url( claims ) . base64url( signature )
//!              JWS (RFC 7515) in its compact form
//! ```

use std::time::Duration;

use alts_handshake::{MAX_CLOCK_SKEW, Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::jwks::Jwks;

/// Largest token, in bytes. Google's and Kubernetes' have about 1,200.
pub const MAX_TOKEN_LEN: usize = 8 * 1024;

/// Google's tokens live for an hour, and pods may ask for less; one that claims much more was made for something else.
const MAX_LIFETIME: Duration = Duration::from_secs(24 * 3600);

/// Why a token proves nothing. The token itself is never quoted: it is a secret while it lives.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// Larger than any token.
    #[error("the identity token has {0} bytes, the limit is {MAX_TOKEN_LEN}")]
    TooLong(usize),
    /// Not three base64url parts with JSON in them, or a claim is missing.
    #[error("the identity token is malformed: {0}")]
    Malformed(&'static str),
    /// "none" proves nothing, and HS256 would take a public key for a secret.
    #[error(
        "the identity token is signed with {0:?}, and only RS256 by an RSA key and ES256 by a P-256 key \
         are accepted"
    )]
    Algorithm(String),
    /// A key that the key set does not have.
    #[error(
        "the identity token is signed by the unknown key {0:?}; check which key set the authority \
         uses"
    )]
    UnknownKey(String),
    /// The key did not sign this.
    #[error("the identity token's signature is wrong")]
    BadSignature,
    /// Somebody else's token.
    #[error(
        "the identity token is issued by {0:?}, not by the configured issuer; compare `issuer` in the \
         authority's configuration"
    )]
    Issuer(String),
    /// A token for another request or another service, or also for one.
    #[error("the identity token is for another audience; it must name {0:?} and nobody else")]
    Audience(String),
    /// Too old.
    #[error("the identity token expired {0} s ago; check both machines' clocks")]
    Expired(u64),
    /// From the future.
    #[error("the identity token becomes valid in {0} s; check both machines' clocks")]
    NotYetValid(u64),
    /// Valid for longer than anybody needs.
    #[error("the identity token claims to be valid for {0} s, more than a day")]
    Lifetime(u64),
    /// Google does not vouch for the address.
    #[error("the identity token's e-mail is not verified")]
    EmailNotVerified,
    /// The machine runs as somebody else.
    #[error(
        "the machine runs as {0:?}; ask for that account, or let it run as the other one: attach it to an \
         instance, or change the pod's in [kubernetes.accounts]"
    )]
    Account(String),
    /// Not a `full` token: nothing says which machine it is.
    #[error("the identity token names no Compute Engine instance; ask for it with format=full")]
    NoInstance,
    /// A machine under a name that is not its own.
    #[error("the machine's name is {0:?}; configure that one")]
    Machine(String),
    /// Somebody else's project.
    #[error("the machine is of project {0:?}, which this authority does not serve")]
    Project(String),
    /// A Kubernetes service account that stands for nobody here.
    #[error(
        "this authority has no account for {0:?}; add it to the accounts of its [[kubernetes]]"
    )]
    Subject(String),
    /// A token that any pod could show, and people.
    #[error("the identity token is bound to no pod; use a projected serviceAccountToken volume")]
    NoPod,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<IgnoredAny>,
}

/// The claims that every token has, and those of its source.
#[derive(Deserialize)]
struct Claims<Own> {
    iss: String,
    /// One name, or a list (RFC 7519, section 4.1.3).
    aud: Value,
    exp: u64,
    iat: u64,
    nbf: Option<u64>,
    #[serde(flatten)]
    own: Own,
}

/// The name of the key that a token claims to be signed with, without checking anything.
///
/// # Errors
/// When there is none to be found.
pub fn key_name(token: &str) -> Result<String, TokenError> {
    Parts::split(token).map(|parts| parts.kid)
}

/// Who signed a token, if that is true: whose keys to ask for.
///
/// # Errors
/// When it does not say.
pub fn claimed_issuer(token: &str) -> Result<String, TokenError> {
    let claims: Claims<IgnoredAny> = unverified(token)?;
    Ok(claims.iss)
}

/// Claims that nobody has vouched for yet.
pub(super) fn unverified<T: DeserializeOwned>(token: &str) -> Result<T, TokenError> {
    parsed(Parts::split(token)?.claims, "its claims")
}

/// Verifies everything that tokens of all sources have, and returns what this source's have besides.
///
/// # Errors
/// The first thing found wrong: form, algorithm, key, signature, then times, issuer, audience.
pub(super) fn verify<Own: DeserializeOwned>(
    token: &str,
    keys: &Jwks,
    issuer: &str,
    audience: &str,
    now: Timestamp,
) -> Result<Own, TokenError> {
    let parts = Parts::split(token)?;
    if !keys.knows(&parts.kid) {
        return Err(TokenError::UnknownKey(parts.kid));
    }
    let (kid, signed) = (&parts.kid, parts.signed.as_bytes());
    if !keys.verifies(kid, &parts.alg, signed, &parts.signature) {
        return Err(TokenError::BadSignature);
    }
    // Nothing of the claims is believed before this point.
    let claims: Claims<Own> = parsed(parts.claims, "its claims")?;
    claims.check_times(now)?;
    if claims.iss != issuer {
        return Err(TokenError::Issuer(short(claims.iss)));
    }
    // Whoever else it names could show the token here.
    if claims.aud != audience && claims.aud != json!([audience]) {
        return Err(TokenError::Audience(audience.to_owned()));
    }
    Ok(claims.own)
}

impl<Own> Claims<Own> {
    fn check_times(&self, now: Timestamp) -> Result<(), TokenError> {
        let (now_s, skew_s) = (now.as_unix_s(), MAX_CLOCK_SKEW.as_secs());
        let lifetime_s = self
            .exp
            .checked_sub(self.iat)
            .ok_or(TokenError::Malformed("it expires before it was issued"))?;
        if lifetime_s > MAX_LIFETIME.as_secs() {
            return Err(TokenError::Lifetime(lifetime_s));
        }
        if now_s >= self.exp.saturating_add(skew_s) {
            return Err(TokenError::Expired(now_s - self.exp));
        }
        let valid_from_s = self.iat.max(self.nbf.unwrap_or_default());
        if now_s.saturating_add(skew_s) < valid_from_s {
            return Err(TokenError::NotYetValid(valid_from_s - now_s));
        }
        Ok(())
    }
}

/// A token taken apart, with a good header.
struct Parts<'a> {
    alg: String,
    kid: String,
    claims: &'a str,
    /// What the signature covers: `header.claims`.
    signed: &'a str,
    /// The part of a token that nobody else can make.
    signature: Zeroizing<Vec<u8>>,
}

impl<'a> Parts<'a> {
    fn split(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(TokenError::TooLong(token.len()));
        }
        let malformed = TokenError::Malformed;
        let (signed, signature) = token.rsplit_once('.').unwrap_or_default();
        if signed.matches('.').count() != 1 {
            return Err(malformed("it does not have three parts"));
        }
        let (header, claims) = signed.split_once('.').unwrap_or_default();
        let header: Header = parsed(header, "its header")?;
        // Before anybody is asked for a key.
        if !["RS256", "ES256"].contains(&&*header.alg) {
            return Err(TokenError::Algorithm(short(header.alg)));
        }
        if header.crit.is_some() {
            return Err(malformed("it demands extensions that are not known here"));
        }
        Ok(Self {
            alg: header.alg,
            kid: header
                .kid
                .map(short)
                .ok_or_else(|| malformed("its header has no kid"))?,
            claims,
            signed,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map(Zeroizing::new)
                .map_err(|_| malformed("its signature is not base64url"))?,
        })
    }
}

fn parsed<T: DeserializeOwned>(part: &str, what: &'static str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed(what))?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed(what))
}

/// A stranger's word, cut to what an error can show. Debug formatting escapes the rest.
pub(crate) fn short(mut text: String) -> String {
    text.truncate(text.floor_char_boundary(128));
    text
}

#[cfg(test)]
#[path = "jwt_tests.rs"]
mod tests;
