//! The port of the admin surface: gRPC over HTTP/2 and `/metrics` over HTTP/1.1, side by side.

use std::{
    fs::{self, Permissions},
    io,
    os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt},
    path::Path,
};

use axum::{Router, http::header, middleware, routing};
use tokio::net::{TcpListener, UnixListener, UnixSocket};
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};
use tonic::{
    service::Routes,
    transport::{self, Server},
};

use super::address::AdminAddress;
use super::guard::{METRICS, Reach, guard};
use crate::servers::BindError;

/// Connections to a Unix socket that may wait to be accepted: operators and their scripts.
const BACKLOG: u32 = 64;

/// A bound port.
#[derive(Debug)]
pub struct AdminSurface {
    listener: Listener,
    address: AdminAddress,
}

#[derive(Debug)]
enum Listener {
    Tcp(TcpListener),
    Unix(UnixListener),
}

impl AdminSurface {
    /// Listens. A Unix socket that nobody answers on any more is replaced.
    ///
    /// # Errors
    /// When the address is not to be had.
    pub async fn bind(address: &AdminAddress) -> Result<Self, BindError> {
        let failed = |source| BindError {
            address: address.to_string(),
            whom: "the admin service".to_owned(),
            source,
        };
        match address {
            AdminAddress::Tcp(tcp) => {
                let listener = TcpListener::bind(tcp).await.map_err(failed)?;
                let address = listener.local_addr().map_err(failed)?;
                Ok(Self {
                    listener: Listener::Tcp(listener),
                    address: AdminAddress::Tcp(address),
                })
            }
            AdminAddress::Unix(path) => {
                check_folder(path).map_err(failed)?;
                remove_stale(path).await.map_err(failed)?;
                let socket = UnixSocket::new_stream().map_err(failed)?;
                socket.bind(path).map_err(failed)?;
                // Who may connect may do everything: nobody but this user, and nobody at all before
                // it is so.
                fs::set_permissions(path, Permissions::from_mode(0o600)).map_err(failed)?;
                let listener = socket.listen(BACKLOG).map_err(failed)?;
                Ok(Self {
                    listener: Listener::Unix(listener),
                    address: address.clone(),
                })
            }
        }
    }

    /// Where it listens; never port 0.
    pub fn address(&self) -> &AdminAddress {
        &self.address
    }

    /// Serves `services`, and what `metrics` renders, until `stop` resolves.
    ///
    /// # Errors
    /// When tonic cannot serve.
    pub async fn serve(
        self,
        services: Routes,
        metrics: impl Fn() -> String + Clone + Send + Sync + 'static,
        stop: impl Future<Output = ()> + Send,
    ) -> Result<(), transport::Error> {
        let reach = match &self.listener {
            Listener::Tcp(_) => Reach::Loopback,
            Listener::Unix(_) => Reach::UnixSocket,
        };
        let server = Server::builder()
            .accept_http1(true)
            .add_routes(routes(services, metrics, reach));
        match self.listener {
            Listener::Tcp(listener) => {
                let incoming = TcpListenerStream::new(listener);
                server.serve_with_incoming_shutdown(incoming, stop).await
            }
            Listener::Unix(listener) => {
                let incoming = UnixListenerStream::new(listener);
                let served = server.serve_with_incoming_shutdown(incoming, stop).await;
                if let AdminAddress::Unix(path) = &self.address {
                    // Somebody else may have removed it.
                    let _ = fs::remove_file(path);
                }
                served
            }
        }
    }
}

fn routes(
    services: Routes,
    metrics: impl Fn() -> String + Clone + Send + Sync + 'static,
    reach: Reach,
) -> Routes {
    let content_type = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    let page = move || std::future::ready((content_type, metrics()));
    Router::new()
        .route(METRICS, routing::get(page))
        .merge(services.into_axum_router())
        .layer(middleware::from_fn_with_state(reach, guard))
        .into()
}

/// Who may change a folder may put a socket of their own in the place of ours.
fn check_folder(path: &Path) -> io::Result<()> {
    let folder = fs::metadata(path.parent().unwrap_or_else(|| Path::new("/")))?;
    let ours = [0, rustix::process::geteuid().as_raw()].contains(&folder.uid());
    let others_may_write = folder.mode() & 0o022 != 0;
    // In a sticky folder, such as /tmp, nobody can remove what is another's.
    let is_sticky = folder.mode() & 0o1000 != 0;
    if ours && (!others_may_write || is_sticky) {
        return Ok(());
    }
    Err(io::Error::new(
        io::ErrorKind::PermissionDenied,
        "other users may change its folder: make it yours alone (chmod 700), or choose another",
    ))
}

/// A socket that was left behind by a killed process answers nobody. Anything else is not ours.
async fn remove_stale(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.file_type().is_socket() => {}
        Ok(_) => {
            return Err(io::Error::new(
                io::ErrorKind::AlreadyExists,
                "it is no socket",
            ));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    }
    match tokio::net::UnixStream::connect(path).await {
        Ok(_) => Err(io::ErrorKind::AddrInUse.into()),
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
#[path = "surface_tests.rs"]
mod tests;
