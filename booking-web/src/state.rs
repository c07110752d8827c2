//! What every request shares: the backend and the limits. Cheap to clone.

use std::{sync::Arc, time::Duration};

use crate::{HostPolicy, backend::Backend};

/// How long a request may take beyond the backend's time, to send its form and be rendered.
const FORM_TIME: Duration = Duration::from_secs(5);

/// Shared by all requests; lives as long as the program.
#[derive(Clone)]
pub struct AppState {
    /// Who answers look-ups. One for the program: behind it is one long-lived channel.
    pub(crate) backend: Arc<dyn Backend>,
    /// The accounts the backend may prove to be, for people to read.
    pub(crate) expected: Arc<[String]>,
    /// How long a look-up may take.
    pub(crate) backend_timeout: Duration,
    /// Under which names the front end answers.
    pub(crate) hosts: Arc<HostPolicy>,
}

impl AppState {
    /// Puts the shared parts together. `expected` are the accounts that `backend` accepts.
    pub fn new(
        backend: impl Backend,
        expected: impl IntoIterator<Item = String>,
        backend_timeout: Duration,
        hosts: HostPolicy,
    ) -> Self {
        Self {
            backend: Arc::new(backend),
            expected: expected.into_iter().collect(),
            backend_timeout,
            hosts: Arc::new(hosts),
        }
    }

    /// How long a whole request may take before it is answered with a page that says so.
    pub(crate) fn request_timeout(&self) -> Duration {
        self.backend_timeout + FORM_TIME
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
