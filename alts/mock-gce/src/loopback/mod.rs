//! A mock cloud in one process, without machines: authority, directory, one handshaker per machine,
//! and the admin surface.

pub mod config;

use std::{net::SocketAddr, path::Path, sync::Arc};

use tokio::net::TcpListener;

use crate::{
    faults::{self, Switches, service::MachinesService},
    loopback::config::{Config, Machine},
};
use alts::ServiceAccount;
use alts_authority::{
    admin,
    certificate_authority::{AuthorityError, CertificateAuthority},
};
use alts_daemon::{
    admin::{address::AdminAddress, surface::AdminSurface},
    clock::Clock,
    metrics::Counters,
    rng::NoEntropy,
    servers::{Servers, bind, local_address},
    state::StateDir,
};
use alts_handshake::MachineName;
use alts_handshaker::{
    config::serve::RevocationMode, limits::Limits, metrics::Metrics, peer_check::PeerCheck,
    service::MachineHandshaker,
};

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
    servers: Servers,
}

impl MockCloud {
    /// Takes possession of the state directory, binds every address, serves. All or nothing.
    ///
    /// # Errors
    /// When the state or an address is not to be had.
    pub async fn start(config: &Config, state_dir: &Path, clock: Clock) -> anyhow::Result<Self> {
        let state = StateDir::open(state_dir)?;
        let authority = Self::open(config, state, clock.clone())?;
        let surface = AdminSurface::bind(&config.admin).await?;
        let mut listeners = Vec::with_capacity(config.machines.len());
        for machine in &config.machines {
            listeners.push(bind(machine.address, machine.name.as_ref()).await?);
        }
        Self::serve(config, authority, surface, listeners, &clock)
    }

    /// The same in two steps, for programs that have listeners of their own. This is the first one:
    /// the authority and its accounts, from disk or new.
    ///
    /// # Errors
    /// When the state is damaged or cannot be kept.
    pub fn open(
        config: &Config,
        state: StateDir,
        clock: Clock,
    ) -> Result<Arc<CertificateAuthority>, AuthorityError> {
        let lifetime = config.authority.credential_lifetime;
        let authority = CertificateAuthority::open(state, config.accounts(), lifetime, clock)?;
        Ok(Arc::new(
            authority.with_policy(config.handshake.policy.clone()),
        ))
    }

    /// And the second one: a handshaker on each of `listeners`, which are in the machines' order, and
    /// the admin surface at `admin`. The configuration's own addresses are not used.
    ///
    /// # Errors
    /// When the admin surface's address is not to be had.
    pub async fn start_on(
        config: &Config,
        authority: Arc<CertificateAuthority>,
        listeners: Vec<TcpListener>,
        admin: &AdminAddress,
        clock: &Clock,
    ) -> anyhow::Result<Self> {
        let surface = AdminSurface::bind(admin).await?;
        Self::serve(config, authority, surface, listeners, clock)
    }

    fn serve(
        config: &Config,
        authority: Arc<CertificateAuthority>,
        surface: AdminSurface,
        listeners: Vec<TcpListener>,
        clock: &Clock,
    ) -> anyhow::Result<Self> {
        let metrics = Arc::new(Metrics::new(clock.clone()));
        let mut switches = Switches::default();
        let faulted = Arc::new(Counters::new(
            "alts_faults_total",
            "Handshakes that a fault knob changed.",
        ));
        let limits = Limits::shared_by(listeners.len());
        let mut mock = Self {
            machines: Vec::with_capacity(listeners.len()),
            admin: surface.address().clone(),
            servers: Servers::new(),
        };
        for (machine, listener) in config.machines.iter().zip(listeners) {
            let switch = switches.add(faults::Machine {
                faulted: Arc::clone(&faulted),
                name: machine.name.clone(),
                account: machine.account.clone(),
                ciphers: config.handshake.ciphers(),
                authority: Arc::clone(&authority),
                clock: clock.clone(),
            });
            let handshaker = handshaker(machine, config, &authority, clock)?
                .with_metrics(Arc::clone(&metrics))
                .with_hook(switch)
                .with_limits(limits);
            mock.serve_machine(machine, handshaker, listener);
        }
        let services = admin::services(authority).add_service(MachinesService::server(switches));
        let stopped = mock.servers.stopped();
        mock.servers.spawn(surface.serve(
            services,
            move || metrics.render() + &faulted.render(),
            stopped,
        ));
        Ok(mock)
    }

    fn serve_machine(
        &mut self,
        machine: &Machine,
        handshaker: MachineHandshaker<CertificateAuthority>,
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

    /// Accepts nothing more, gives handshakes under way a moment, then cuts connections. The state
    /// directory is free afterwards.
    pub async fn stop(self) {
        self.servers.stop().await;
    }
}

fn handshaker(
    machine: &Machine,
    config: &Config,
    authority: &Arc<CertificateAuthority>,
    clock: &Clock,
) -> Result<MachineHandshaker<CertificateAuthority>, NoEntropy> {
    let peer_check = match config.revocation.mode {
        RevocationMode::Issue => PeerCheck::Never,
        RevocationMode::Handshake => PeerCheck::Local(Arc::clone(authority)),
    };
    MachineHandshaker::new(
        machine.name.clone(),
        machine.account.clone(),
        Arc::clone(authority),
        authority.trust_feed(),
        clock.clone(),
    )
    .with_peer_check(peer_check)
    .with_handshake(&config.handshake)
}
