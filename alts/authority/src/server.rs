//! The authority as a process: the service for handshakers and the admin surface for operators.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use alts_daemon::{
    admin::{address::AdminAddress, surface::AdminSurface},
    clock::Clock,
    connections::capacity,
    listener::{Incoming, PREFACE_TIMEOUT},
    metrics::Counters,
    servers::{Servers, bind, local_address},
    state::StateDir,
};
use alts_handshake::Timestamp;
use tonic::transport::Server;

use super::{
    accepted_proofs::AcceptedProofs,
    admin,
    admission::Admission,
    service::{Machines, Service},
};
use crate::{
    certificate_authority::CertificateAuthority, config::AuthorityConfig, identity::KeySource,
};

/// Calls at once, per connection: a handshaker asks one question at a time per workload.
const MAX_CONCURRENT_STREAMS: u32 = 256;

/// Connections at once, where the system allows as many files. A machine has one and keeps it open;
/// one that gave way to another is dialled again with the next question.
const MAX_CONNECTIONS: usize = 8192;

/// One answer. Fetching a key set is the longest thing that happens.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);

/// Connections of machines that are gone.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(60);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);

/// An authority that runs.
#[derive(Debug)]
pub struct AuthorityServer {
    /// Where handshakers ask; never port 0.
    pub address: SocketAddr,
    /// Where the admin service listens; never port 0.
    pub admin: AdminAddress,
    /// What it knows.
    pub authority: Arc<CertificateAuthority>,
    servers: Servers,
}

impl AuthorityServer {
    /// Takes possession of the state directory, binds, serves. All or nothing.
    ///
    /// # Errors
    /// When the state or an address is not to be had.
    pub async fn start(
        config: &AuthorityConfig,
        state_dir: &Path,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let state = StateDir::open(state_dir)?;
        let lifetime = config.certificates.credential_lifetime;
        let authority =
            CertificateAuthority::open(state, config.accounts(), lifetime, clock.clone())?;
        let authority = Arc::new(authority);
        let listener = bind(config.listen, "the authority").await?;
        let admin = AdminAddress::or_in(config.admin.as_ref(), state_dir);
        let surface = AdminSurface::bind(&admin).await?;
        let issued = Arc::new(Counters::new(
            "alts_certificates_total",
            "Certificates asked of this authority, by gRPC code.",
        ));
        let service = Service {
            authority: Arc::clone(&authority),
            admission: Arc::new(admission(config, clock.now())),
            issued: Arc::clone(&issued),
            clock,
        };
        let mut process = Self {
            address: local_address(&listener, config.listen),
            admin: surface.address().clone(),
            authority: Arc::clone(&authority),
            servers: Servers::new(),
        };
        let servers = &mut process.servers;
        let server = Server::builder()
            .max_concurrent_streams(MAX_CONCURRENT_STREAMS)
            .timeout(CALL_TIMEOUT)
            .http2_keepalive_interval(Some(KEEPALIVE_INTERVAL))
            .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
            .add_service(service.into_server());
        let connections = capacity(1, MAX_CONNECTIONS);
        let incoming = Incoming::new(listener, Arc::new(Machines), connections, PREFACE_TIMEOUT);
        servers.spawn(server.serve_with_incoming_shutdown(incoming, servers.stopped()));
        let services = admin::services(authority);
        servers.spawn(surface.serve(services, move || issued.render(), servers.stopped()));
        Ok(process)
    }

    /// Accepts nothing more, gives calls under way a moment, then cuts connections. The state
    /// directory is free afterwards.
    pub async fn stop(self) {
        self.servers.stop().await;
    }
}

fn admission(config: &AuthorityConfig, since: Timestamp) -> Admission {
    let gce = config.gce.clone().map(|google| {
        let keys = KeySource::new(google.keys.clone(), google.roots.clone());
        (google, keys)
    });
    let clusters = config.clusters.iter().map(|cluster| {
        let keys = KeySource::new(cluster.issuer.clone(), cluster.roots.clone());
        (cluster.clone(), keys)
    });
    let enrolled = config.enrolled.iter();
    let enrolled = enrolled.map(|enrolled| (enrolled.machine.clone(), enrolled.clone()));
    Admission {
        enrolled: enrolled.collect(),
        since,
        accepted: AcceptedProofs::default(),
        gce,
        clusters: clusters.collect(),
    }
}
