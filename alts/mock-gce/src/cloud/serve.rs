//! Everything that answers: for each machine a handshaker, a metadata server and a name server on its
//! own link; for all of them, and for the user outside, the project's interfaces.

use std::{
    io,
    net::{SocketAddr, TcpListener as StdListener},
    sync::Arc,
    time::Duration,
};

use alts_daemon::{
    admin::address::AdminAddress, clock::Clock, connections::allow_many_files, state::StateDir,
};
use anyhow::Context;
use axum::Router;
use socket2::{Domain, Socket, Type};
use tokio::{
    net::{TcpListener, UdpSocket},
    sync::watch,
    task::JoinSet,
};

use super::{Launch, signing_key_file};
use crate::{
    api,
    config::Config,
    dns::{self, Zone},
    instance::Instance,
    loopback::MockCloud,
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

/// Where resolvers look for the name server.
const DNS_PORT: u16 = 53;

/// Connections that wait to be accepted.
const BACKLOG: i32 = 1024;

/// How long calls under way may take to end when the cloud stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(3);

/// All servers.
pub(super) struct Services {
    handshakers: MockCloud,
    stop: watch::Sender<bool>,
    http: JoinSet<()>,
    /// These have nothing under way to end.
    names: JoinSet<()>,
}

impl Services {
    /// Takes possession of the state directory, binds every address, serves. All or nothing.
    pub(super) async fn start(
        instance: &Instance,
        launch: &Launch,
        config: Config,
        outside: StdListener,
    ) -> anyhow::Result<Self> {
        // Every connection of every machine is a file of this one process.
        allow_many_files();
        let clock = Clock::system();
        let handshakers = config.handshakers();
        let state = StateDir::open(&launch.state_dir)?;
        let key = signing_key_file::open(state.path())?;
        let accounts = MockCloud::open(&handshakers, state, clock.clone())?;
        let project = Project::new(config, Arc::clone(&accounts), clock.clone(), key);
        let project = Arc::new(project);
        let token = project.operator_token()?;
        runtime_dir::replace(&instance.operator_token(), token.as_bytes())?;

        let machines = 0..project.config.machines.len();
        let listen = |port| move |index| listen_on_link(index, port);
        let listeners = machines.clone().map(listen(HANDSHAKER_PORT));
        let listeners = listeners.collect::<anyhow::Result<_>>()?;
        let admin = AdminAddress::Unix(instance.admin_socket());
        let handshakers =
            MockCloud::start_on(&handshakers, accounts, listeners, &admin, &clock).await?;

        let mut services = Self {
            handshakers,
            stop: watch::Sender::new(false),
            http: JoinSet::new(),
            names: JoinSet::new(),
        };
        let zone = Arc::new(Zone::of(&project.config));
        for index in machines.clone() {
            let socket = on_link(index, Type::DGRAM, DNS_PORT)?;
            let socket = UdpSocket::from_std(socket.into())?;
            services.names.spawn(dns::serve(socket, Arc::clone(&zone)));
        }
        for (listener, machine) in machines
            .map(listen(HTTP_PORT))
            .zip(&project.config.machines)
        {
            let metadata = metadata::http::router(Arc::clone(&project), machine.clone());
            services.serve_http(listener?, metadata);
        }
        let inside = SocketAddr::from((project.config.network.api(), HTTP_PORT));
        let inside = TcpListener::bind(inside)
            .await
            .with_context(|| format!("cannot listen on {inside}"))?;
        services.serve_http(inside, api::router(Arc::clone(&project)));
        services.serve_http(TcpListener::from_std(outside)?, api::router(project));
        Ok(services)
    }

    fn serve_http(&mut self, listener: TcpListener, router: Router) {
        let mut stop = self.stop.subscribe();
        // Resolves when told to stop, or when nobody is left to tell.
        let stopped = async move {
            let _ = stop.wait_for(|stop| *stop).await;
        };
        let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
        self.http.spawn(async move {
            if let Err(error) = served.await {
                tracing::error!(%error, "an HTTP server ended");
            }
        });
    }

    /// Accepts nothing more, gives calls under way a moment, then cuts connections.
    pub(super) async fn stop(mut self) {
        // Nobody to tell is fine: then every server has ended.
        let _ = self.stop.send(true);
        let drained = async { while self.http.join_next().await.is_some() {} };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            self.http.shutdown().await;
        }
        self.handshakers.stop().await;
    }
}

/// A listener that only the machine at the other end of this link can reach.
fn listen_on_link(index: usize, port: u16) -> anyhow::Result<TcpListener> {
    let socket = on_link(index, Type::STREAM, port)?;
    socket.listen(BACKLOG)?;
    Ok(TcpListener::from_std(socket.into())?)
}

/// A socket at a port of the metadata server's address, on this link alone.
fn on_link(index: usize, kind: Type, port: u16) -> anyhow::Result<Socket> {
    let address = SocketAddr::from((METADATA_ADDRESS, port));
    let bind = || -> io::Result<Socket> {
        let socket = Socket::new(Domain::IPV4, kind, None)?;
        socket.set_reuse_address(true)?;
        // This is what makes an answer a machine's own: the same address on another link is another
        // machine's.
        socket.bind_device(Some(link_name(index).as_bytes()))?;
        socket.bind(&address.into())?;
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    bind().with_context(|| format!("cannot listen on {address} of link {index}"))
}
