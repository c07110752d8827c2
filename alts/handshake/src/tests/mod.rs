//! Two sides joined by buffers. A test alters what travels, when, or who takes part, and looks at
//! both ends.

mod attacks;
mod certificates;
mod chains;
mod fields;
mod insider;
mod known_answers;
mod negotiation;
mod policies;
mod resumption;
mod resumption_attacks;
mod resumption_standing;
mod revocation_lists;
mod sizes;
mod wire_cuts;

use std::{sync::Arc, time::Duration};

use alts::{RpcVersions, ServiceAccount};

use super::*;

pub(super) const CLIENT: &str = "client@p.iam";
pub(super) const SERVER: &str = "server@p.iam";
pub(super) const NOW: Timestamp = Timestamp::from_unix_s(1_700_000_000);
const HOUR: Duration = Duration::from_secs(3600);

pub(super) fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

/// What an authority with key `root` gives a workload.
pub(super) fn master(root: u8, name: &str, validity: Validity) -> MasterCredential {
    let root = RootKey::new(&Seed::new([root; 32]));
    let key = MasterKey::new(account(name), &Seed::new([0x51; 32]));
    let request = key.request(MachineName::parse("vm").unwrap());
    key.certified(root.sign(&request, validity, 77))
}

pub(super) fn credential(name: &str) -> Arc<HandshakeCredential> {
    let seed = Seed::new([name.len() as u8; 32]);
    let master = master(1, name, Validity::starting(NOW, HOUR));
    Arc::new(master.issue(&seed, NOW, HOUR))
}

/// Believes the authority with key `root`.
pub(super) fn trust(root: u8) -> Arc<PeerVerifier> {
    Arc::new(PeerVerifier::of_roots([RootKey::new(&Seed::new(
        [root; 32],
    ))
    .public()]))
}

pub(super) fn offer() -> Offer {
    Offer {
        application_protocols: vec!["grpc".to_owned()],
        record_protocols: vec![RECORD_PROTOCOLS[0].to_owned()],
        rpc_versions: Some(RpcVersions::OURS),
        max_frame_size: 0,
    }
}

/// Two configurations, good unless a test changes them.
pub(super) struct Pair {
    pub(super) client: ClientConfig,
    pub(super) server: ServerConfig,
    pub(super) client_verifier: Arc<PeerVerifier>,
    pub(super) server_verifier: Arc<PeerVerifier>,
    pub(super) client_now: Timestamp,
    pub(super) server_now: Timestamp,
    pub(super) client_entropy: [u8; Entropy::LEN],
    pub(super) server_entropy: [u8; Entropy::LEN],
}

impl Default for Pair {
    fn default() -> Self {
        Self {
            client: ClientConfig {
                credential: credential(CLIENT),
                offer: offer(),
                targets: vec![account(SERVER)],
                target_name: Some("backend:8080".to_owned()),
                names: Arc::default(),
                resumption: None,
            },
            server: ServerConfig {
                credential: credential(SERVER),
                offer: offer(),
                resumption: None,
            },
            client_verifier: trust(1),
            server_verifier: trust(1),
            client_now: NOW,
            server_now: NOW,
            client_entropy: std::array::from_fn(|i| i as u8),
            server_entropy: [0x99; Entropy::LEN],
        }
    }
}

/// How one side ended. `Waiting`: it wants more bytes.
#[derive(Debug)]
pub(super) enum End {
    Waiting,
    Established(Box<Established>),
    Failed(HandshakeError),
}

impl End {
    pub(super) fn established(self) -> Established {
        match self {
            Self::Established(established) => *established,
            other => panic!("not established: {other:?}"),
        }
    }

    pub(super) fn error(self) -> HandshakeError {
        match self {
            Self::Failed(error) => error,
            other => panic!("did not fail: {other:?}"),
        }
    }

    pub(super) fn is_established(&self) -> bool {
        matches!(self, Self::Established(_))
    }
}

/// One side in any state.
#[derive(Debug)]
pub(super) enum Side {
    Waiting(Handshake),
    Over(End),
}

impl Side {
    /// Feeds bytes; returns how many were taken.
    pub(super) fn feed(self, bytes: &[u8], now: Timestamp, out: &mut Vec<u8>) -> (Self, usize) {
        let mut input = Input::new(bytes);
        let next = match self {
            Self::Waiting(handshake) => match handshake.process(&mut input, now, out) {
                Ok(Progress::NeedsInput(handshake)) => Self::Waiting(handshake),
                Ok(Progress::Done(done)) => Self::Over(End::Established(Box::new(done))),
                Err(error) => Self::Over(End::Failed(error)),
            },
            over @ Self::Over(_) => over,
        };
        (next, input.consumed())
    }

    /// Which frame it waits for, if it waits.
    pub(super) fn due(&self) -> String {
        format!("{self:?}")
    }

    pub(super) fn end(self) -> End {
        match self {
            Self::Over(end) => end,
            Self::Waiting(_) => End::Waiting,
        }
    }
}

pub(super) struct Client;

impl Client {
    pub(super) fn start(pair: &Pair) -> (Side, Vec<u8>) {
        let mut out = Vec::new();
        let entropy = Entropy::new(&pair.client_entropy);
        let verifier = Arc::clone(&pair.client_verifier);
        let config = pair.client.clone();
        let client = Handshake::client(config, verifier, entropy, pair.client_now, &mut out);
        (Side::Waiting(client), out)
    }
}

pub(super) struct Server;

impl Server {
    pub(super) fn start(pair: &Pair) -> Side {
        let entropy = Entropy::new(&pair.server_entropy);
        let verifier = Arc::clone(&pair.server_verifier);
        Side::Waiting(Handshake::server(pair.server.clone(), verifier, entropy))
    }
}

/// Which payload is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flight {
    ClientInit,
    ServerInitAndFinished,
    ClientFinished,
}

pub(super) const FLIGHTS: [Flight; 3] = [
    Flight::ClientInit,
    Flight::ServerInitAndFinished,
    Flight::ClientFinished,
];

/// Runs a handshake to its end; `alter` sees each payload on its way.
pub(super) fn drive(pair: &Pair, mut alter: impl FnMut(Flight, &mut Vec<u8>)) -> (End, End) {
    let (client, mut to_server) = Client::start(pair);
    alter(Flight::ClientInit, &mut to_server);
    let mut to_client = Vec::new();
    let (server, _) = Server::start(pair).feed(&to_server, pair.server_now, &mut to_client);
    alter(Flight::ServerInitAndFinished, &mut to_client);
    let mut to_server = Vec::new();
    let (client, _) = client.feed(&to_client, pair.client_now, &mut to_server);
    alter(Flight::ClientFinished, &mut to_server);
    let (server, _) = server.feed(&to_server, pair.server_now, &mut Vec::new());
    (client.end(), server.end())
}

/// The payloads of a good handshake.
pub(super) fn recorded(pair: &Pair) -> [Vec<u8>; 3] {
    let mut flights = Vec::new();
    let (client, server) = drive(pair, |_, bytes| flights.push(bytes.clone()));
    assert!(client.is_established() && server.is_established());
    flights.try_into().expect("three flights")
}
