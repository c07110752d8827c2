//! Everything that answers: for each machine a handshaker and a metadata server on its own link;
//! for all of them, and for the user outside, the project's interfaces.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener as StdListener},
    sync::Arc,
    time::Duration,
};

use alts_handshaker::{Clock, MachineHandshaker, cloud::Cloud, state::StateDir};
use anyhow::Context;
use axum::Router;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::{net::TcpListener, sync::watch, task::JoinSet};

use super::{Launch, signing_key_file};
use crate::{
    api,
    config::{Config, Machine},
    instance::Instance,
    metadata,
    project::Project,
    system::{
        network::{METADATA_ADDRESS, link_name},
        runtime_dir,
    },
};

/// Where gRPC's libraries look for the handshaker.
const HANDSHAKER_PORT: u16 = 8080;

/// Where everybody looks for the metadata server, and machines for the project's interfaces.
const HTTP_PORT: u16 = 80;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// How long calls under way may take to end when the cloud stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// All servers.
pub(super) struct Services {
    stop: watch::Sender<bool>,
    servers: JoinSet<()>,
}

impl Services {
    /// Takes possession of the state directory, binds every address, serves. All or nothing.
    pub(super) async fn start(
        instance: &Instance,
        launch: &Launch,
        config: Config,
        outside: StdListener,
    ) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let project = open(launch, config, clock.clone())?;
        let token = project.operator_token()?;
        runtime_dir::replace(&instance.operator_token(), token.as_bytes())?;

        let (stop, _) = watch::channel(false);
        let mut services = Self {
            stop,
            servers: JoinSet::new(),
        };
        for (index, machine) in project.config.machines.iter().enumerate() {
            services
                .serve_machine(&project, index, machine, &clock)
                .with_context(|| format!("cannot serve {}", machine.name))?;
        }
        let inside = SocketAddr::from((project.config.network.api(), HTTP_PORT));
        let inside = TcpListener::bind(inside)
            .await
            .with_context(|| format!("cannot listen on {inside}"))?;
        services.serve_http(inside, api::router(Arc::clone(&project)));
        let outside = TcpListener::from_std(outside)?;
        services.serve_http(outside, api::router(project));
        Ok(services)
    }

    fn serve_machine(
        &mut self,
        project: &Arc<Project>,
        index: usize,
        machine: &Machine,
        clock: &Clock,
    ) -> anyhow::Result<()> {
        let handshaker = MachineHandshaker::new(
            machine.name.clone(),
            machine.account.clone(),
            Arc::clone(&project.accounts),
            project.accounts.trust(),
            clock.clone(),
        );
        let listener = listen_on_link(index, METADATA_ADDRESS, HANDSHAKER_PORT)?;
        let served = handshaker.serve(listener, self.stopped());
        self.servers.spawn(async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "a handshaker ended");
            }
        });
        let metadata = metadata::http::router(Arc::clone(project), machine.clone());
        let listener = listen_on_link(index, METADATA_ADDRESS, HTTP_PORT)?;
        self.serve_http(listener, metadata);
        Ok(())
    }

    fn serve_http(&mut self, listener: TcpListener, router: Router) {
        let served = axum::serve(listener, router).with_graceful_shutdown(self.stopped());
        self.servers.spawn(async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "an HTTP server ended");
            }
        });
    }

    /// Resolves when told to stop, or when nobody is left to tell.
    fn stopped(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut stop = self.stop.subscribe();
        async move {
            let _ = stop.wait_for(|stop| *stop).await;
        }
    }

    /// Accepts nothing more, gives calls under way a moment, then cuts connections.
    pub(super) async fn stop(mut self) {
        // Nobody to tell is fine: then every server has ended.
        let _ = self.stop.send(true);
        let drained = async { while self.servers.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            self.servers.shutdown().await;
        }
    }
}

/// Keys and accounts, from disk or new.
fn open(launch: &Launch, config: Config, clock: Clock) -> anyhow::Result<Arc<Project>> {
    let state = StateDir::open(&launch.state_dir)?;
    let key = signing_key_file::open(state.path())?;
    let accounts = config
        .accounts
        .iter()
        .map(|(email, account)| (email, account.display_name.as_str()));
    let cloud = Cloud::open(state, accounts, config.credential_lifetime, clock.clone())?;
    Ok(Arc::new(Project::new(config, Arc::new(cloud), clock, key)))
}

/// A listener that only the machine at the other end of this link can reach.
fn listen_on_link(index: usize, address: Ipv4Addr, port: u16) -> anyhow::Result<TcpListener> {
    let listen = || -> io::Result<StdListener> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        // This is what makes an answer a machine's own: the same address on another link is another
        // machine's.
        socket.bind_device(Some(link_name(index).as_bytes()))?;
        socket.bind(&SocketAddr::from((address, port)).into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    let listener = listen().with_context(|| format!("cannot listen on {address}:{port}"))?;
    Ok(TcpListener::from_std(listener)?)
}
