//! Somebody between a machine and its authority, who reads and changes what is in plaintext: all he
//! may achieve is that nothing arrives.

use alts_handshaker::authority::proto::{
    GetAccountStatesRequest, GetCrlRequest, GetCrlResponse, GetRootsRequest, IssueMasterRequest,
    IssueMasterResponse, Signed,
    authority_client::AuthorityClient,
    authority_server::{Authority, AuthorityServer},
};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Response, Status,
    transport::{Channel, Server},
};

use crate::{suite::*, support::*};

/// Passes everything on, but for what it is told to change.
#[derive(Clone)]
struct OnPath {
    authority: AuthorityClient<Channel>,
    /// About whom to ask in place of whom was asked about.
    asks_about: Option<&'static str>,
}

impl OnPath {
    /// Between the suite's authority and the machines that are started from now on.
    async fn come_between(suite: &mut Suite, asks_about: Option<&'static str>) {
        let authority = AuthorityClient::connect(format!("http://{}", suite.address)).await;
        let on_path = Self {
            authority: authority.unwrap(),
            asks_about,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        suite.address = listener.local_addr().unwrap();
        let server = Server::builder().add_service(AuthorityServer::new(on_path));
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
    }
}

#[tonic::async_trait]
impl Authority for OnPath {
    async fn issue_master(
        &self,
        request: Request<IssueMasterRequest>,
    ) -> Result<Response<IssueMasterResponse>, Status> {
        self.authority.clone().issue_master(request).await
    }

    async fn get_roots(
        &self,
        request: Request<GetRootsRequest>,
    ) -> Result<Response<Signed>, Status> {
        self.authority.clone().get_roots(request).await
    }

    async fn get_crl(
        &self,
        request: Request<GetCrlRequest>,
    ) -> Result<Response<GetCrlResponse>, Status> {
        self.authority.clone().get_crl(request).await
    }

    async fn get_account_states(
        &self,
        request: Request<GetAccountStatesRequest>,
    ) -> Result<Response<Signed>, Status> {
        let mut asked = request.into_inner();
        if let Some(other) = self.asks_about {
            asked.service_accounts = vec![other.to_owned()];
        }
        self.authority.clone().get_account_states(asked).await
    }
}

#[tokio::test]
async fn an_answer_about_another_account_does_not_admit_a_disabled_one() {
    for (asks_about, words) in [
        (None, "the account server@p.iam is disabled"),
        (Some(CLIENT), "the statement answers another question"),
    ] {
        let mut suite = Suite::start(Settings {
            revocation: "mode = \"handshake\"\nmax_age_s = 0",
            ..Settings::default()
        })
        .await;
        OnPath::come_between(&mut suite, asks_about).await;
        let (client, server) = (suite.client().await, suite.server().await);
        let (client, server) = (process_on(&client).await, process_on(&server).await);
        let (mut client, first) = client.start_client(&[SERVER]).await;
        let mut server = server.call().await;
        let second = server.ask(server_start(&first.out_frames)).await.unwrap();
        suite.set_disabled(SERVER, true);
        let told = client.ask(next(&second.unwrap().out_frames)).await.unwrap();
        let told = told.unwrap().status.unwrap();
        assert!(told.details.contains(words), "{}", told.details);
    }
}
