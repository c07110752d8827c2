//! A mock cloud in one process, without machines: authority, directory, one handshaker per machine,
//! and the admin surface.

pub mod config;

use std::{path::Path, sync::Arc};

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
use alts_handshaker::{
    config::serve::RevocationMode, limits::Limits, metrics::Metrics, peer_check::PeerCheck,
    service::MachineHandshaker,
};
use tokio::net::TcpListener;

use crate::{
    faults::{
        self, FaultSwitch, Switches, proto::machines_server::MachinesServer,
        service::MachinesService,
    },
    loopback::config::{Config, Machine},
};

/// A mock cloud that runs.
#[derive(Debug)]
pub struct MockCloud {
    /// In the configuration's order; their ports are never 0.
    pub machines: Vec<Machine>,
    /// Where the admin service listens; never port 0.
    pub admin: AdminAddress,
    /// Whoever has more to serve adds it.
    pub servers: Servers,
}

impl MockCloud {
    /// Takes possession of the state directory, binds every address, serves. All or nothing.
    ///
    /// # Errors
    /// When the state or an address is not to be had.
    pub async fn start(config: &Config, state_dir: &Path, clock: Clock) -> anyhow::Result<Self> {
        let authority = Self::open(config, StateDir::open(state_dir)?, clock.clone())?;
        let mut listeners = Vec::with_capacity(config.machines.len());
        for machine in &config.machines {
            listeners.push(bind(machine.address, machine.name.as_ref()).await?);
        }
        let admin = AdminAddress::or_in(config.admin.as_ref(), state_dir);
        Self::start_on(config, authority, listeners, &admin, &clock).await
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
        let metrics = Arc::new(Metrics::new(clock.clone()));
        let faulted = Arc::new(Counters::new(
            "alts_faults_total",
            "Handshakes that a fault knob changed.",
        ));
        let limits = Limits::shared_by(listeners.len());
        let mut switches = Switches::default();
        let mut machines = Vec::with_capacity(listeners.len());
        let mut servers = Servers::new();
        for (machine, listener) in config.machines.iter().zip(listeners) {
            let switch = FaultSwitch::new(faults::Machine {
                faulted: Arc::clone(&faulted),
                name: machine.name.clone(),
                account: machine.account.clone(),
                authority: Arc::clone(&authority),
                clock: clock.clone(),
            });
            switches.insert(machine.name.to_string(), Arc::clone(&switch));
            let handshaker = handshaker(machine, config, &authority, clock)?
                .with_metrics(Arc::clone(&metrics))
                .with_hook(switch)
                .with_limits(limits);
            machines.push(Machine {
                address: local_address(&listener, machine.address),
                ..machine.clone()
            });
            servers.spawn(handshaker.serve(listener, servers.stopped()));
        }
        let admin = surface.address().clone();
        let services =
            admin::services(authority).add_service(MachinesServer::new(MachinesService(switches)));
        let metrics = move || metrics.render() + &faulted.render();
        servers.spawn(surface.serve(services, metrics, servers.stopped()));
        Ok(Self {
            machines,
            admin,
            servers,
        })
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
) -> Result<MachineHandshaker, NoEntropy> {
    let peer_check = match config.revocation.mode {
        RevocationMode::Issue => PeerCheck::Never,
        RevocationMode::Handshake => PeerCheck::Local(Arc::clone(authority)),
    };
    MachineHandshaker::new(
        machine.name.clone(),
        machine.account.clone(),
        Arc::clone(authority),
        authority.verifier_feed(),
        clock.clone(),
    )
    .with_peer_check(peer_check)
    .with_handshake(&config.handshake)
}
