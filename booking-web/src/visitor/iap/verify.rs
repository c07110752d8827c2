//! Whom an assertion of Identity-Aware Proxy names, and the keys that this takes. Pure: sets of keys and time are given.
//!
//! ```text
//!   base64url( {"alg":"ES256","kid":…} ) . base64url( claims ) . base64url( r[32] s[32] )
//!              JWS (RFC 7515) in its compact form; the signature as in RFC 7518, section 3.4
//! ```
//!
//! Source: Google's documentation, "Securing your app with signed headers".

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use tower::BoxError;

/// Who signs.
const ISSUER: &str = "https://cloud.google.com/iap";
/// How far two clocks may be apart.
const SKEW_S: i64 = 30;
/// How long an assertion of Google's is valid, by clocks that are apart.
const MAX_LIFETIME_S: i64 = 10 * 60 + 2 * SKEW_S;
/// After this long a set of keys is fetched anew: one that was withdrawn must not be believed for ever.
const MAX_AGE_S: i64 = 60 * 60;
/// While no other comes the last one is believed for so long: who keeps us from fetching keeps a withdrawn key alive.
const MAX_BELIEF_S: i64 = 24 * 60 * 60;
/// Between two tries, whatever they bring: anybody can make up names of keys.
const MIN_INTERVAL_S: i64 = 60;
/// The same while no key is believed, and with it nobody.
const FIRST_INTERVAL_S: i64 = 5;

const MALFORMED: &str = "it is malformed";

/// An error says why an assertion counts for nothing, and quotes nothing of it.
pub(super) type Judged<T> = Result<T, &'static str>;

/// The name of the key that an assertion claims to be signed with.
pub(super) fn key_name(assertion: &str) -> Judged<String> {
    let (header, _) = assertion.split_once('.').ok_or(MALFORMED)?;
    let header = json(header).ok_or(MALFORMED)?;
    // "none" proves nothing, HS256 would take a public key for a secret, and no extension is known here.
    if header["alg"] != "ES256" || !header["crit"].is_null() {
        return Err("it is not simply signed by ES256");
    }
    header["kid"].as_str().map(str::to_owned).ok_or(MALFORMED)
}

/// The e-mail address in an assertion that this key signed for this audience and that is valid now; it is read last.
pub(super) fn person(
    assertion: &str,
    key: &[u8],
    audience: &str,
    now: Timestamp,
) -> Judged<String> {
    let (signed, signature) = assertion.rsplit_once('.').ok_or(MALFORMED)?;
    let signature = BASE64.decode(signature).map_err(|_| MALFORMED)?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| "its signature is wrong")?;
    // A third point would be in the claims, and is no base64.
    let claims = signed.split_once('.').and_then(|(_, claims)| json(claims));
    let claims = claims.ok_or(MALFORMED)?;
    if claims["iss"] != ISSUER || claims["aud"] != audience {
        return Err("it is for another backend service; check --iap-audience");
    }
    let time = |name: &str| claims[name].as_i64().ok_or("it lacks a time");
    let (from_s, until_s) = (time("iat")?, time("exp")?);
    let valid = from_s.saturating_sub(SKEW_S)..until_s.saturating_add(SKEW_S);
    if !valid.contains(&now.as_second()) || until_s.saturating_sub(from_s) > MAX_LIFETIME_S {
        return Err("it is not valid now, or for too long; check this machine's clock");
    }
    match (claims["sub"].as_str(), claims["email"].as_str()) {
        (Some(id), Some(email)) if !id.is_empty() => Ok(email.to_owned()),
        _ => Err("it is about nobody"),
    }
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64.decode(part).ok()?).ok()
}

/// The keys that are known, by name: points of P-256, uncompressed.
#[derive(Debug, Default)]
pub(super) struct Keys {
    known: BTreeMap<String, Vec<u8>>,
    fetched_s: Option<i64>,
    tried_s: Option<i64>,
}

/// Whether two times are less than so far apart: a clock that was set back makes an age negative.
fn within(at_s: Option<i64>, bound_s: i64, now: Timestamp) -> bool {
    at_s.is_some_and(|at_s| (now.as_second() - at_s).abs() < bound_s)
}

impl Keys {
    pub(super) fn key(&self, name: &str, now: Timestamp) -> Option<Vec<u8>> {
        let believed = within(self.fetched_s, MAX_BELIEF_S, now);
        self.known.get(name).filter(|_| believed).cloned()
    }

    /// Whether a set is to be fetched before something is said of a key; then this counts as a try.
    pub(super) fn take_turn(&mut self, name: &str, now: Timestamp) -> bool {
        let fresh = within(self.fetched_s, MAX_AGE_S, now) && self.known.contains_key(name);
        let pause_s = match within(self.fetched_s, MAX_BELIEF_S, now) {
            true => MIN_INTERVAL_S,
            false => FIRST_INTERVAL_S,
        };
        let due = !fresh && !within(self.tried_s, pause_s, now);
        if due {
            self.tried_s = Some(now.as_second());
        }
        due
    }

    /// Puts a JSON Web Key Set (RFC 7517) in place of the last one; what is none changes nothing.
    pub(super) fn replace(&mut self, json: &[u8], now: Timestamp) -> Result<(), BoxError> {
        let document: Value = serde_json::from_slice(json)?;
        let entries = document["keys"].as_array().into_iter().flatten();
        let known: BTreeMap<_, _> = entries.filter_map(named_key).collect();
        if known.is_empty() {
            return Err("there is no key of P-256 in it".into());
        }
        self.known = known;
        self.fetched_s = Some(now.as_second());
        Ok(())
    }
}

/// One of a set; none for keys of another kind.
fn named_key(entry: &Value) -> Option<(String, Vec<u8>)> {
    let number = |name: &str| {
        let bytes = BASE64.decode(entry[name].as_str()?).ok()?;
        (bytes.len() == 32).then_some(bytes)
    };
    let name = entry["kid"].as_str()?.to_owned();
    let point = [vec![4], number("x")?, number("y")?].concat();
    (entry["kty"] == "EC" && entry["crv"] == "P-256").then_some((name, point))
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
