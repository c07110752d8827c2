//! Generated clients and tonic servers over real sockets, secured between two fake handshakers.
//!
//! | file | for |
//! |---|---|
//! | `calls.rs` | calls that go well, and what each side learns of the other |
//! | `failures.rs` | the table of failures a caller sees |
//! | `broken.rs` | connections that are cut, altered, silent or lost, and how channels recover |
//! | `server.rs` | what strangers cannot do to a server, and how it stops |
//! | `hostile.rs` | those who only take up room: silent, half-done, greedy, refused |
//! | `backend.rs`, `wire.rs` | the server under test, and a proxy that harms its traffic |

mod backend;
mod broken;
mod calls;
mod failures;
mod hostile;
mod server;
mod wire;

use std::{net::SocketAddr, time::Duration};

use backend::Backend;
use tonic::{Request, Response, Status};

use crate::{
    AltsChannel, AltsChannelBuilder, Handshaker, ServiceAccount,
    gcp::{self, handshaker_req::ReqOneof, handshaker_service_client::HandshakerServiceClient},
    handshaker::fake::{FakeHandshaker, Flaw},
};

const CLIENT: &str = "client@project.iam.gserviceaccount.com";
const SERVER: &str = "server@project.iam.gserviceaccount.com";
/// Far above what a handshake takes here, far below a test's patience.
const SHORT: Duration = Duration::from_secs(1);

/// Two machines with their handshakers, and a backend that allows the client.
struct Stage {
    client: FakeHandshaker,
    server: FakeHandshaker,
    backend: Backend,
}

impl Stage {
    async fn start() -> Self {
        let client = FakeHandshaker::start(CLIENT, Flaw::None).await;
        let server = FakeHandshaker::start(SERVER, Flaw::None).await;
        let backend = Backend::start(server.handshaker(), &[CLIENT]).await;
        Self {
            client,
            server,
            backend,
        }
    }

    fn channel(&self) -> AltsChannel {
        self.channel_to(self.backend.address)
    }

    fn channel_to(&self, address: SocketAddr) -> AltsChannel {
        lazy(expecting_server(self.client.handshaker()), address)
    }
}

fn account(name: &str) -> ServiceAccount {
    ServiceAccount::new(name).expect("an account")
}

fn expecting_server(handshaker: Handshaker) -> AltsChannelBuilder {
    AltsChannel::builder(handshaker).target_service_account(account(SERVER))
}

fn lazy(builder: AltsChannelBuilder, address: SocketAddr) -> AltsChannel {
    builder
        .connect_lazy(&address.to_string())
        .expect("an address")
}

fn message(words: &[u8]) -> gcp::HandshakerReq {
    let next = gcp::NextHandshakeMessageReq {
        in_bytes: words.to_vec(),
        ..Default::default()
    };
    gcp::HandshakerReq {
        req_oneof: Some(ReqOneof::Next(next)),
    }
}

/// The generated client of the service that the backend plays.
fn stub(channel: &AltsChannel) -> HandshakerServiceClient<AltsChannel> {
    HandshakerServiceClient::new(channel.clone())
}

/// One message there, one message back; see `backend.rs` for what the words do.
async fn call(channel: &AltsChannel, words: &[u8]) -> Result<Response<Vec<u8>>, Status> {
    let request = Request::new(tokio_stream::once(message(words)));
    first_answer(stub(channel).do_handshake(request).await?).await
}

/// The same with a deadline.
async fn call_within(
    channel: &AltsChannel,
    words: &[u8],
    limit: Duration,
) -> Result<Response<Vec<u8>>, Status> {
    let mut request = Request::new(tokio_stream::once(message(words)));
    request.set_timeout(limit);
    first_answer(stub(channel).do_handshake(request).await?).await
}

type Answers = tonic::Streaming<gcp::HandshakerResp>;

async fn first_answer(response: Response<Answers>) -> Result<Response<Vec<u8>>, Status> {
    let (metadata, mut answers, extensions) = response.into_parts();
    let answer = answers.message().await?.expect("an answer");
    Ok(Response::from_parts(
        metadata,
        answer.out_frames,
        extensions,
    ))
}
