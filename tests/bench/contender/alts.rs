//! ALTS as an application uses it: the library's channel and incoming, and for each end the
//! handshaker of its machine, in this process so that its CPU time counts too.

use std::sync::Arc;

use alts::{AltsChannel, AltsConnector, AltsIncoming, Handshaker, ServiceAccount};
use alts_daemon::clock::Clock;
use anyhow::{Context, Result};
use mock_gce::loopback::{MockCloud, config::Config};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tonic::transport::Endpoint;

use super::{Handshakes, Serving};
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
    _worker: Arc<Worker>,
    _state: TempDir,
}

impl AltsSite {
    /// Starts both handshakers on `worker`.
    ///
    /// # Errors
    /// When they cannot start.
    pub(crate) async fn start(worker: &Arc<Worker>, handshakes: Handshakes) -> Result<Self> {
        let resumption = handshakes == Handshakes::Resumed;
        let config = format!("{MACHINES}\n[handshake]\nresumption = {resumption}\n");
        let config = Config::parse(&config, "bench.toml")?;
        let state = TempDir::new().context("a folder for the authority's state")?;
        let path = state.path().to_owned();
        let mock = worker
            .run(async move { MockCloud::start(&config, &path, Clock::system()).await })
            .await??;
        let [client, server] = mock.machines.as_slice() else {
            anyhow::bail!(
                "the mock plays {} machines instead of two",
                mock.machines.len()
            )
        };
        Ok(Self {
            client: handshaker(client.address)?,
            server: handshaker(server.address)?,
            server_account: server.account.clone(),
            _cloud: Arc::new(Cloud {
                _mock: mock,
                _worker: Arc::clone(worker),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        contender::{Arena, Connect, Security, Setup},
        load::{Channel, Client, echo},
    };

    /// Connects twice and says whether the second handshake was resumed.
    async fn resumes(setup: Setup) -> String {
        let servers = Worker::start("servers", None).unwrap();
        let handshakers = Worker::start("handshakers", None).unwrap();
        let arena = Arena::new(servers, handshakers).await.unwrap();
        let contender = arena.contender(setup).await.unwrap();
        contender.connected().await.unwrap();
        let Connect::Alts(site) = &contender.connect else {
            panic!("not ALTS")
        };
        let channel = site.channel(contender.endpoint.clone());
        let client = Client::new(Channel::new(channel.clone()));
        echo(client, bytes::Bytes::from_static(b"second"))
            .await
            .unwrap();
        channel.peer().unwrap().peer_attributes()["alts.resumed"].clone()
    }

    #[tokio::test]
    async fn handshakes_are_full_or_resumed_as_they_are_called() {
        let setup = Setup::of(Security::Alts);
        assert_eq!(resumes(setup).await, "false");
        assert_eq!(resumes(setup.resuming()).await, "true");
    }
}
