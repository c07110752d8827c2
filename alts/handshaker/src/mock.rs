//! A mock cloud in one process: authority, directory, one handshaker per machine, and the admin
//! surface.

use std::{net::SocketAddr, path::Path, sync::Arc};

use tokio::net::TcpListener;

use crate::{
    Clock, NoEntropy, ServiceAccount,
    admin::{AdminParts, AdminSurface, BindError},
    cloud::{Cloud, CloudError},
    config::{AdminAddress, Config, Machine, RevocationMode},
    faults::Switches,
    handshake::MachineName,
    metrics::Metrics,
    process::{Servers, bind, local_address},
    revocation::Revocation,
    service::{Limits, MachineHandshaker},
    state::StateDir,
};

/// Why a mock cloud cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MockError {
    /// The state cannot be read or kept.
    #[error(transparent)]
    Cloud(#[from] CloudError),
    /// An address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] BindError),
    /// Nothing secret can be made.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
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
    admin: AdminAddress,
    metrics: Arc<Metrics>,
    servers: Servers,
}

impl MockCloud {
    /// Takes possession of the state directory, binds every address, serves. All or nothing.
    ///
    /// # Errors
    /// When the state or an address is not to be had.
    pub async fn start(config: &Config, state_dir: &Path, clock: Clock) -> Result<Self, MockError> {
        let state = StateDir::open(state_dir).map_err(CloudError::from)?;
        let cloud = Self::open(config, state, clock.clone())?;
        let surface = AdminSurface::bind(&config.admin).await?;
        let mut listeners = Vec::with_capacity(config.machines.len());
        for machine in &config.machines {
            listeners.push(bind(machine.address, machine.name.as_ref()).await?);
        }
        Self::serve(config, cloud, surface, listeners, &clock)
    }

    /// The same in two steps, for programs that have listeners of their own. This is the first one:
    /// the authority and its accounts, from disk or new.
    ///
    /// # Errors
    /// When the state is damaged or cannot be kept.
    pub fn open(config: &Config, state: StateDir, clock: Clock) -> Result<Arc<Cloud>, MockError> {
        let lifetime = config.authority.credential_lifetime;
        let cloud = Cloud::open(state, config.accounts(), lifetime, clock)?;
        Ok(Arc::new(cloud.with_policy(config.handshake.policy.clone())))
    }

    /// And the second one: a handshaker on each of `listeners`, which are in the machines' order, and
    /// the admin surface at `admin`. The configuration's own addresses are not used.
    ///
    /// # Errors
    /// When the admin surface's address is not to be had.
    pub async fn start_on(
        config: &Config,
        cloud: Arc<Cloud>,
        listeners: Vec<TcpListener>,
        admin: &AdminAddress,
        clock: &Clock,
    ) -> Result<Self, MockError> {
        let surface = AdminSurface::bind(admin).await?;
        Self::serve(config, cloud, surface, listeners, clock)
    }

    fn serve(
        config: &Config,
        cloud: Arc<Cloud>,
        surface: AdminSurface,
        listeners: Vec<TcpListener>,
        clock: &Clock,
    ) -> Result<Self, MockError> {
        let metrics = Arc::new(Metrics::new(clock.clone()));
        let faults = Switches::of(config.machines.iter().map(|machine| machine.name.clone()));
        let limits = Limits::shared_by(listeners.len());
        let mut mock = Self {
            machines: Vec::with_capacity(listeners.len()),
            admin: surface.address().clone(),
            metrics: Arc::clone(&metrics),
            servers: Servers::new(),
        };
        for (machine, listener) in config.machines.iter().zip(listeners) {
            let handshaker = handshaker(machine, config, &cloud, &metrics, &faults, clock)?;
            mock.serve_machine(machine, handshaker.with_limits(limits), listener);
        }
        let parts = AdminParts {
            cloud: Some(cloud),
            faults: Some(faults),
            metrics,
        };
        mock.servers
            .spawn(surface.serve(parts, mock.servers.stopped()));
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
        let stopped = self.servers.stopped();
        self.servers.spawn(handshaker.serve(listener, stopped));
    }

    /// In the configuration's order.
    pub fn machines(&self) -> &[ReadyMachine] {
        &self.machines
    }

    /// Where the admin service listens; never port 0.
    pub fn admin(&self) -> &AdminAddress {
        &self.admin
    }

    /// What its handshakers count.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Accepts nothing more, gives handshakes under way a moment, then cuts connections. The state
    /// directory is free afterwards.
    pub async fn stop(self) {
        self.servers.stop().await;
    }
}

fn handshaker(
    machine: &Machine,
    config: &Config,
    cloud: &Arc<Cloud>,
    metrics: &Arc<Metrics>,
    faults: &Switches,
    clock: &Clock,
) -> Result<MachineHandshaker<Cloud>, NoEntropy> {
    let revocation = match config.revocation.mode {
        RevocationMode::Issue => Revocation::Issue,
        RevocationMode::Handshake => Revocation::Local(Arc::clone(cloud)),
    };
    MachineHandshaker::new(
        machine.name.clone(),
        machine.account.clone(),
        Arc::clone(cloud),
        cloud.trust_feed(),
        clock.clone(),
    )
    .with_metrics(Arc::clone(metrics))
    .with_revocation(revocation)
    .with_faults(faults.get(machine.name.as_ref()).cloned())
    .with_handshake(&config.handshake)
}
