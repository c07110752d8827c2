//! One machine's handshaker as a process: credentials from an authority elsewhere.

use std::{net::SocketAddr, path::Path, sync::Arc};

use alts::ServiceAccount;
use alts_authority::{
    client::{
        self, AccountStates, IdentitySource, MachineProver, RemoteAuthority, TrustSource,
        TrustUpdater,
    },
    identity::{kubernetes, metadata::MetadataServer},
    statement::TrustAnchors,
};
use alts_daemon::{
    admin::{address::AdminAddress, surface::AdminSurface},
    clock::Clock,
    servers::{Servers, bind, local_address},
    state::StateDir,
};
use alts_handshake::MachineName;
use anyhow::{Context, anyhow};
use tonic::service::Routes;

use crate::{
    config::serve::{RevocationMode, ServeConfig},
    limits::Limits,
    metrics::Metrics,
    peer_check::PeerCheck,
    service::MachineHandshaker,
};

/// A handshaker that runs.
#[derive(Debug)]
pub struct ServedMachine {
    /// Who it is.
    pub machine: MachineName,
    /// Whom it speaks for.
    pub account: ServiceAccount,
    /// Where workloads connect; never port 0.
    pub addresses: Vec<SocketAddr>,
    /// Where the admin service listens; never port 0.
    pub admin: AdminAddress,
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
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let state = StateDir::open(state_dir)?;
        let (machine, account) = identity(config).await.context(
            "the metadata server does not say who this machine is, nor does a pod's token; run on \
             Compute Engine or mount a token that is bound to its pod, or configure machine and \
             service_account",
        )?;
        let admin = AdminAddress::or_in(config.admin.as_ref(), state_dir);
        let surface = AdminSurface::bind(&admin).await?;
        let mut listeners = Vec::with_capacity(config.listen.len());
        for address in &config.listen {
            let listener = bind(*address, machine.as_ref()).await?;
            listeners.push((local_address(&listener, *address), listener));
        }

        let client = client::connect(&config.authority.address)
            .context("the authority's address cannot be used; write HOST:PORT")?;
        let asker = Arc::new(MachineProver::new(
            machine.clone(),
            account.clone(),
            config.identity.source(),
            clock.clone(),
        ));
        let updater = TrustUpdater::new(
            trust_source(config),
            client.clone(),
            Arc::clone(&asker),
            state,
        )?;
        let trust = updater.feed();
        let peer_check = match config.revocation.mode {
            RevocationMode::Issue => PeerCheck::Never,
            RevocationMode::Handshake => {
                let max_age = config.revocation.max_age;
                let states =
                    AccountStates::new(client.clone(), Arc::clone(&asker), trust.clone(), max_age);
                PeerCheck::Remote(Arc::new(states))
            }
        };
        let issuer = Arc::new(RemoteAuthority::new(client, asker, trust.clone()));
        let metrics = Arc::new(Metrics::new(clock.clone()));
        let mut servers = Servers::new();
        servers.spawn_endless(updater.run());
        let handshaker =
            MachineHandshaker::new(machine.clone(), account.clone(), issuer, trust, clock)
                .with_limits(Limits::shared_by(listeners.len()))
                .with_metrics(Arc::clone(&metrics))
                .with_peer_check(peer_check)
                .with_handshake(&config.handshake)?;
        let addresses = listeners.iter().map(|(address, _)| *address).collect();
        for (_, listener) in listeners {
            servers.spawn(handshaker.clone().serve(listener, servers.stopped()));
        }
        let admin = surface.address().clone();
        servers.spawn(surface.serve(
            Routes::default(),
            move || metrics.render(),
            servers.stopped(),
        ));
        Ok(Self {
            machine,
            account,
            addresses,
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

/// As configured, and as the pod's token or the metadata server says of what is not.
async fn identity(config: &ServeConfig) -> anyhow::Result<(MachineName, ServiceAccount)> {
    let source = config.identity.source();
    let ask = || match &source {
        IdentitySource::Gce(base) => Ok(MetadataServer(base.clone())),
        _ => Err(anyhow!("the identity source is another")),
    };
    let machine = match (&config.machine, &source) {
        (Some(machine), _) => Ok(machine.clone()),
        (None, IdentitySource::Kubernetes(file)) => {
            let token = kubernetes::projected(file)
                .await
                .map_err(anyhow::Error::msg)?;
            MachineName::parse(&kubernetes::own_pod(&token)?)
        }
        (None, _) => MachineName::parse(&ask()?.instance_name().await?),
    };
    let account = match &config.account {
        Some(account) => account.clone(),
        None => ask()?.default_account().await?.parse()?,
    };
    Ok((machine.map_err(anyhow::Error::msg)?, account))
}

fn trust_source(config: &ServeConfig) -> TrustSource {
    TrustSource {
        pinned: TrustAnchors::pinned(config.authority.roots.clone()),
        policy: config.handshake.policy.clone(),
        revocation: config.revocation.list(),
        refresh: config.authority.refresh,
    }
}
