//! The whole server, with callers of any account: records are sealed as in production, only the
//! handshake is left out.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use alts::{AltsContext, AltsStream, record};
use booking_proto::ot::v1::case_service_client::CaseServiceClient;
use booking_store::Store;
use hyper_util::rt::TokioIo;
use jiff::{SignedDuration, Timestamp};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{mpsc, oneshot},
    task::JoinHandle,
};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::{
    Request, Status,
    metadata::AsciiMetadataValue,
    service::{Interceptor, interceptor::InterceptedService},
    transport::{Channel, Endpoint},
};
use tower::service_fn;

use crate::{
    access::{Entry, Gatekeeper, Policy, Role},
    serve::{Deps, ServeError, serve_incoming},
    testing::{NOW, article_store, deps},
};

/// An account that may act for people, and may by itself what a coordinator, an admin, an
/// integration, an auditor and the article's client may: everything.
pub(super) const FRONT_END: &str = "front-end@p.iam.gserviceaccount.com";

/// What the library proposes in its handshakes. Bytes.
const MAX_FRAME_LEN: usize = 1024 * 1024;

/// What a client lets a server send before it has read. Bytes.
const WINDOW: u32 = 16 * 1024;

type Incoming = Result<AltsStream<TcpStream>, std::io::Error>;

/// A server under test; stopped when dropped.
pub(super) struct World {
    pub(super) store: Store,
    pub(super) gatekeeper: Gatekeeper,
    clock: Arc<AtomicI64>,
    connections: mpsc::UnboundedSender<Incoming>,
    stop: Mutex<Option<oneshot::Sender<()>>>,
    served: Mutex<Option<JoinHandle<Result<(), ServeError>>>>,
}

/// Says for whom a call is.
#[derive(Clone)]
pub(super) struct OnBehalfOf(Option<AsciiMetadataValue>);

impl Interceptor for OnBehalfOf {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        if let Some(person) = &self.0 {
            let metadata = request.metadata_mut();
            metadata.insert("on-behalf-of", person.clone());
        }
        Ok(request)
    }
}

pub(super) type Wire = InterceptedService<Channel, OnBehalfOf>;

/// The policy of the tests: an account and a person for every role, named like it.
pub(super) fn policy() -> Policy {
    let all = Role::ALL
        .iter()
        .fold(Default::default(), |all: crate::access::Grants, role| {
            all.union(role.grants())
        });
    let entry = |roles: &[Role], grants, act_as| Entry {
        roles: roles.to_vec(),
        grants,
        act_as,
        staff: None,
    };
    let mut accounts = BTreeMap::from([(FRONT_END.to_owned(), entry(&Role::ALL, all, true))]);
    let mut people = BTreeMap::new();
    for role in Role::ALL {
        accounts.insert(account_of(role), entry(&[role], role.grants(), false));
        people.insert(role.to_string(), entry(&[role], role.grants(), false));
    }
    if let Some(surgeon) = people.get_mut("surgeon") {
        surgeon.staff = booking_domain::StaffId::parse("DC-3904").ok();
    }
    Policy { accounts, people }
}

/// The account that has a role and nothing else.
pub(super) fn account_of(role: Role) -> String {
    format!("{role}@p.iam.gserviceaccount.com")
}

impl World {
    /// The article's hospital, at [`NOW`].
    pub(super) async fn new() -> Self {
        Self::over(article_store().await)
    }

    pub(super) fn over(store: Store) -> Self {
        Self::aging(store, None)
    }

    /// Whose connections grow no older than `max_connection_age`.
    pub(super) fn aging(store: Store, max_connection_age: Option<Duration>) -> Self {
        let gatekeeper = Gatekeeper::new(policy());
        let now: Timestamp = NOW.parse().unwrap();
        let clock = Arc::new(AtomicI64::new(now.as_second()));
        let ticking = Arc::clone(&clock);
        let deps = Deps {
            clock: Arc::new(move || {
                Timestamp::from_second(ticking.load(Ordering::SeqCst)).unwrap()
            }),
            gatekeeper: gatekeeper.clone(),
            max_connection_age,
            ..deps(&store)
        };
        let (connections, incoming) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let incoming = UnboundedReceiverStream::new(incoming);
        let shutdown = async { drop(stopped.await) };
        let served = tokio::spawn(serve_incoming(incoming, address, deps, shutdown));
        Self {
            store,
            gatekeeper,
            clock,
            connections,
            stop: Mutex::new(Some(stop)),
            served: Mutex::new(Some(served)),
        }
    }

    /// Time passes.
    pub(super) fn pass(&self, time: SignedDuration) {
        self.clock.fetch_add(time.as_secs(), Ordering::SeqCst);
    }

    /// Asks the server to drain, and waits until it has.
    pub(super) async fn stop(&self) {
        drop(self.stop.lock().unwrap().take());
        let served = self.served.lock().unwrap().take();
        served.unwrap().await.unwrap().unwrap();
    }

    /// A connection of `account`.
    pub(super) async fn channel(&self, account: &str) -> Channel {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let client = TcpStream::connect(address).await.unwrap();
        let (server, _) = listener.accept().await.unwrap();
        for end in [&client, &server] {
            end.set_nodelay(true).unwrap();
        }
        let server = sealed(server, record::Side::Server, account);
        self.connections.send(Ok(server)).unwrap();
        let mut client = Some(sealed(client, record::Side::Client, "server@p"));
        let connector = service_fn(move |_| {
            let client = client.take().ok_or(std::io::ErrorKind::NotConnected);
            async move { client.map(TokioIo::new).map_err(std::io::Error::from) }
        });
        // Little is on its way at a time: who does not read is noticed soon.
        let endpoint =
            Endpoint::from_static("http://world").initial_stream_window_size(Some(WINDOW));
        endpoint.connect_with_connector(connector).await.unwrap()
    }

    /// A connection of `account`, for `person`.
    pub(super) async fn wire(&self, account: &str, person: Option<&str>) -> Wire {
        let person = person.map(|person| person.parse().unwrap());
        InterceptedService::new(self.channel(account).await, OnBehalfOf(person))
    }

    /// Somebody with a role, through the front end.
    pub(super) async fn cases(&self, role: Role) -> CaseServiceClient<Wire> {
        CaseServiceClient::new(self.wire(FRONT_END, Some(role.as_str())).await)
    }
}

fn sealed(io: TcpStream, side: record::Side, peer: &str) -> AltsStream<TcpStream> {
    let keys = record::TrafficKeys::from_key_data(&[7; record::TRAFFIC_KEY_LEN]).unwrap();
    let context = AltsContext::dangerous_unproven(peer.parse().unwrap());
    let aead = record::aead::BackEnd::from_env().unwrap();
    AltsStream::dangerous_from_keys(io, aead, side, keys, context, MAX_FRAME_LEN)
}
