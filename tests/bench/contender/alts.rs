//! ALTS as an application uses it: the library's channel and incoming, and for each end the
//! handshaker of its machine, in this process so that its CPU time counts too.

use std::sync::Arc;

use alts::{AltsChannel, AltsConnector, AltsIncoming, Handshaker, ServiceAccount};
use alts_handshaker::{Clock, config::Config, mock::MockCloud};
use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::transport::Endpoint;

use super::Serving;
use crate::worker::Worker;

/// Two machines, one for each end, as two accounts.
const MACHINES: &str = r#"
[admin]
address = "127.0.0.1:0"

[[machine]]
name = "client-vm"
address = "127.0.0.1:0"
service_account = "client@bench.iam.gserviceaccount.com"

[[machine]]
name = "server-vm"
address = "127.0.0.1:0"
service_account = "server@bench.iam.gserviceaccount.com"
"#;

/// Both ends' handshakers and how to reach them. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct AltsSite {
    client: Handshaker,
    server: Handshaker,
    server_account: ServiceAccount,
    /// Runs as long as anybody may shake hands.
    _cloud: Arc<Cloud>,
}

/// The order of the fields is the order in which they end.
#[derive(Debug)]
struct Cloud {
    _mock: MockCloud,
    _worker: Worker,
    _state: TempDir,
}

impl AltsSite {
    /// Starts both handshakers on `worker`.
    ///
    /// # Errors
    /// When they cannot start.
    pub(crate) async fn start(worker: Worker) -> Result<Self> {
        let config = Config::parse(MACHINES, "bench.toml")?;
        let state = TempDir::new().context("a folder for the authority's state")?;
        let path = state.path().to_owned();
        let mock = worker
            .run(async move { MockCloud::start(&config, &path, Clock::system()).await })
            .await??;
        let [client, server] = mock.machines() else {
            anyhow::bail!(
                "the mock plays {} machines instead of two",
                mock.machines().len()
            )
        };
        Ok(Self {
            client: handshaker(client.address)?,
            server: handshaker(server.address)?,
            server_account: server.account.clone(),
            _cloud: Arc::new(Cloud {
                _mock: mock,
                _worker: worker,
                _state: state,
            }),
        })
    }

    /// Serves until the task is dropped.
    pub(crate) fn serve(
        &self,
        router: Serving,
        listener: TcpListener,
    ) -> impl Future<Output = Result<()>> + Send + use<> {
        let site = self.clone();
        async move {
            let incoming = AltsIncoming::new(listener, site.server.clone());
            Ok(router.serve_with_incoming(incoming).await?)
        }
    }

    /// A channel that takes nobody but the server's account for an answer.
    pub(crate) fn channel(&self, endpoint: Endpoint) -> AltsChannel {
        let targets = [self.server_account.clone()];
        AltsChannel::from_endpoint(endpoint, AltsConnector::new(self.client.clone(), targets))
    }
}

fn handshaker(address: std::net::SocketAddr) -> Result<Handshaker> {
    let builder = Handshaker::builder()
        .address(address.to_string())
        .allow_untrusted(true);
    Ok(builder.build()?)
}
