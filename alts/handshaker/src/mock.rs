//! A mock cloud in one process: authority, directory, one handshaker per machine, and the admin
//! service.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::watch, task::JoinSet};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;

use crate::{
    Clock, ServiceAccount,
    admin::Admin,
    cloud::{Cloud, CloudError},
    config::{Config, Machine},
    handshake::MachineName,
    service::MachineHandshaker,
    state::StateDir,
};

/// How long handshakes under way may take to end when the mock stops. Then connections are cut.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a mock cloud cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MockError {
    /// The state cannot be read or kept.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// An address cannot be listened on.
    #[error(
        "cannot listen on {address} for {whom}: {source}; stop what listens there (another mock?) \
         or configure another address or port 0"
    )]
    Listen {
        /// Where.
        address: SocketAddr,
        /// A machine's name, or the admin service.
        whom: String,
        /// What the system says.
        source: std::io::Error,
    },
}

/// A machine whose handshaker is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadyMachine {
    /// Its name.
    pub name: MachineName,
    /// Whom its handshaker speaks for.
    pub account: ServiceAccount,
    /// Where its handshaker listens; never port 0.
    pub address: SocketAddr,
}

/// A mock cloud that runs.
#[derive(Debug)]
pub struct MockCloud {
    machines: Vec<ReadyMachine>,
    admin: SocketAddr,
    stop: watch::Sender<bool>,
    servers: JoinSet<Result<(), tonic::transport::Error>>,
}

impl MockCloud {
    /// Takes possession of the state directory, binds every address, serves. All or nothing.
    ///
    /// # Errors
    /// When the state or an address is not to be had.
    pub async fn start(config: &Config, state_dir: &Path, clock: Clock) -> Result<Self, MockError> {
        let state = StateDir::open(state_dir).map_err(CloudError::from)?;
        let accounts = config
            .accounts
            .iter()
            .map(|(email, name)| (email, name.as_str()));
        let cloud = Cloud::open(state, accounts, config.credential_lifetime, clock.clone())?;
        let cloud = Arc::new(cloud);

        let admin_listener = bind(config.admin, "the admin service").await?;
        let admin = local_address(&admin_listener, config.admin);
        let mut bound = Vec::with_capacity(config.machines.len());
        for machine in &config.machines {
            bound.push((machine, bind(machine.address, machine.name.as_ref()).await?));
        }

        let (stop, _) = watch::channel(false);
        let mut mock = Self {
            machines: Vec::with_capacity(bound.len()),
            admin,
            stop,
            servers: JoinSet::new(),
        };
        let trust = cloud.trust();
        for (machine, listener) in bound {
            let handshaker = MachineHandshaker::new(
                machine.name.clone(),
                machine.account.clone(),
                Arc::clone(&cloud),
                Arc::clone(&trust),
                clock.clone(),
            );
            mock.serve_machine(machine, handshaker, listener);
        }
        mock.serve_admin(cloud, admin_listener);
        Ok(mock)
    }

    fn serve_machine(
        &mut self,
        machine: &Machine,
        handshaker: MachineHandshaker<Cloud>,
        listener: TcpListener,
    ) {
        self.machines.push(ReadyMachine {
            name: machine.name.clone(),
            account: machine.account.clone(),
            address: local_address(&listener, machine.address),
        });
        let stopped = stopped(self.stop.subscribe());
        self.servers.spawn(handshaker.serve(listener, stopped));
    }

    fn serve_admin(&mut self, cloud: Arc<Cloud>, listener: TcpListener) {
        let stopped = stopped(self.stop.subscribe());
        let server = Server::builder().serve_with_incoming_shutdown(
            Admin::server(cloud),
            TcpListenerStream::new(listener),
            stopped,
        );
        self.servers.spawn(server);
    }

    /// In the configuration's order.
    pub fn machines(&self) -> &[ReadyMachine] {
        &self.machines
    }

    /// Where the admin service listens; never port 0.
    pub fn admin(&self) -> SocketAddr {
        self.admin
    }

    /// Accepts nothing more, gives handshakes under way a moment, then cuts connections. The state
    /// directory is free afterwards.
    pub async fn stop(mut self) {
        // Nobody to tell is fine: then every server has ended.
        let _ = self.stop.send(true);
        let drained = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            self.servers.shutdown().await;
        }
    }
}

async fn bind(address: SocketAddr, whom: &str) -> Result<TcpListener, MockError> {
    TcpListener::bind(address)
        .await
        .map_err(|source| MockError::Listen {
            address,
            whom: whom.to_owned(),
            source,
        })
}

fn local_address(listener: &TcpListener, asked: SocketAddr) -> SocketAddr {
    // A bound socket has an address; should the system not tell it, what was asked for is the best
    // answer.
    listener.local_addr().unwrap_or(asked)
}

/// Resolves when told to stop, or when nobody is left to tell.
async fn stopped(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}
