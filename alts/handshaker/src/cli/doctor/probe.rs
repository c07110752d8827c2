//! Looks, dials, shakes hands: with the same library that applications use.

use std::{fs, io, net::SocketAddr, time::Duration};

use alts::{AltsContext, DEFAULT_HANDSHAKER_ADDRESS, Error, Handshaker, ServiceAccount, Target};
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

/// What to examine.
pub(crate) struct Probe {
    pub(crate) address: String,
    pub(crate) peer: Option<String>,
    pub(crate) targets: Vec<ServiceAccount>,
}

impl Probe {
    /// Goes on until a step fails without which the next makes no sense; tells of each finding.
    pub(crate) async fn examine(&self, mut tell: impl FnMut(Finding)) {
        tell(Finding::Product {
            name: fs::read_to_string(PRODUCT_NAME)
                .ok()
                .map(|name| name.trim().to_owned()),
            default_address: self.address == DEFAULT_HANDSHAKER_ADDRESS,
        });
        if self.dial(&mut tell).await.is_none() {
            return;
        }
        let handshaker = Handshaker::builder()
            .address(&self.address)
            // Whether programs may trust it was told above; here it is only examined.
            .allow_untrusted(true)
            .handshake_timeout(HANDSHAKE_TIMEOUT)
            .build();
        let handshaker = match handshaker {
            Ok(handshaker) => handshaker,
            Err(error) => return tell(mute(&error)),
        };
        match with_itself(&handshaker).await {
            Ok(account) => tell(Finding::Speaks { account }),
            Err(error) => return tell(mute(&error)),
        }
        if let Some(peer) = &self.peer {
            tell(self.with_peer(&handshaker, peer).await);
        }
    }

    async fn dial(&self, tell: &mut impl FnMut(Finding)) -> Option<()> {
        let found = timeout(DIAL_TIMEOUT, lookup_host(&self.address)).await;
        let found = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let host = self
            .address
            .rsplit_once(':')
            .map_or(self.address.as_str(), |(host, _)| host);
        let addresses: Vec<SocketAddr> = match found {
            Ok(addresses) => addresses.collect(),
            Err(error) => {
                let (host, cause) = (host.to_owned(), error.to_string());
                tell(Finding::Unresolved { host, cause });
                return None;
            }
        };
        if addresses
            .first()
            .is_none_or(|address| address.ip().to_string() != host)
        {
            tell(Finding::Resolved {
                host: host.to_owned(),
                to: addresses.clone(),
            });
        }
        match dial(&addresses).await {
            Ok(stream) => {
                let address = stream
                    .peer_addr()
                    .ok()
                    .or_else(|| addresses.first().copied())?;
                tell(Finding::Dialled(address));
                Some(())
            }
            Err(error) => {
                let (address, cause) = (self.address.clone(), error.to_string());
                tell(Finding::NotDialled { address, cause });
                None
            }
        }
    }

    async fn with_peer(&self, handshaker: &Handshaker, peer: &str) -> Finding {
        let dialled = timeout(DIAL_TIMEOUT, TcpStream::connect(peer)).await;
        let stream = match dialled.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
            Ok(stream) => stream,
            Err(error) => {
                return Finding::NoPeer {
                    address: peer.to_owned(),
                    cause: error.to_string(),
                    remedy: "check the server's address and that it runs".to_owned(),
                };
            }
        };
        let target = Target {
            name: peer,
            accounts: &self.targets,
        };
        match handshaker.connect(stream, target).await {
            Ok(stream) => Finding::Peer {
                address: peer.to_owned(),
                account: stream.context().peer_service_account().clone(),
                resumed: is_resumed(stream.context()),
            },
            Err(error) => Finding::NoPeer {
                address: peer.to_owned(),
                cause: error.to_string(),
                remedy: error.remedy().to_owned(),
            },
        }
    }
}

async fn dial(addresses: &[SocketAddr]) -> io::Result<TcpStream> {
    timeout(DIAL_TIMEOUT, TcpStream::connect(addresses))
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

fn mute(error: &Error) -> Finding {
    Finding::Mute {
        cause: error.to_string(),
        remedy: error.remedy().to_owned(),
    }
}

fn is_resumed(context: &AltsContext) -> bool {
    context
        .peer_attributes()
        .get("alts.resumed")
        .is_some_and(|value| value == "true")
}
