//! Keeps a handshaker's trust current: root keys and the revocation list, fetched again and again.
//!
//! What cannot be fetched, or is not signed by a known root, changes nothing: the handshaker goes on
//! with what it has, says so, and tries again. Both survive a restart. A list stays in force until
//! another takes its place: when its signer retires, both change together.

use std::{fmt::Display, sync::Arc, time::Duration};

use alts_daemon::{
    retry::Backoff,
    rng,
    state::{StateDir, StateError},
};
use alts_handshake::{Crl, CrlError, PeerVerifier, Policy, RevocationRule, Roots};
use tokio::sync::watch;
use tonic::transport::Channel;

use super::{
    prover::MachineProver,
    status::cause,
    trust_anchor_chain::{RootsRecord, TrustAnchorChain},
};
use crate::{
    identity::Question,
    proto::authority::{GetCrlRequest, GetRootsRequest, authority_client::AuthorityClient},
    statement::TrustAnchors,
    verifier_feed::VerifierFeed,
};

const ROOTS_FILE: &str = "roots.json";

/// The list in use, as the authority signed it.
const CRL_FILE: &str = "revocations.crl";

/// What a handshaker's trust is made of.
#[derive(Clone, Debug)]
pub struct TrustSource {
    /// The configured root keys.
    pub pinned: TrustAnchors,
    /// Who may certify whom.
    pub policy: Policy,
    /// What to do without a current list.
    pub revocation: RevocationRule,
    /// How often to ask. The longest that a revocation takes to arrive while the authority answers.
    pub refresh: Duration,
}

/// Fetches; and remembers both across restarts: a machine whose configuration names a retired key
/// only still knows its successor, and one that cannot reach the authority still refuses whom it
/// refused.
#[derive(Debug)]
pub struct TrustUpdater {
    source: TrustSource,
    client: AuthorityClient<Channel>,
    asker: Arc<MachineProver>,
    state: StateDir,
    roots: TrustAnchorChain,
    crl: Option<Arc<Crl>>,
    feed: watch::Sender<Arc<PeerVerifier>>,
}

impl TrustUpdater {
    /// Starts from the configuration and what was learnt before. Nothing is fetched yet.
    ///
    /// # Errors
    /// When the state is damaged.
    pub fn new(
        source: TrustSource,
        client: AuthorityClient<Channel>,
        asker: Arc<MachineProver>,
        state: StateDir,
    ) -> Result<Self, StateError> {
        let remembered = state.read(ROOTS_FILE, |record: RootsRecord| record.try_into())?;
        let remembered: Vec<_> = remembered.unwrap_or_default();
        let is_first_start = remembered.is_empty();
        let roots = TrustAnchorChain::replay(source.pinned.clone(), remembered);
        if !is_first_start && roots.known() == &source.pinned {
            tracing::warn!(
                "no root key of the configuration leads to those that were learnt before; going on \
                 with the configured ones alone; compare `roots` with `alts-handshaker authority \
                 roots`"
            );
        }
        asker.trust(roots.known());
        let crl = stored_crl(&state, roots.known())?;
        let feed = watch::Sender::new(trust(&source, roots.known(), crl.clone()));
        Ok(Self {
            source,
            client,
            asker,
            state,
            roots,
            crl,
            feed,
        })
    }

