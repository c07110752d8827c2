//! Everything that answers: for each machine a handshaker, a metadata server and a name server on its
//! own link; for all of them, and for the user outside, the project's interfaces.

use std::{
    io,
    net::{SocketAddr, TcpListener as StdListener},
    sync::Arc,
};

use alts_daemon::{
    admin::address::AdminAddress, clock::Clock, connections::allow_many_files, servers::Servers,
    state::StateDir,
};
use anyhow::Context;
use axum::Router;
use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

use super::{Launch, signing_key_file};
use crate::{
    api,
    config::Config,
    dns::{self, Zone},
    instance::{ADMIN_SOCKET, Instance, OPERATOR_TOKEN},
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

/// Takes possession of the state directory, binds every address, serves. All or nothing.
pub(super) async fn start(
    instance: &Instance,
    launch: &Launch,
    config: Config,
    outside: StdListener,
) -> anyhow::Result<MockCloud> {
    // Every connection of every machine is a file of this one process.
    allow_many_files();
    let clock = Clock::system();
    let handshakers = config.handshakers();
    let state = StateDir::open(&launch.state_dir)?;
    let key = signing_key_file::open(&state)?;
    let accounts = MockCloud::open(&handshakers, state, clock.clone())?;
    let project = Project::new(config, Arc::clone(&accounts), clock.clone(), key);
    let project = Arc::new(project);
    let token = project.operator_token()?;
    runtime_dir::replace(&instance.path(OPERATOR_TOKEN), token.as_bytes())?;

    let machines = 0..project.config.machines.len();
    let listen = |port| move |index| listen_on_link(index, port);
    let listeners = machines.clone().map(listen(HANDSHAKER_PORT));
    let listeners = listeners.collect::<anyhow::Result<_>>()?;
    let admin = AdminAddress::Unix(instance.path(ADMIN_SOCKET));
    let mut cloud = MockCloud::start_on(&handshakers, accounts, listeners, &admin, &clock).await?;

    let servers = &mut cloud.servers;
    let zone = Arc::new(Zone::of(&project.config));
    for index in machines.clone() {
        let socket = on_link(index, Type::DGRAM, DNS_PORT)?;
        let socket = UdpSocket::from_std(socket.into())?;
        servers.spawn_endless(dns::serve(socket, Arc::clone(&zone)));
    }
    for (listener, machine) in machines
        .map(listen(HTTP_PORT))
        .zip(&project.config.machines)
    {
        let metadata = metadata::http::router(Arc::clone(&project), machine.clone());
        // A machine may ask for them in plaintext only where nobody can come between.
        let here = api::keys(Arc::clone(&project)).merge(metadata);
        serve_http(servers, listener?, here);
    }
    let inside = SocketAddr::from((project.config.network.api(), HTTP_PORT));
    let inside = TcpListener::bind(inside)
        .await
        .with_context(|| format!("cannot listen on {inside}"))?;
    serve_http(servers, inside, api::router(Arc::clone(&project)));
    serve_http(
        servers,
        TcpListener::from_std(outside)?,
        api::router(project),
    );
    Ok(cloud)
}

fn serve_http(servers: &mut Servers, listener: TcpListener, router: Router) {
    let served = axum::serve(listener, router).with_graceful_shutdown(servers.stopped());
    servers.spawn(served.into_future());
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
