//! Where the keys come from that identity tokens are verified with, and how long they are kept.

use std::{fmt, io, net::IpAddr, path::PathBuf, str::FromStr, sync::Arc, time::Duration};

use alts_daemon::{
    config::values::{in_file, parsed},
    http::{self, HttpError, TlsRoots},
};
use hyper::{Uri, header};
use parking_lot::Mutex as SyncMutex;
use serde::{Deserialize, Deserializer, de::Error};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};
use zeroize::Zeroizing;

use super::{
    jwks::{InvalidJwks, Jwks, MAX_JWKS_LEN},
    jwt::short,
};

/// Google's keys for identity tokens.
const GOOGLE_CERTS: &str = "https://www.googleapis.com/oauth2/v3/certs";

/// How long keys are kept when nothing says so, and at most: a key that was withdrawn must not be
/// believed for days.
const DEFAULT_KEPT: Duration = Duration::from_secs(300);
const MAX_KEPT: Duration = Duration::from_secs(24 * 3600);

/// How long a publisher may take over all that he is asked: whoever waits has 5 s, and wants an answer too.
const FETCH_TIMEOUT: Duration = Duration::from_secs(3);

/// A publisher who did not answer is not asked again before that.
const MIN_REFRESH_INTERVAL: Duration = Duration::from_secs(10);

/// An unknown key name makes the keys be fetched anew, but not more often than this: anybody can make up
/// key names, and publishers show a key long before it signs.
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(60);

/// Where an issuer says where its keys are (OpenID Connect Discovery 1.0, section 4).
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// Where a key set is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum KeysLocation {
    /// A file, read anew when it is due.
    File(PathBuf),
    /// An `http:` or `https:` address.
    Url(String),
    /// Wherever the issuer with this address says, which stands in its tokens.
    Issuer(String),
}

impl KeysLocation {
    /// Whether whoever is there must prove who they are.
    pub fn is_https(&self) -> bool {
        matches!(self, Self::Url(url) | Self::Issuer(url) if url.starts_with("https://"))
    }
}

impl Default for KeysLocation {
    fn default() -> Self {
        Self::Url(GOOGLE_CERTS.to_owned())
    }
}

impl FromStr for KeysLocation {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.starts_with("https://") || is_here(text) {
            return Ok(Self::Url(text.to_owned()));
        }
        if text.starts_with("http://") {
            return Err(
                "whoever is on the way to an http: address can answer in its place; only loopback and \
                 the metadata server may be asked so, else use https:",
            );
        }
        match text.strip_prefix("file:").unwrap_or(text) {
            path if path.starts_with('/') => Ok(Self::File(path.into())),
            _ => Err("a key set is an absolute path, an http: or an https: address"),
        }
    }
}

/// Whether an `http:` address leads nowhere but to this machine or its metadata server.
fn is_here(url: &str) -> bool {
    let uri: Option<Uri> = url.parse().ok();
    let uri = uri.filter(|uri| uri.scheme_str() == Some("http"));
    uri.as_ref().and_then(Uri::host).is_some_and(|host| {
        match host.trim_matches(['[', ']']).parse() {
            Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_link_local(),
            Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unicast_link_local(),
            Err(_) => host == "localhost" || host == "metadata.google.internal",
        }
    })
}

/// As a configuration writes it.
impl TryFrom<String> for KeysLocation {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        parsed(&text, "name a file of this machine, or an https: address")
    }
}

impl fmt::Display for KeysLocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(f),
            Self::Url(url) | Self::Issuer(url) => f.write_str(url),
        }
    }
}

/// As a configuration writes an issuer.
pub(super) fn issuer<'de, D: Deserializer<'de>>(from: D) -> Result<KeysLocation, D::Error> {
    match KeysLocation::deserialize(from)? {
        KeysLocation::Url(url) => Ok(KeysLocation::Issuer(url)),
        _ => Err(Error::custom("an issuer is an https: address")),
    }
}

/// As a configuration names those who vouch for a location.
pub(crate) fn roots<'de, D: Deserializer<'de>>(from: D) -> Result<TlsRoots, D::Error> {
    in_file(from, |text, file| {
        TlsRoots::from_pem(text).map_err(|problem| format!("{file} is of no use: {problem}"))
    })
}