    /// What the handshakers of this process believe.
    pub fn feed(&self) -> VerifierFeed {
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
                    backoff.next(rng::fraction())
                }
            };
            tokio::time::sleep(wait).await;
        }
    }

    async fn refresh(&mut self) -> Result<(), String> {
        let mut learnt = self.fetch_roots().await?;
        // Roots that keep the list's signer need not wait for another list.
        if let Some(roots) = learnt.take_if(|roots| keeps(roots.known(), self.crl.as_deref())) {
            self.adopt_roots(roots);
            self.publish();
        }
        let roots = learnt.as_ref().unwrap_or(&self.roots);
        let crl = self.fetch_crl(roots.known()).await?;
        if learnt.is_none() && crl.is_none() {
            return Ok(());
        }
        if let Some((bytes, crl)) = crl {
            self.adopt_crl(&bytes, crl);
        }
        if let Some(roots) = learnt {
            self.adopt_roots(roots);
        }
        self.publish();
        Ok(())
    }

    /// Those that are new.
    async fn fetch_roots(&mut self) -> Result<Option<TrustAnchorChain>, String> {
        let answer = self.client.get_roots(GetRootsRequest {}).await;
        let signed = answer.map_err(|status| cause(&status))?.into_inner();
        let learnt = self.roots.learn(signed.into());
        learnt.map_err(said("its statement of root keys"))
    }

    /// The list, if it is new, as bytes and as what they mean.
    async fn fetch_crl(&self, known: &TrustAnchors) -> Result<Option<(Vec<u8>, Crl)>, String> {
        self.asker.trust(known);
        let asker = self.asker.prove(Question::RevocationList).await;
        let asker = Some(asker.map_err(|error| error.to_string())?);
        let answer = self.client.clone().get_crl(GetCrlRequest { asker }).await;
        let bytes = answer.map_err(|status| cause(&status))?.into_inner().crl;
        if bytes.is_empty() {
            // Nobody signs that there is none: it takes the place of no list.
            return if keeps(known, self.crl.as_deref()) {
                Ok(None)
            } else {
                Err("its revocation list: there is none by the new root keys".to_owned())
            };
        }
        let crl = Crl::open(&bytes, &roots_of(known)).map_err(said("its revocation list"))?;
        match self.crl.as_deref() {
            Some(current) if crl == *current => return Ok(None),
            // How new a list is that a retired key signed, nobody vouches for.
            Some(current) if keeps(known, Some(current)) => crl
                .check_replaces(current)
                .map_err(said("its revocation list"))?,
            _ => {}
        }
        Ok(Some((bytes, crl)))
    }

    // A full disk must not keep what is new from counting: in both it would be the more dangerous.

    fn adopt_roots(&mut self, roots: TrustAnchorChain) {
        if let Err(error) = self.state.replace(ROOTS_FILE, roots.record()) {
            tracing::warn!(%error, "the new root keys would not survive a restart");
        }
        tracing::info!(
            generation = roots.known().generation(),
            keys = roots.known().keys().len(),
            "root keys changed"
        );
        self.roots = roots;
    }

    fn adopt_crl(&mut self, bytes: &[u8], crl: Crl) {
        if let Err(error) = self.state.replace_bytes(CRL_FILE, bytes) {
            tracing::warn!(%error, "the revocation list would not survive a restart");
        }
        let ids = crl.revoked().ranges().count();
        tracing::debug!(ids, "revocation list replaced");
        self.crl = Some(Arc::new(crl));
    }

    fn publish(&self) {
        self.feed
            .send_replace(trust(&self.source, self.roots.known(), self.crl.clone()));
    }
}

fn said<E: Display>(what: &'static str) -> impl Fn(E) -> String {
    move |error| format!("{what}: {error}")
}

/// Whether the signer of the list is still among the roots, or there is no list.
fn keeps(known: &TrustAnchors, crl: Option<&Crl>) -> bool {
    crl.is_none_or(|crl| roots_of(known).contains(crl.signer()))
}

fn roots_of(known: &TrustAnchors) -> Roots {
    known.keys().iter().copied().collect()
}

/// The list of before the restart. One of another authority than the configured one is of no use.
fn stored_crl(state: &StateDir, known: &TrustAnchors) -> Result<Option<Arc<Crl>>, StateError> {
    let Some(bytes) = state.read_bytes(CRL_FILE)? else {
        return Ok(None);
    };
    if bytes.starts_with(b"ALTSCRL1") {
        tracing::warn!("the revocation list of before is one of alts-local/1; fetching another");
        return Ok(None);
    }
    match Crl::open(&bytes, &roots_of(known)) {
        Ok(crl) => Ok(Some(Arc::new(crl))),
        Err(error @ CrlError::UnknownAuthority(_)) => {
            tracing::warn!(%error, "the revocation list of before does not count");
            Ok(None)
        }
        Err(error) => Err(state.damaged(CRL_FILE, error.to_string())),
    }
}

fn trust(source: &TrustSource, known: &TrustAnchors, crl: Option<Arc<Crl>>) -> Arc<PeerVerifier> {
    Arc::new(PeerVerifier::new(
        roots_of(known),
        source.policy.clone(),
        crl,
        source.revocation,
    ))
}
