//! The echo service over ALTS, for payloads and streams that the booking contract has no room
//! for; its answers' metadata name the verified caller.

use std::net::Ipv4Addr;

use alts::{AltsIncoming, ClientAuthorizationLayer, Handshaker, ServiceAccount};
use anyhow::Result;
use serde_json::json;
use tokio::net::TcpListener;
use tonic::{
    Request, Response, Status, Streaming, metadata::AsciiMetadataValue, transport::Server,
};
use tower::util::option_layer;

use crate::{
    MAX_MESSAGE_LEN, PEER_KEY,
    contract::{Payload, echo_server},
};

#[derive(Debug)]
struct Echo;

#[tonic::async_trait]
impl echo_server::Echo for Echo {
    type ChatStream = Streaming<Payload>;

    async fn unary(&self, request: Request<Payload>) -> Result<Response<Payload>, Status> {
        let caller = caller(&request)?;
        Ok(greeting(caller, request.into_inner()))
    }

    async fn chat(
        &self,
        request: Request<Streaming<Payload>>,
    ) -> Result<Response<Self::ChatStream>, Status> {
        let caller = caller(&request)?;
        Ok(greeting(caller, request.into_inner()))
    }
}

/// Whom the handshake has proven.
fn caller<T>(request: &Request<T>) -> Result<AsciiMetadataValue, Status> {
    let account = alts::peer(request)?.peer_service_account().to_string();
    let value = account.parse();
    value.map_err(|_| Status::internal("the account is not ASCII"))
}

fn greeting<T>(caller: AsciiMetadataValue, message: T) -> Response<T> {
    let mut response = Response::new(message);
    response.metadata_mut().insert(PEER_KEY, caller);
    response
}

/// Serves echoes on this port of every address; with accounts, only for those.
pub(crate) async fn serve(port: u16, allowed: &[&str]) -> Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).await?;
    let incoming = AltsIncoming::new(listener, Handshaker::builder().build()?);
    let allowed: Vec<ServiceAccount> = allowed
        .iter()
        .map(|account| account.parse())
        .collect::<Result<_, _>>()?;
    let authorization = (!allowed.is_empty()).then(|| ClientAuthorizationLayer::new(allowed));
    let service = echo_server::EchoServer::new(Echo)
        .max_decoding_message_size(MAX_MESSAGE_LEN)
        .max_encoding_message_size(MAX_MESSAGE_LEN);
    println!("{}", json!({ "fields": { "message": "stranger ready" } }));
    Server::builder()
        .layer(option_layer(authorization))
        .add_service(service)
        .serve_with_incoming(incoming)
        .await?;
    Ok(())
}
