//! A test double for Terraform's Google provider: it serves the provider's schema in this process, checks configurations against it, and
//! invents what a cloud would decide. It never talks to one, and what it invents is nobody's answer.
//!
//! ```text
//!   terraform  -- tfplugin6 over gRPC, loopback -->  stub
//!       |                                             |- schema.rs      arguments, types, flags, words: Google's
//!       |  TF_REATTACH_PROVIDERS                      |- rules.rs       refusals that are code in the provider: facts
//!       |                                             |- order.rs       refusals that depend on what was done before: facts
//!       '- local state                                |- invention.rs   ids, e-mail addresses: invented
//! ```

mod invention;
mod order;
mod provider;
mod rules;
mod schema;
mod value;

use std::{net::SocketAddr, path::Path, sync::Arc};

use provider::StubProvider;
pub(crate) use schema::Schema;
use tests_all::tfplugin6 as wire;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use wire::provider_server::ProviderServer;

/// The schema of everything that we use is a few hundred kilobytes; this leaves room.
const MAX_MESSAGE_BYTES: usize = 64 << 20;

/// A running stub. It serves for as long as this process lives.
#[derive(Clone, Debug)]
pub(crate) struct Stub {
    /// The provider release whose schema it serves.
    pub(crate) version: String,
    address: SocketAddr,
}

impl Stub {
    /// Starts one that serves the schema in a file.
    pub(crate) fn start(schema: &Path) -> Self {
        let schema = Arc::new(Schema::read(schema));
        let version = schema.provider_version.clone();
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let address = listener.local_addr().expect("it is bound");
        listener.set_nonblocking(true).expect("a socket");
        std::thread::spawn(move || serve(listener, schema));
        Self { version, address }
    }

    /// The environment variable by which Terraform takes it for the provider.
    pub(crate) fn reattach(&self) -> String {
        serde_json::json!({"hashicorp/google": {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": std::process::id(),
            "Test": true,
            "Addr": {"Network": "tcp", "String": self.address.to_string()},
        }})
        .to_string()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn serve(listener: std::net::TcpListener, schema: Arc<Schema>) {
    let listener = TcpListener::from_std(listener).expect("it does not block");
    let service = ProviderServer::new(StubProvider::new(schema))
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    Server::builder()
        .add_service(service)
        .serve_with_incoming(TcpListenerStream::new(listener))
        .await
        .expect("loopback");
}
