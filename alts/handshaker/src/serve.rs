//! One machine's handshaker as a process: credentials from an authority elsewhere.

use std::{net::SocketAddr, path::Path, sync::Arc};

use crate::{
    Clock, NoEntropy, ServiceAccount,
    admin::{AdminParts, AdminSurface, BindError},
    authority::statement::KnownRoots,
    config::{AdminAddress, RevocationMode, ServeConfig},
    faults::Switches,
    handshake::{MAX_CLOCK_SKEW, MachineName, TrustSettings},
    identity::metadata::{MetadataError, MetadataServer},
    metrics::Metrics,
    process::{Servers, bind, local_address},
    remote::{self, AccountStates, IdentitySource, RemoteAuthority, TrustKeeper, TrustSource},
    revocation::Revocation,
    service::{Limits, MachineHandshaker},
    state::{StateDir, StateError},
};

/// Why a handshaker cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The state cannot be read or kept.
    #[error(transparent)]
    State(#[from] StateError),
    /// An address cannot be listened on.
    #[error(transparent)]
    Listen(#[from] BindError),
    /// Nothing secret can be made.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// The authority's address is none.
    #[error("the authority's address cannot be used: {0}; write HOST:PORT")]
    Authority(#[from] tonic::transport::Error),
    /// Who this machine is, nobody said.
    #[error(
        "the metadata server does not say who this machine is: {0}; run on Compute Engine, or \
         configure machine and service_account"
    )]
    Metadata(String),
}

impl From<MetadataError> for ServeError {
    fn from(error: MetadataError) -> Self {
        Self::Metadata(error.to_string())
    }
}

/// A handshaker that runs.
#[derive(Debug)]
pub struct ServedMachine {
    machine: MachineName,
    account: ServiceAccount,
    addresses: Vec<SocketAddr>,
    admin: AdminAddress,
    servers: Servers,
}

impl ServedMachine {
    /// Finds out who this machine is, binds, serves. The authority need not answer yet.
    ///
    /// # Errors
    /// When the state or an address is not to be had.
    pub async fn start(
        config: &ServeConfig,
        state_dir: &Path,
        enable_faults: bool,
        clock: Clock,
    ) -> Result<Self, ServeError> {
        let state = StateDir::open(state_dir)?;
        let (machine, account) = identity(config).await?;
        let surface = AdminSurface::bind(&config.admin).await?;
        let mut listeners = Vec::with_capacity(config.listen.len());
        for address in &config.listen {
            let listener = bind(*address, machine.as_ref()).await?;
            listeners.push((local_address(&listener, *address), listener));
        }

        let client = remote::connect(&config.authority.address)?;
        let keeper = TrustKeeper::new(trust_source(config), client.clone(), state)?;
        let trust = keeper.feed();
        let revocation = match config.revocation.mode {
            RevocationMode::Issue => Revocation::Issue,
            RevocationMode::Handshake => {
                let states =
                    AccountStates::new(client.clone(), trust.clone(), config.revocation.max_age);
                Revocation::Remote(Arc::new(states))
            }
        };
        let issuer = Arc::new(RemoteAuthority::new(
            client,
            config.identity.source(),
            trust.clone(),
            clock.clone(),
        ));
        let metrics = Arc::new(Metrics::new(clock.clone()));
        let faults = enable_faults.then(|| Switches::of([machine.clone()]));
        let mut servers = Servers::new();
        servers.spawn_endless(keeper.run());
        let handshaker =
            MachineHandshaker::new(machine.clone(), account.clone(), issuer, trust, clock)
                .with_limits(Limits::shared_by(listeners.len()))
                .with_metrics(Arc::clone(&metrics))
                .with_revocation(revocation)
                .with_faults(
                    faults
                        .as_ref()
                        .and_then(|all| all.get(machine.as_ref()))
                        .cloned(),
                )
                .with_handshake(&config.handshake)?;
        let addresses = listeners.iter().map(|(address, _)| *address).collect();
        for (_, listener) in listeners {
            servers.spawn(handshaker.clone().serve(listener, servers.stopped()));
        }
        let admin = surface.address().clone();
        let parts = AdminParts {
            cloud: None,
            faults,
            metrics,
        };
        servers.spawn(surface.serve(parts, servers.stopped()));
        Ok(Self {
            machine,
            account,
            addresses,
            admin,
            servers,
        })
    }

    /// Who it is.
    pub fn machine(&self) -> &MachineName {
        &self.machine
    }

    /// Whom it speaks for.
    pub fn account(&self) -> &ServiceAccount {
        &self.account
    }

    /// Where workloads connect; never port 0.
    pub fn addresses(&self) -> &[SocketAddr] {
        &self.addresses
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

/// As configured, and as the metadata server says of what is not.
async fn identity(config: &ServeConfig) -> Result<(MachineName, ServiceAccount), ServeError> {
    let metadata = match config.identity.source() {
        IdentitySource::Gce(base) => Some(MetadataServer(base)),
        IdentitySource::Static(_) => None,
    };
    let ask = || {
        metadata
            .as_ref()
            .ok_or_else(|| ServeError::Metadata("the identity source is static".to_owned()))
    };
    let machine = match &config.machine {
        Some(machine) => machine.clone(),
        None => MachineName::parse(&ask()?.instance_name().await?)
            .map_err(|problem| ServeError::Metadata(problem.to_owned()))?,
    };
    let account = match &config.account {
        Some(account) => account.clone(),
        None => ask()?.default_account().await?.parse().map_err(
            |error: alts::InvalidServiceAccount| ServeError::Metadata(error.to_string()),
        )?,
    };
    Ok((machine, account))
}

fn trust_source(config: &ServeConfig) -> TrustSource {
    TrustSource {
        pinned: KnownRoots::pinned(config.authority.roots.clone()),
        policy: config.handshake.policy.clone(),
        settings: TrustSettings {
            max_clock_skew: MAX_CLOCK_SKEW,
            revocation: config.revocation.list(),
        },
        refresh: config.authority.refresh,
    }
}
