//! The echo service over ALTS, for payloads and streams that the booking contract has no room
//! for; its answers' metadata name the verified caller.

use std::pin::Pin;

use alts::{AltsIncoming, Handshaker};
use tokio::net::TcpListener;
use tokio_stream::{Stream, StreamExt};
use tonic::{Request, Response, Status, Streaming, transport::Server};

/// The generated contract.
pub mod contract {
    #![allow(missing_docs, unused_qualifications, clippy::all, reason = "generated")]
    tonic::include_proto!("tests");
}

use contract::{Payload, echo_server};

/// The largest message that tests send: 32 MiB and its wrapping.
pub const MAX_MESSAGE_LEN: usize = 33 * 1024 * 1024;
/// Metadata key of the verified caller in answers.
pub const PEER_KEY: &str = "x-alts-peer";

#[derive(Debug)]
struct Echo;

#[tonic::async_trait]
impl echo_server::Echo for Echo {
    type ChatStream = Pin<Box<dyn Stream<Item = Result<Payload, Status>> + Send>>;

    async fn unary(&self, request: Request<Payload>) -> Result<Response<Payload>, Status> {
        let peer = alts::peer(&request)?.peer_service_account().to_string();
        let mut response = Response::new(request.into_inner());
        let peer = peer
            .parse()
            .map_err(|_| Status::internal("account is not ASCII"))?;
        response.metadata_mut().insert(PEER_KEY, peer);
        Ok(response)
    }

    async fn chat(
        &self,
        request: Request<Streaming<Payload>>,
    ) -> Result<Response<Self::ChatStream>, Status> {
        alts::peer(&request)?;
        Ok(Response::new(Box::pin(
            request.into_inner().map(|payload| payload),
        )))
    }
}

/// Serves echoes over ALTS until the future is dropped.
///
/// # Errors
/// When serving fails.
pub async fn serve(listener: TcpListener, handshaker: Handshaker) -> anyhow::Result<()> {
    let service = echo_server::EchoServer::new(Echo)
        .max_decoding_message_size(MAX_MESSAGE_LEN)
        .max_encoding_message_size(MAX_MESSAGE_LEN);
    Server::builder()
        .add_service(service)
        .serve_with_incoming(AltsIncoming::new(listener, handshaker))
        .await?;
    Ok(())
}
