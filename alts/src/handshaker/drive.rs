//! Drives a handshake over a socket and a `DoHandshake` call, in bounded time and number.
//!
//! The order on the server's side matters: first the peer's first byte, then a turn, then the call to
//! the handshaker. A peer that connects and says nothing costs a socket and no more, and one that
//! falls silent later has its turn taken away when others wait.

use std::{
    io,
    net::IpAddr,
    sync::Arc,
    time::{Duration, SystemTime},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::{mpsc, watch},
    time::Instant,
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Status, Streaming};

use super::{
    Handshaker,
    relay::{Relay, Step},
    result::{Verdict, establish},
    turns::Turn,
};
use crate::{
    AltsStream, Error, Misbehaviour, ServiceAccount,
    gcp::{self, handshaker_service_client::HandshakerServiceClient},
};

/// The most that the first read takes from a client: grpc-go's limit, above any flight.
const READ_LEN: usize = 64 * 1024;

/// Whom a client wants to meet.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The authority that was dialled, `host:port`.
    pub name: &'a str,
    /// Any of these may be there; none means that anybody may.
    pub accounts: &'a [ServiceAccount],
}

impl Handshaker {
    /// Shakes hands as the side that dialled.
    ///
    /// # Errors
    /// Any [`Error`] of a handshake; `io` is then closed.
    pub async fn connect<IO>(&self, io: IO, target: Target<'_>) -> Result<AltsStream<IO>, Error>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let stage = Stage::new(WAITING_FOR_TURN);
        let handshake = async {
            let turn = self.0.client_turns.take(Some(target.name)).await;
            let (relay, start) = Relay::client(target.name, target.accounts);
            let targets = target.accounts;
            self.converse(io, relay, start, targets, &stage, &turn)
                .await
        };
        within(self.0.client_timeout, &stage, handshake).await
    }

    /// Shakes hands as the side that accepted. Peers are not told apart: any may have all turns.
    ///
    /// # Errors
    /// Any [`Error`] of a handshake; `io` is then closed.
    pub async fn accept<IO>(&self, io: IO) -> Result<AltsStream<IO>, Error>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        self.accept_from(io, None, Duration::MAX).await
    }

    /// The same for a peer at `origin`, which shares turns with others, and within `limit` should that
    /// be less than every handshake has.
    pub(crate) async fn accept_from<IO>(
        &self,
        mut io: IO,
        origin: Option<IpAddr>,
        limit: Duration,
    ) -> Result<AltsStream<IO>, Error>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let stage = Stage::new(WAITING_FOR_PEER);
        let handshake = async {
            let first_bytes = read_from_peer(&mut io, READ_LEN, &stage).await?;
            stage.send_replace(WAITING_FOR_TURN);
            let turn = self.0.server_turns.take(origin).await;
            let (relay, start) = Relay::server(first_bytes);
            self.converse(io, relay, start, &[], &stage, &turn).await
        };
        within(self.0.server_timeout.min(limit), &stage, handshake).await
    }

    async fn converse<IO>(
        &self,
        mut io: IO,
        mut relay: Relay,
        start: gcp::HandshakerReq,
        targets: &[ServiceAccount],
        stage: &Stage,
        turn: &Turn<'_>,
    ) -> Result<AltsStream<IO>, Error>
    where
        IO: AsyncRead + AsyncWrite + Unpin,
    {
        let mut patience = self.0.patience;
        stage.send_replace(WAITING_FOR_HANDSHAKER);
        let mut call = self.open_call(&relay, start).await?;
        loop {
            let answer = call.answers.message().await;
            let answer = answer.map_err(|status| self.call_failed(&relay, status))?;
            let answer = answer.ok_or(Misbehaviour::EndedEarly)?;
            let mut to_peer = Vec::new();
            let step = relay.answered(answer, &mut to_peer);
            stage.send_replace(WRITING);
            let sent = write_to_peer(&mut io, &to_peer).await;
            let step = step?;
            sent?;
            let request = match step {
                Step::Done(result, leftover) => {
                    let now = SystemTime::now();
                    let established = establish(relay.side(), result, leftover, targets, now)?;
                    return Ok(AltsStream::new(io, self.0.aead, established));
                }
                Step::Ask(request) => *request,
                // The handshaker may give up while the peer is silent; its reason beats ours.
                Step::NeedBytes(at_most) => {
                    let asked = Instant::now();
                    let bytes = tokio::select! {
                        biased;
                        unasked = call.answers.message() => return Err(self.ended(&relay, unasked)),
                        bytes = read_from_peer(&mut io, at_most, stage) => bytes?,
                        () = turn.outstayed(patience) => return Err(Error::TimedOut {
                            limit: self.0.patience,
                            waiting_for: "waiting for the peer while others wait for their turn",
                        }),
                    };
                    patience = patience.saturating_sub(asked.elapsed());
                    relay.peer_sent(&bytes)?
                }
            };
            stage.send_replace(WAITING_FOR_HANDSHAKER);
            if call.requests.send(request).await.is_err() {
                let last = call.answers.message().await;
                return Err(self.ended(&relay, last));
            }
        }
    }

    async fn open_call(&self, relay: &Relay, start: gcp::HandshakerReq) -> Result<Call, Error> {
        let (requests, receiver) = mpsc::channel(1);
        let opened = requests.send(start).await;
        debug_assert!(opened.is_ok(), "the receiver is right here");
        let answers = HandshakerServiceClient::new(self.channel().await)
            .do_handshake(ReceiverStream::new(receiver))
            .await
            .map_err(|status| self.call_failed(relay, status))?
            .into_inner();
        Ok(Call { requests, answers })
    }

    /// A call that was over, or spoke unasked, before the handshake was done.
    fn ended(&self, relay: &Relay, last: Result<Option<gcp::HandshakerResp>, Status>) -> Error {
        match last {
            Err(status) => self.call_failed(relay, status),
            Ok(Some(answer)) => {
                drop(answer.result.map(Verdict::new));
                Misbehaviour::Unasked.into()
            }
            Ok(None) => Misbehaviour::EndedEarly.into(),
        }
    }

    /// A call that ended with a status: was nobody there, or did somebody refuse?
    fn call_failed(&self, relay: &Relay, status: Status) -> Error {
        let transport = std::error::Error::source(&status).is_some();
        if transport || status.code() == Code::Cancelled {
            let detail = if transport {
                innermost(&status)
            } else {
                status.message().to_owned()
            };
            return Error::HandshakerUnreachable {
                address: self.0.address.clone(),
                detail,
            };
        }
        // In a message instead, it would speak of bytes that are too many.
        if status.code() == Code::ResourceExhausted && relay.is_first() {
            let detail = status.message().to_owned();
            return Error::HandshakerOverloaded { detail };
        }
        let code = i32::from(status.code()).cast_unsigned();
        relay.failure(relay.is_first(), code, status.message())
    }
}