/// What an issuer says about itself, as far as it matters here.
#[derive(Debug, Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: KeysLocation,
}

impl Discovery {
    /// Whose word comes over https says where else over https.
    fn is_of(&self, location: &KeysLocation) -> bool {
        let as_safe = self.jwks_uri.is_https() || !location.is_https();
        let is_url = matches!(self.jwks_uri, KeysLocation::Url(_));
        self.issuer == location.to_string() && is_url && as_safe
    }
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
#[error("the key set {location} {problem}")]
pub struct KeySourceError {
    pub(crate) location: String,
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("cannot be had: its publisher did not answer within 3 s")]
    Silent,
    #[error("cannot be had: {0}")]
    Http(#[from] HttpError),
    #[error("cannot be read: {0}")]
    File(#[from] io::Error),
    #[error("is useless: {0}")]
    Invalid(#[from] InvalidJwks),
    #[error(
        "cannot be found: its {DISCOVERY} is another's, or leads where another could answer: {0}; compare \
         `issuer` in the authority's [[kubernetes]], to the letter"
    )]
    Discovery(String),
}

impl Problem {
    /// Whether nobody answered. That says nothing about the keys; any other answer is that they are gone.
    fn is_silence(&self) -> bool {
        match self {
            Self::Http(HttpError::Status { status, .. }) => status.is_server_error(),
            Self::Http(HttpError::Unreachable { .. } | HttpError::TimedOut(_)) => true,
            problem => matches!(problem, Self::Silent),
        }
    }
}

/// A key set, kept as long as its publisher says (RFC 9111, `max-age`).
#[derive(Debug)]
pub struct KeySource {
    location: KeysLocation,
    roots: TlsRoots,
    known: SyncMutex<Known>,
    /// Held while fetching: however many tokens wait, the publisher is asked once.
    fetching: Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    kept: Option<Kept>,
    /// The last attempt, if it was in vain.
    failed: Option<(Instant, Arc<KeySourceError>)>,
}

#[derive(Clone, Debug)]
struct Kept {
    keys: Jwks,
    fetched: Instant,
    max_age: Duration,
    /// Until what age they count while others cannot be had.
    serve_for: Duration,
}

impl Known {
    /// What is said of `kid` without asking the publisher; `None`: he must be asked. While he is silent,
    /// his keys go on being used, for a day at most.
    fn answer(&self, kid: &str, now: Instant) -> Option<Result<Jwks, Arc<KeySourceError>>> {
        let age = |since| now.saturating_duration_since(since);
        let kept = self.kept.as_ref();
        let kept = kept.filter(|kept| age(kept.fetched) < kept.serve_for);
        let failed = self.failed.as_ref();
        let failed = failed.filter(|(when, _)| age(*when) < MIN_REFRESH_INTERVAL);
        let serves = |kept: &Kept| {
            let age = age(kept.fetched);
            age < kept.max_age && (kept.keys.knows(kid) || age < UNKNOWN_KEY_INTERVAL)
        };
        match (kept, failed) {
            (Some(kept), failed) if failed.is_some() || serves(kept) => Some(Ok(kept.keys.clone())),
            (None, Some((_, error))) => Some(Err(Arc::clone(error))),
            _ => None,
        }
    }
}

impl KeySource {
    /// Nothing is fetched yet. `roots` vouch for who is at an `https:` address.
    pub fn new(location: KeysLocation, roots: TlsRoots) -> Arc<Self> {
        Arc::new(Self {
            location,
            roots,
            known: SyncMutex::default(),
            fetching: Mutex::default(),
        })
    }

    /// The keys, fetched anew when they are due or do not know `kid`. Who asks for one that is known
    /// and good waits for nobody.
    ///
    /// # Errors
    /// When they cannot be had, or could not lately, and no kept ones are still good.
    pub async fn keys(self: &Arc<Self>, kid: &str) -> Result<Jwks, Arc<KeySourceError>> {
        if let Some(answer) = self.known.lock().answer(kid, Instant::now()) {
            return answer;
        }
        let (own, kid) = (Arc::clone(self), kid.to_owned());
        // Goes on when whoever asks gives up: the next one is told what came of it.
        let asked = tokio::spawn(async move { own.ask(&kid).await }).await;
        asked.unwrap_or_else(|error| Err(self.error(io::Error::other(error).into())))
    }

