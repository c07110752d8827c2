//! Keeps a handshaker's trust current: root keys and the revocation list, fetched again and again.
//!
//! What cannot be fetched, or is not signed by a known root, changes nothing: the handshaker goes on
//! with what it has, says so, and tries again.

use std::{fmt::Display, sync::Arc, time::Duration};

use tokio::sync::watch;
use tonic::transport::Channel;

use super::{
    cause,
    learnt::{LearntRoots, RootsRecord},
};
use crate::{
    authority::{
        proto::{GetCrlRequest, GetRootsRequest, authority_client::AuthorityClient},
        statement::KnownRoots,
    },
    environment,
    handshake::{Crl, Policy, Roots, Trust, TrustSettings},
    retry::Backoff,
    state::{StateDir, StateError},
    trust_feed::TrustFeed,
};

const ROOTS_FILE: &str = "roots.json";

/// What a handshaker's trust is made of.
#[derive(Clone, Debug)]
pub struct TrustSource {
    /// The configured root keys.
    pub pinned: KnownRoots,
    /// Who may certify whom.
    pub policy: Policy,
    /// Skew, and what to do without a current list.
    pub settings: TrustSettings,
    /// How often to ask. The longest that a revocation takes to arrive while the authority answers.
    pub refresh: Duration,
}

/// Fetches; and remembers the roots across restarts, so that a machine whose configuration names a
/// retired key only still knows its successor.
#[derive(Debug)]
pub struct TrustKeeper {
    source: TrustSource,
    client: AuthorityClient<Channel>,
    state: StateDir,
    roots: LearntRoots,
    crl: Option<Arc<Crl>>,
    feed: watch::Sender<Arc<Trust>>,
}

impl TrustKeeper {
    /// Starts from the configuration and what was learnt before. Nothing is fetched yet.
    ///
    /// # Errors
    /// When the state is damaged.
    pub fn new(
        source: TrustSource,
        client: AuthorityClient<Channel>,
        state: StateDir,
    ) -> Result<Self, StateError> {
        let remembered = state.read(ROOTS_FILE, |record: RootsRecord| record.try_into())?;
        let remembered: Vec<_> = remembered.unwrap_or_default();
        let is_first_start = remembered.is_empty();
        let roots = LearntRoots::replay(source.pinned.clone(), remembered);
        if !is_first_start && roots.known() == &source.pinned {
            tracing::warn!(
                "no root key of the configuration leads to those that were learnt before; going on \
                 with the configured ones alone; compare `roots` with `alts-handshaker authority \
                 roots`"
            );
        }
        let feed = watch::Sender::new(trust(&source, roots.known(), None));
        Ok(Self {
            source,
            client,
            state,
            roots,
            crl: None,
            feed,
        })
    }

    /// What the handshakers of this process believe.
    pub fn feed(&self) -> TrustFeed {
        self.feed.subscribe().into()
    }

    /// Fetches for as long as it is polled.
    pub async fn run(mut self) {
        let mut backoff = Backoff::new(Duration::from_millis(500), self.source.refresh);
        let mut failing = false;
        loop {
            let wait = match self.refresh().await {
                Ok(()) => {
                    if std::mem::take(&mut failing) {
                        tracing::info!("the authority answers again");
                    }
                    backoff.reset();
                    self.source.refresh
                }
                Err(problem) => {
                    // Once per outage: the log must not fill because another machine is down.
                    if !std::mem::replace(&mut failing, true) {
                        tracing::warn!(cause = %problem, "going on with the roots and the \
                            revocation list that are known; trying again");
                    }
                    backoff.next(environment::fraction())
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn refresh(&mut self) -> Result<(), String> {
        self.refresh_roots().await?;
        self.refresh_crl().await
    }

    async fn refresh_roots(&mut self) -> Result<(), String> {
        let answer = self.client.get_roots(GetRootsRequest {}).await;
        let signed = answer.map_err(|status| cause(&status))?.into_inner();
        let learnt = self
            .roots
            .learn(signed)
            .map_err(said("its statement of root keys"))?;
        let Some(learnt) = learnt else {
            return Ok(());
        };
        self.state
            .replace(ROOTS_FILE, learnt.record())
            .map_err(|error| error.to_string())?;
        tracing::info!(
            generation = learnt.known().generation(),
            keys = learnt.known().keys().len(),
            "root keys changed"
        );
        self.roots = learnt;
        // A list that a retired key signed does not count any more.
        self.crl = None;
        self.publish();
        Ok(())
    }

    async fn refresh_crl(&mut self) -> Result<(), String> {
        let answer = self.client.get_crl(GetCrlRequest {}).await;
        let bytes = answer.map_err(|status| cause(&status))?.into_inner().crl;
        if bytes.is_empty() {
            return Ok(());
        }
        let roots: Roots = self.roots.known().keys().iter().copied().collect();
        let crl = Crl::open(&bytes, &roots).map_err(said("its revocation list"))?;
        if let Some(current) = &self.crl {
            crl.check_replaces(current)
                .map_err(said("its revocation list"))?;
            if crl == **current {
                return Ok(());
            }
        }
        let ids = crl.revoked().ranges().count();
        tracing::debug!(ids, "revocation list replaced");
        self.crl = Some(Arc::new(crl));
        self.publish();
        Ok(())
    }

    fn publish(&self) {
        self.feed
            .send_replace(trust(&self.source, self.roots.known(), self.crl.clone()));
    }
}

fn said<E: Display>(what: &'static str) -> impl Fn(E) -> String {
    move |error| format!("{what}: {error}")
}

fn trust(source: &TrustSource, roots: &KnownRoots, crl: Option<Arc<Crl>>) -> Arc<Trust> {
    let roots: Roots = roots.keys().iter().copied().collect();
    Arc::new(Trust::new(
        roots,
        source.policy.clone(),
        crl,
        source.settings,
    ))
}
