//! Google's Identity-Aware Proxy has asked who somebody is, and says so in a header that it signs. `verify.rs` judges
//! what it says; here is where that and the keys come from.

mod verify;

use std::{sync::Arc, time::Duration};

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri},
};
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};
use jiff::Timestamp;
use parking_lot::Mutex as SyncMutex;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use tokio::{sync::Mutex, time::timeout};
use tower::BoxError;

use self::verify::{Judged, Keys, key_name, person};

/// Where the assertion is. Identity-Aware Proxy removes what a visitor sends under this name.
const ASSERTION: &str = "x-goog-iap-jwt-assertion";
/// How long a set of keys may take: somebody waits for their page.
const FETCH_TIME: Duration = Duration::from_secs(3);
/// The largest set; Google's has 2 KiB.
const MAX_SET_BYTES: usize = 64 * 1024;

/// What it takes to believe Identity-Aware Proxy.
#[derive(Debug)]
pub struct Iap {
    audience: String,
    keys_at: Uri,
    keys: SyncMutex<Keys>,
    /// Held while fetching: however many wait for a key, it is asked for once.
    fetching: Mutex<()>,
}

impl Iap {
    /// Believes it of visitors to this backend service, with the key set at `keys_at`; nothing is fetched yet.
    pub fn new(audience: String, keys_at: Uri) -> Arc<Self> {
        Arc::new(Self {
            audience,
            keys_at,
            keys: SyncMutex::default(),
            fetching: Mutex::default(),
        })
    }

    /// The e-mail address of the person whom a request is from. The assertion itself is told nobody: while it is valid,
    /// whoever has it is that person.
    pub(crate) async fn person(
        self: &Arc<Self>,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Judged<String> {
        let mut given = headers.get_all(ASSERTION).iter();
        let (Some(assertion), None) = (given.next(), given.next()) else {
            return Err("there is none, or more than one");
        };
        let assertion = assertion.to_str().unwrap_or_default();
        let key = Arc::clone(self).key(key_name(assertion)?, now);
        // In a task of its own: a visitor who leaves must not stop a fetch for the others.
        let key = tokio::spawn(key).await.ok().flatten();
        let key = key.ok_or("no key of its name is known; check --iap-keys")?;
        person(assertion, &key, &self.audience, now)
    }

    /// The key of that name, once the set that is known has been fetched anew if that is due.
    pub(crate) async fn key(self: Arc<Self>, name: String, now: Timestamp) -> Option<Vec<u8>> {
        let known = self.keys.lock().key(&name, now);
        let turn = match known {
            // Whoever has a key that is known waits for nobody who is fetching.
            Some(_) => self.fetching.try_lock().ok(),
            None => Some(self.fetching.lock().await),
        };
        // Whoever was there first may have brought it.
        if turn.is_some() && self.keys.lock().take_turn(&name, now) {
            let fetched = timeout(FETCH_TIME, fetch(self.keys_at.clone())).await;
            let fetched = fetched.unwrap_or_else(|_| Err("no answer in time".into()));
            if let Err(cause) = fetched.and_then(|json| self.keys.lock().replace(&json, now)) {
                tracing::warn!(%cause, "no new keys of Identity-Aware Proxy; those that are known stay for a day");
            }
        }
        self.keys.lock().key(&name, now)
    }
}

/// What is at an address. Over `https:` the other end has to be whom Mozilla's roots vouch for.
async fn fetch(uri: Uri) -> Result<Bytes, BoxError> {
    let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(RootCertStore::from_iter(roots))
        .with_no_client_auth();
    let connector = HttpsConnectorBuilder::new().with_tls_config(tls);
    // Whoever is on the way to an `http:` address can answer in its place, so it has to be this machine.
    let connector = match uri.host() {
        Some("127.0.0.1") => connector.https_or_http(),
        _ => connector.https_only(),
    };
    let connector = connector.enable_http1().build();
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(connector);
    let answer = client.get(uri).await?;
    if answer.status() != StatusCode::OK {
        return Err(format!("the answer is {}", answer.status()).into());
    }
    let set = Limited::new(answer.into_body(), MAX_SET_BYTES);
    Ok(set.collect().await?.to_bytes())
}

#[cfg(test)]
pub(crate) mod tests;