    fn error(&self, problem: Problem) -> Arc<KeySourceError> {
        let location = self.location.to_string();
        Arc::new(KeySourceError { location, problem })
    }

    async fn ask(&self, kid: &str) -> Result<Jwks, Arc<KeySourceError>> {
        let _fetching = self.fetching.lock().await;
        loop {
            // Whoever was there first may have found out.
            if let Some(answer) = self.known.lock().answer(kid, Instant::now()) {
                return answer;
            }
            let fetched = timeout(FETCH_TIMEOUT, self.fetch()).await;
            let mut known = self.known.lock();
            match fetched.unwrap_or(Err(Problem::Silent)) {
                Ok(kept) => {
                    let kept = Some(kept);
                    *known = Known { kept, failed: None };
                }
                Err(problem) => {
                    if let Some(kept) = known.kept.as_mut()
                        && !problem.is_silence()
                    {
                        kept.serve_for = kept.max_age;
                    }
                    let error = self.error(problem);
                    tracing::warn!(%error, "going on with the keys that are kept and still count, if any");
                    known.failed = Some((Instant::now(), error));
                }
            }
        }
    }

    async fn fetch(&self) -> Result<Kept, Problem> {
        let (json, max_age) = match &self.location {
            KeysLocation::File(path) => {
                let json = read_bounded(path.clone(), MAX_JWKS_LEN).await?;
                (json.to_vec(), MIN_REFRESH_INTERVAL)
            }
            KeysLocation::Url(url) => self.get(url).await?,
            KeysLocation::Issuer(issuer) => {
                let base = issuer.trim_end_matches('/');
                let (document, _) = self.get(&format!("{base}{DISCOVERY}")).await?;
                let found: Discovery = serde_json::from_slice(&document)
                    .map_err(|error| Problem::Discovery(short(error.to_string())))?;
                let keys = found.jwks_uri.to_string();
                if !found.is_of(&self.location) {
                    let (issuer, keys) = (short(found.issuer), short(keys));
                    let told = format!("issuer {issuer:?}, jwks_uri {keys:?}");
                    return Err(Problem::Discovery(told));
                }
                self.get(&keys).await?
            }
        };
        Ok(Kept {
            keys: Jwks::parse(&json)?,
            fetched: Instant::now(),
            max_age,
            serve_for: MAX_KEPT,
        })
    }

    /// A document, and how long it is good for.
    async fn get(&self, url: &str) -> Result<(Vec<u8>, Duration), Problem> {
        let answer = http::get_believing(&self.roots, url, &[], MAX_JWKS_LEN).await?;
        let control = answer.headers.get(header::CACHE_CONTROL);
        let control = control.and_then(|value| value.to_str().ok());
        Ok((answer.body.to_vec(), max_age(control.unwrap_or_default())))
    }
}

/// A file's first bytes: one more than allowed, so that "too large" is seen by who understands them.
/// They may be secret: there is room for all of them, so that growing leaves no copy behind.
pub(super) async fn read_bounded(path: PathBuf, max_len: usize) -> io::Result<Zeroizing<Vec<u8>>> {
    let read = move || {
        use io::Read;
        let mut bytes = Zeroizing::new(Vec::with_capacity(max_len + 1));
        let limit = u64::try_from(max_len + 1).unwrap_or(u64::MAX);
        let file = std::fs::File::open(path)?;
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let read = tokio::task::spawn_blocking(read).await;
    read.map_err(io::Error::other)?
}

/// The `max-age` of a Cache-Control header, within our own bounds.
fn max_age(cache_control: &str) -> Duration {
    let directives = cache_control.split(',').map(str::trim);
    let mut kept = DEFAULT_KEPT;
    for directive in directives {
        let lower = directive.to_ascii_lowercase();
        if lower == "no-store" || lower == "no-cache" {
            return MIN_REFRESH_INTERVAL;
        }
        if let Some(seconds) = lower.strip_prefix("max-age=").and_then(|s| s.parse().ok()) {
            kept = Duration::from_secs(seconds);
        }
    }
    kept.clamp(MIN_REFRESH_INTERVAL, MAX_KEPT)
}

#[cfg(test)]
#[path = "key_source_tests.rs"]
mod tests;
