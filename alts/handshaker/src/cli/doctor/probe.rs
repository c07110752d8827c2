//! Looks, dials, shakes hands: with the same library that applications use.

use std::{fs, io, net::SocketAddr, time::Duration};

use alts::{DEFAULT_HANDSHAKER_ADDRESS, Error, Handshaker, ServiceAccount, Target};
use tokio::{
    io::duplex,
    net::{TcpStream, lookup_host},
    time::timeout,
};

use super::findings::Finding;

/// Where Linux shows the firmware's name for a machine.
const PRODUCT_NAME: &str = "/sys/class/dmi/id/product_name";

/// Resolving, and dialling: what takes longer does not come.
const DIAL_TIMEOUT: Duration = Duration::from_secs(3);

/// A whole handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Handshake messages stay below 2 KiB.
const PIPE_LEN: usize = 64 * 1024;

/// Goes on until a step fails without which the next makes no sense; tells of each finding.
pub(crate) async fn examine(
    address: &str,
    peer: Option<&str>,
    targets: &[ServiceAccount],
    mut tell: impl FnMut(Finding),
) {
    let name = fs::read_to_string(PRODUCT_NAME).ok();
    let name = name.as_deref().map(str::trim);
    tell(Finding::product(
        name,
        address == DEFAULT_HANDSHAKER_ADDRESS,
    ));
    if !dial(address, &mut tell).await {
        return;
    }
    let handshaker = Handshaker::builder()
        .address(address)
        // Whether programs may trust it was told above; here it is only examined.
        .allow_untrusted(true)
        .handshake_timeout(HANDSHAKE_TIMEOUT)
        .build();
    let handshaker = match handshaker {
        Ok(handshaker) => handshaker,
        Err(error) => return tell(Finding::mute(&error)),
    };
    match with_itself(&handshaker).await {
        Ok(account) => tell(Finding::speaks(&account)),
        Err(error) => return tell(Finding::mute(&error)),
    }
    if let Some(peer) = peer {
        tell(with_peer(&handshaker, peer, targets).await);
    }
}

/// Whether something accepts connections there.
async fn dial(address: &str, tell: &mut impl FnMut(Finding)) -> bool {
    let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
    let addresses: Vec<SocketAddr> = match in_time(lookup_host(address)).await {
        Ok(addresses) => addresses.collect(),
        Err(error) => {
            tell(Finding::unresolved(host, error));
            return false;
        }
    };
    let first = addresses.first().copied();
    if first.is_none_or(|first| first.ip().to_string() != host) {
        tell(Finding::resolved(host, &addresses));
    }
    match in_time(TcpStream::connect(addresses.as_slice())).await {
        Ok(stream) => {
            let dialled = stream.peer_addr().ok().or(first);
            dialled.map(Finding::dialled).map(tell).is_some()
        }
        Err(error) => {
            tell(Finding::not_dialled(address, error));
            false
        }
    }
}

async fn with_peer(handshaker: &Handshaker, peer: &str, targets: &[ServiceAccount]) -> Finding {
    let stream = match in_time(TcpStream::connect(peer)).await {
        Ok(stream) => stream,
        Err(error) => {
            let remedy = "check the server's address and that it runs";
            return Finding::no_peer(peer, error, remedy);
        }
    };
    let target = Target {
        name: peer,
        accounts: targets,
    };
    match handshaker.connect(stream, target).await {
        Ok(stream) => {
            let context = stream.context();
            let resumed = context.peer_attributes().get("alts.resumed");
            let resumed = resumed.is_some_and(|value| value == "true");
            Finding::peer(peer, context.peer_service_account(), resumed)
        }
        Err(error) => Finding::no_peer(peer, &error, error.remedy()),
    }
}

async fn in_time<T>(work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(DIAL_TIMEOUT, work)
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

/// Both sides of one handshake through the same handshaker: it needs a credential, must believe its
/// own, and tells whose it is.
async fn with_itself(handshaker: &Handshaker) -> Result<ServiceAccount, Error> {
    let (ours, theirs) = duplex(PIPE_LEN);
    let target = Target {
        name: "doctor",
        accounts: &[],
    };
    let (client, server) =
        tokio::join!(handshaker.connect(ours, target), handshaker.accept(theirs));
    let client = match (client, server) {
        (Ok(client), Ok(_)) => client,
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => return Err(error),
        // One side failed and hung up; the other only saw that.
        (Err(Error::PeerClosed { .. } | Error::PeerIo { .. }), Err(error))
        | (Err(error), Err(_)) => return Err(error),
    };
    let context = client.context();
    let own = context
        .local_service_account()
        .unwrap_or_else(|| context.peer_service_account());
    Ok(own.clone())
}
