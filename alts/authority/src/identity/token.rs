//! Identity tokens of Compute Engine instances, verified. Pure: keys and time are given.
//!
//! ```text
//!   base64url( {"alg":"RS256","kid":…} ) . base64url( claims ) . base64url( signature )
//!              JWS (RFC 7515) in its compact form; claims as in JWT (RFC 7519)
//!              and Google's own under "google"."compute_engine"
//! ```
//!
//! Source: Compute Engine's documentation, "Verifying the identity of instances", format `full`.

use std::time::Duration;

use alts_handshake::{MAX_CLOCK_SKEW, Timestamp};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Deserialize;

use super::{Claim, jwks::Jwks};

/// Largest token, in bytes. Google's have about 1,200.
pub const MAX_TOKEN_LEN: usize = 8 * 1024;

/// Who signs Google's tokens.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// Google's tokens live for an hour; one that claims much more was not made by it.
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
    /// Only RS256 counts: "none" proves nothing, and HS256 would take a public key for a secret.
    #[error("the identity token is signed with {0:?}, and only RS256 is accepted")]
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
    #[error("the identity token is issued by {0:?}, not by the configured issuer")]
    Issuer(String),
    /// A token for another request or another service.
    #[error("the identity token is for another audience; a token serves one request")]
    Audience,
    /// Too old.
    #[error("the identity token expired {0} s ago; check both machines' clocks")]
    Expired(u64),
    /// From the future.
    #[error("the identity token becomes valid in {0} s; check both machines' clocks")]
    NotYetValid(u64),
    /// Valid for longer than Google's are.
    #[error("the identity token claims to be valid for {0} s, more than a day")]
    Lifetime(u64),
    /// Google does not vouch for the address.
    #[error("the identity token's e-mail is not verified")]
    EmailNotVerified,
    /// The machine runs as somebody else.
    #[error("the machine runs as {0:?}; ask for that account, or attach the other one to it")]
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
}

/// What the authority insists on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// Usually [`GOOGLE_ISSUER`].
    pub issuer: String,
    /// Whose machines are served; empty is nobody.
    pub projects: Vec<String>,
}

/// A machine as Google vouches for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instance {
    /// Compute Engine's number of it; decimal digits.
    pub instance_id: String,
    /// Its project.
    pub project_id: String,
    /// Where it runs.
    pub zone: String,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    exp: u64,
    iat: u64,
    email: Option<String>,
    #[serde(default)]
    email_verified: bool,
    google: Option<Google>,
}

#[derive(Deserialize)]
struct Google {
    compute_engine: Option<ComputeEngine>,
}

#[derive(Deserialize)]
struct ComputeEngine {
    instance_id: String,
    instance_name: String,
    project_id: String,
    #[serde(default)]
    zone: String,
}

/// The name of the key that a token claims to be signed with, without checking anything.
///
/// # Errors
/// When there is none to be found.
pub fn key_name(token: &str) -> Result<String, TokenError> {
    Parts::split(token).map(|parts| parts.kid)
}

/// Verifies that `token` proves `claim`.
///
/// # Errors
/// The first thing found wrong: form, algorithm, key, signature, then the claims.
pub fn verify(
    token: &str,
    claim: &Claim<'_>,
    keys: &Jwks,
    expectation: &Expectation,
    now: Timestamp,
) -> Result<Instance, TokenError> {
    let parts = Parts::split(token)?;
    if !keys.knows(&parts.kid) {
        return Err(TokenError::UnknownKey(parts.kid));
    }
    if !keys.verifies(&parts.kid, parts.signed.as_bytes(), &parts.signature) {
        return Err(TokenError::BadSignature);
    }
    // Nothing of the claims is believed, or even parsed, before this point.
    let claims: Claims = json(parts.claims, "its claims")?;
    check_times(&claims, now)?;
    if claims.iss != expectation.issuer {
        return Err(TokenError::Issuer(short(claims.iss)));
    }
    if claims.aud != claim.audience() {
        return Err(TokenError::Audience);
    }
    let email = claims.email.unwrap_or_default();
    if !claims.email_verified {
        return Err(TokenError::EmailNotVerified);
    }
    if email != claim.account.as_ref() {
        return Err(TokenError::Account(short(email)));
    }
    let google = claims.google.and_then(|google| google.compute_engine);
    let instance = google.ok_or(TokenError::NoInstance)?;
    if !expectation.projects.contains(&instance.project_id) {
        return Err(TokenError::Project(short(instance.project_id)));
    }
    if instance.instance_name != claim.machine.as_ref() {
        return Err(TokenError::Machine(short(instance.instance_name)));
    }
    Ok(Instance {
        instance_id: short(instance.instance_id),
        project_id: instance.project_id,
        zone: short(instance.zone),
    })
}

/// A token taken apart, with a good header.
struct Parts<'a> {
    kid: String,
    claims: &'a str,
    /// What the signature covers: `header.claims`.
    signed: &'a str,
    signature: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn split(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN_LEN {
            return Err(TokenError::TooLong(token.len()));
        }
        let malformed = TokenError::Malformed;
        let (signed, signature) = token
            .rsplit_once('.')
            .ok_or_else(|| malformed("it does not have three parts"))?;
        let (header, claims) = signed
            .split_once('.')
            .ok_or_else(|| malformed("it does not have three parts"))?;
        if claims.contains('.') {
            return Err(malformed("it does not have three parts"));
        }
        let header: Header = json(header, "its header")?;
        if header.alg != "RS256" {
            return Err(TokenError::Algorithm(short(header.alg)));
        }
        if header.crit.is_some() {
            return Err(malformed("it demands extensions that are not known here"));
        }
        Ok(Self {
            kid: short(
                header
                    .kid
                    .ok_or_else(|| malformed("its header has no kid"))?,
            ),
            claims,
            signed,
            signature: URL_SAFE_NO_PAD
                .decode(signature)
                .map_err(|_| malformed("its signature is not base64url"))?,
        })
    }
}

fn json<T: for<'de> Deserialize<'de>>(part: &str, what: &'static str) -> Result<T, TokenError> {
    let bytes = URL_SAFE_NO_PAD
        .decode(part)
        .map_err(|_| TokenError::Malformed(what))?;
    serde_json::from_slice(&bytes).map_err(|_| TokenError::Malformed(what))
}

fn check_times(claims: &Claims, now: Timestamp) -> Result<(), TokenError> {
    let (now_s, skew_s) = (now.as_unix_s(), MAX_CLOCK_SKEW.as_secs());
    let lifetime_s = claims
        .exp
        .checked_sub(claims.iat)
        .ok_or(TokenError::Malformed("it expires before it was issued"))?;
    if lifetime_s > MAX_LIFETIME.as_secs() {
        return Err(TokenError::Lifetime(lifetime_s));
    }
    if now_s >= claims.exp.saturating_add(skew_s) {
        return Err(TokenError::Expired(now_s - claims.exp));
    }
    if now_s.saturating_add(skew_s) < claims.iat {
        return Err(TokenError::NotYetValid(claims.iat - now_s));
    }
    Ok(())
}

/// A stranger's word, cut to what an error can show. Debug formatting escapes the rest.
fn short(mut text: String) -> String {
    const MAX: usize = 128;
    if text.len() > MAX {
        let end = (0..=MAX).rev().find(|end| text.is_char_boundary(*end));
        text.truncate(end.unwrap_or(0));
    }
    text
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
