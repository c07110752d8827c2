//! The service under load, and the loads: uploads, downloads and small calls over any channel.

use std::pin::Pin;

use anyhow::{Result, ensure};
use bytes::Bytes;

use tokio_stream::{Stream, StreamExt};
use tonic::{
    Status, Streaming,
    body::Body,
    codegen::http::{Request, Response},
};
use tower::util::BoxCloneSyncService;

use contract::{
    Order, Payload, Receipt, load_client::LoadClient, load_server, load_server::LoadServer,
};

/// The generated contract.
pub(crate) mod contract {
    #![expect(unreachable_pub, unused_qualifications, reason = "generated")]
    tonic::include_proto!("bench");
}

/// Any secured or plain channel. Boxed alike for all contenders, so that it favours none.
pub(crate) type Channel = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;
/// A client over any of them.
pub(crate) type Client = LoadClient<Channel>;

/// How many bytes, in what pieces.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Transfer {
    /// Which way they go.
    pub(crate) direction: Direction,
    /// Bytes of one message.
    pub(crate) message_len: u32,
    /// How many messages.
    pub(crate) messages: u32,
}

/// Which way a transfer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Direction {
    /// From client to server.
    Up,
    /// From server to client.
    Down,
}

impl Transfer {
    /// All payload bytes.
    pub(crate) fn bytes(&self) -> u64 {
        u64::from(self.message_len) * u64::from(self.messages)
    }

    /// Moves the bytes and makes sure that all arrived.
    ///
    /// # Errors
    /// When the call fails, or bytes are missing.
    pub(crate) async fn run(&self, client: &Client) -> Result<()> {
        let moved = match self.direction {
            Direction::Up => self.upload(client.clone()).await?,
            Direction::Down => self.download(client.clone()).await?,
        };
        ensure!(
            moved == self.bytes(),
            "{moved} of {} bytes arrived",
            self.bytes()
        );
        Ok(())
    }

    async fn upload(&self, mut client: Client) -> Result<u64> {
        let messages = payloads(self.messages, self.message_len);
        Ok(client.upload(messages).await?.into_inner().bytes)
    }

    async fn download(&self, mut client: Client) -> Result<u64> {
        let order = Order {
            messages: self.messages,
            message_len: self.message_len,
        };
        count(client.download(order).await?.into_inner())
            .await
            .map_err(Into::into)
    }
}

/// One small call.
///
/// # Errors
/// When it fails or the answer is not the question.
pub(crate) async fn echo(mut client: Client, data: Bytes) -> Result<()> {
    let answer = client
        .echo(Payload { data: data.clone() })
        .await?
        .into_inner();
    ensure!(answer.data == data, "an echo that differs from the call");
    Ok(())
}

/// The service, ready for a server.
pub(crate) fn service() -> LoadServer<Service> {
    LoadServer::new(Service)
}

/// The server's side of the loads.
#[derive(Debug)]
pub(crate) struct Service;

#[tonic::async_trait]
impl load_server::Load for Service {
    type DownloadStream = Pin<Box<dyn Stream<Item = Result<Payload, Status>> + Send>>;

    async fn echo(&self, request: tonic::Request<Payload>) -> Answer<Payload> {
        Ok(tonic::Response::new(request.into_inner()))
    }

    async fn upload(&self, request: tonic::Request<Streaming<Payload>>) -> Answer<Receipt> {
        let bytes = count(request.into_inner()).await?;
        Ok(tonic::Response::new(Receipt { bytes }))
    }

    async fn download(&self, request: tonic::Request<Order>) -> Answer<Self::DownloadStream> {
        let Order {
            messages,
            message_len,
        } = request.into_inner();
        Ok(tonic::Response::new(Box::pin(
            payloads(messages, message_len).map(Ok),
        )))
    }
}

type Answer<T> = Result<tonic::Response<T>, Status>;

/// The same bytes again and again: making them costs nothing, so only moving them is measured.
fn payloads(messages: u32, message_len: u32) -> impl Stream<Item = Payload> + Send {
    let data = Bytes::from(vec![0x5a; usize::try_from(message_len).unwrap_or_default()]);
    tokio_stream::iter((0..messages).map(move |_| Payload { data: data.clone() }))
}

async fn count(mut messages: Streaming<Payload>) -> Result<u64, Status> {
    let mut bytes = 0;
    while let Some(message) = messages.message().await? {
        bytes += message.data.len() as u64;
    }
    Ok(bytes)
}
