//! A fake backend for tests of pages: answers what it was told to answer and keeps what it heard.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    body::Bytes,
    http::{HeaderMap, HeaderValue, Request, Response},
};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use prost::Message;
use tonic::{Status, body::Body};
use tower::service_fn;

use super::{observed::PeerSlot, *};

/// What a method of `ot.v1` answers: bytes to bytes.
type Method = Box<dyn Fn(&[u8]) -> Result<Vec<u8>, Status> + Send + Sync>;

/// The methods of `ot.v1` that a test gives answers for; others are unimplemented.
#[derive(Clone, Default)]
pub(crate) struct FakeOt {
    methods: Arc<Mutex<HashMap<String, Method>>>,
    /// Methods that were called, in order, each with the person it was for.
    pub(crate) called: Arc<Mutex<Vec<(String, String)>>>,
}

impl FakeOt {
    /// Answers a method, named like `CaseService/GetCase`.
    pub(crate) fn on<Q, A>(
        self,
        method: &str,
        answer: impl Fn(Q) -> Result<A, Status> + Send + Sync + 'static,
    ) -> Self
    where
        Q: Message + Default,
        A: Message,
    {
        let method_: Method = Box::new(move |bytes| {
            let request = Q::decode(bytes).expect("the front end sends what the contract says");
            answer(request).map(|answer| answer.encode_to_vec())
        });
        held(&self.methods).insert(path(method), method_);
        self
    }

    /// How often a method was called, named like `CaseService/GetCase`. It has to be one that is
    /// answered: of a misspelt one nothing would be heard.
    pub(crate) fn times_asked(&self, method: &str) -> usize {
        let answered = held(&self.methods).contains_key(&path(method));
        assert!(answered, "the test has no answer for {method}");
        let called = held(&self.called);
        called.iter().filter(|(name, _)| name == method).count()
    }

    /// As a connection over which `peer` answers, or nobody proven.
    fn channel(&self, peer: Option<Verified>) -> GrpcChannel {
        let fake = self.clone();
        GrpcChannel::new(service_fn(move |request: Request<Body>| {
            let (fake, peer) = (fake.clone(), peer.clone());
            async move { Ok::<_, Status>(fake.carry(request, peer).await) }
        }))
    }

    async fn carry(&self, request: Request<Body>, peer: Option<Verified>) -> Response<Body> {
        let (head, body) = request.into_parts();
        if let (Some(slot), Some(peer)) = (head.extensions.get::<PeerSlot>(), peer) {
            slot.fill(peer);
        }
        let path = head.uri.path().to_owned();
        let person = head
            .headers
            .get(booking_proto::contract::metadata::ON_BEHALF_OF)
            .and_then(|name| name.to_str().ok())
            .unwrap_or_default();
        let called = (
            path.trim_start_matches("/ot.v1.").to_owned(),
            person.to_owned(),
        );
        held(&self.called).push(called);
        let sent = body.collect().await.expect("a request's body").to_bytes();
        let answered = match held(&self.methods).get(&path) {
            // A message of gRPC has a head of five bytes: a flag and its length.
            Some(method) => method(&sent[5..]),
            None => Err(Status::unimplemented(path)),
        };
        match answered {
            Ok(message) => framed(&message),
            Err(status) => status.into_http(),
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().expect("no test panics while it holds this")
}

/// Where a method named like `CaseService/GetCase` is called.
fn path(method: &str) -> String {
    format!("/ot.v1.{method}")
}

fn framed(message: &[u8]) -> Response<Body> {
    let mut data = vec![0];
    data.extend(u32::try_from(message.len()).expect("small").to_be_bytes());
    data.extend(message);
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let frames = [Frame::data(Bytes::from(data)), Frame::trailers(trailers)];
    let body = StreamBody::new(tokio_stream::iter(frames.map(Ok::<_, Status>)));
    let mut response = Response::new(Body::new(body));
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/grpc"));
    response
}

/// Gives the same reply to every look-up, and its own answers to `ot.v1`.
pub(crate) struct FakeBackend {
    reply: Option<Reply>,
    ot: FakeOt,
    peer: Option<Verified>,
    pub(crate) heard: Arc<Mutex<Vec<Lookup>>>,
    /// For whom each of them was.
    pub(crate) heard_for: Arc<Mutex<Vec<Option<String>>>>,
}

impl FakeBackend {
    fn new(reply: Option<Reply>) -> Self {
        Self {
            reply,
            ot: FakeOt::default(),
            peer: Some(proven()),
            heard: Default::default(),
            heard_for: Default::default(),
        }
    }

    pub(crate) fn replying(reply: Reply) -> Self {
        Self::new(Some(reply))
    }

    /// Finds the given booking, as the article's server account.
    pub(crate) fn finding(date: &str, condition: &str) -> Self {
        let booking = Booking {
            date: date.to_owned(),
            condition: condition.to_owned(),
        };
        Self::replying(Reply::Proven {
            peer: proven(),
            outcome: Ok(booking),
        })
    }

    /// Refuses with the given kind; `peer` says whether somebody was proven to refuse.
    pub(crate) fn refusing(kind: RefusalKind, detail: &str, peer: Option<Verified>) -> Self {
        let refusal = Refusal {
            kind,
            code: tonic::Code::Unavailable,
            detail: detail.to_owned(),
            loggable: false,
            ..Refusal::unproven()
        };
        Self::replying(match peer {
            Some(peer) => Reply::Proven {
                peer,
                outcome: Err(refusal),
            },
            None => Reply::Unproven(refusal),
        })
    }

    /// Never answers, whatever time it is given.
    pub(crate) fn hanging() -> Self {
        Self::new(None)
    }

    /// Answers `ot.v1` as told, proven to be the article's server.
    pub(crate) fn hospital(ot: FakeOt) -> Self {
        Self {
            ot,
            ..Self::hanging()
        }
    }

    /// Answers `ot.v1` without proving who it is.
    pub(crate) fn unproven_hospital(ot: FakeOt) -> Self {
        Self {
            peer: None,
            ..Self::hospital(ot)
        }
    }
}

impl Backend for FakeBackend {
    fn look_up(&self, lookup: Lookup, person: Option<String>, _timeout: Duration) -> Pending<'_> {
        held(&self.heard_for).push(person);
        held(&self.heard).push(lookup);
        let reply = self.reply.clone();
        Box::pin(async move {
            match reply {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        })
    }

    fn channel(&self) -> GrpcChannel {
        self.ot.channel(self.peer.clone())
    }
}

/// What the article's server proves.
pub(crate) fn proven() -> Verified {
    Verified {
        backend: "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com".to_owned(),
        ourselves: Some(
            "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com".to_owned(),
        ),
        record_protocol: "ALTSRP_GCM_AES128_REKEY".to_owned(),
        security_level: "INTEGRITY_AND_PRIVACY".to_owned(),
        rpc_versions: ("2.1".to_owned(), "2.1".to_owned()),
        connected_at: "2024-06-01T09:30:00Z".parse().expect("a timestamp"),
        resumed: Some(false),
    }
}