/// One `DoHandshake` call. Dropping it half-closes and then resets: nothing waits for its end.
struct Call {
    requests: mpsc::Sender<gcp::HandshakerReq>,
    answers: Streaming<gcp::HandshakerResp>,
}

async fn read_from_peer<IO>(io: &mut IO, at_most: usize, stage: &Stage) -> Result<Vec<u8>, Error>
where
    IO: AsyncRead + Unpin,
{
    stage.send_replace(WAITING_FOR_PEER);
    let mut bytes = Vec::with_capacity(4 * 1024);
    let read = io.take(at_most as u64).read_buf(&mut bytes).await;
    match read {
        Ok(0) => Err(Error::PeerClosed {
            during: "during the handshake",
        }),
        Ok(_) => Ok(bytes),
        Err(error) => Err(peer_io(error)),
    }
}

async fn write_to_peer<IO>(io: &mut IO, bytes: &[u8]) -> Result<(), Error>
where
    IO: AsyncWrite + Unpin,
{
    if bytes.is_empty() {
        return Ok(());
    }
    io.write_all(bytes).await.map_err(peer_io)?;
    io.flush().await.map_err(peer_io)
}

fn peer_io(error: io::Error) -> Error {
    Error::PeerIo {
        during: "during the handshake",
        source: Arc::new(error),
    }
}

/// The deepest cause's words: "transport error" alone helps nobody.
pub(super) fn innermost(error: &dyn std::error::Error) -> String {
    let deepest = std::iter::successors(Some(error), |cause| cause.source()).last();
    deepest.unwrap_or(error).to_string()
}

/// What a handshake is waiting for, so that a timeout can say so.
type Stage = watch::Sender<&'static str>;

pub(crate) const WAITING_FOR_HANDSHAKER: &str = "waiting for the handshaker";
const WAITING_FOR_PEER: &str = "waiting for the peer";
const WAITING_FOR_TURN: &str = "waiting for other handshakes to finish";
const WRITING: &str = "sending to the peer";

async fn within<T>(
    limit: Duration,
    stage: &Stage,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    match tokio::time::timeout(limit, work).await {
        Ok(outcome) => outcome,
        Err(_) => Err(Error::TimedOut {
            limit,
            waiting_for: *stage.borrow(),
        }),
    }
}
