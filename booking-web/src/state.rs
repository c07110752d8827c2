//! What every request shares: the backend, how people sign in, and the limits. Cheap to clone.

use std::{sync::Arc, time::Duration};

use crate::{
    HostPolicy,
    accounts::Accounts,
    backend::{AccessBook, Backend, Desk},
    imports::Imports,
    live::Hub,
    visitor::SignIn,
};

/// How long a request may take beyond the backend's time, to send its form and be rendered.
const FORM_TIME: Duration = Duration::from_secs(5);
/// A page asks for several things, one after the other at most this often.
const ROUNDS: u32 = 3;

/// Shared by all requests; lives as long as the program.
#[derive(Clone)]
pub struct AppState {
    /// Who answers. One for the program: behind it is one long-lived channel.
    pub(crate) backend: Arc<dyn Backend>,
    /// The accounts the backend may prove to be, for people to read.
    pub(crate) expected: Arc<[String]>,
    /// How long one call may take.
    pub(crate) backend_timeout: Duration,
    /// Under which names the front end answers.
    pub(crate) hosts: Arc<HostPolicy>,
    /// How people sign in.
    pub(crate) sign_in: Arc<SignIn>,
    /// What people may, as far as it was asked.
    pub(crate) access: Arc<AccessBook>,
    /// Logs of past cases on their way in.
    pub(crate) imports: Arc<Imports>,
    /// News for open pages.
    pub(crate) live: Arc<Hub>,
    /// Where accounts may be switched, if anywhere.
    pub(crate) accounts: Option<Arc<Accounts>>,
}

impl AppState {
    /// Puts the shared parts together. `expected` are the accounts that `backend` accepts.
    pub fn new(
        backend: impl Backend,
        expected: impl IntoIterator<Item = String>,
        backend_timeout: Duration,
        hosts: HostPolicy,
        sign_in: SignIn,
    ) -> Self {
        Self {
            backend: Arc::new(backend),
            expected: expected.into_iter().collect(),
            backend_timeout,
            hosts: Arc::new(hosts),
            live: Arc::new(Hub::new(sign_in.seal.nonce())),
            sign_in: Arc::new(sign_in),
            access: Arc::default(),
            imports: Arc::default(),
            accounts: None,
        }
    }

    /// Lets people switch the cloud's accounts.
    #[must_use]
    pub fn with_accounts(self, accounts: Accounts) -> Self {
        Self {
            accounts: Some(Arc::new(accounts)),
            ..self
        }
    }

    /// Follows the backend's changes until [`close`](Self::close); what comes reaches open pages.
    pub async fn follow(self) {
        crate::live::follow(self).await;
    }

    /// Ends the streams of open pages, which would otherwise never be done.
    pub fn close(&self) {
        self.live.close();
    }

    /// A desk at which the backend is asked for `person`, or for this front end's account alone.
    pub(crate) fn desk(&self, person: Option<String>) -> Desk {
        let wire = self.backend.wire();
        Desk::new(wire, person, self.backend_timeout, Arc::clone(&self.access))
    }

    /// How long a whole request may take before it is answered with a page that says so.
    pub(crate) fn request_timeout(&self) -> Duration {
        self.backend_timeout * ROUNDS + FORM_TIME
    }
}

impl std::fmt::Debug for AppState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AppState")
            .field("expected", &self.expected)
            .field("backend_timeout", &self.backend_timeout)
            .field("hosts", &self.hosts)
            .finish_non_exhaustive()
    }
}
