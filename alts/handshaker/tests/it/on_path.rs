//! Somebody between a machine and its authority, who reads and changes what is in plaintext: all he
//! may achieve is that nothing arrives.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use alts_authority::proto::authority::{
    GetAccountStatesRequest, GetCrlRequest, GetCrlResponse, GetRootsRequest, IssueMasterRequest,
    IssueMasterResponse,
    authority_client::AuthorityClient,
    authority_server::{Authority, AuthorityServer},
};
use alts_handshake::wire::Signed;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::{
    Request, Response, Status,
    transport::{Channel, Server},
};

use crate::{suite::*, support::*};

/// Passes everything on, but for what it is told to change or to keep.
#[derive(Clone)]
pub(crate) struct OnPath {
    pub(crate) authority: AuthorityClient<Channel>,
    /// What was asked of the authority, word for word.
    pub(crate) heard: Arc<Mutex<Vec<IssueMasterRequest>>>,
    /// About whom to ask in place of whom was asked about.
    asks_about: Option<&'static str>,
    keeps_lists: Arc<AtomicBool>,
    /// What a machine gets in place of a list that is kept: an answer without one, or none.
    answers_without: bool,
}

impl OnPath {
    /// Between the suite's authority and the machines that are started from now on.
    pub(crate) async fn come_between(
        suite: &mut Suite,
        asks_about: Option<&'static str>,
        answers_without: bool,
    ) -> Self {
        let authority = AuthorityClient::connect(format!("http://{}", suite.address)).await;
        let on_path = Self {
            authority: authority.unwrap(),
            heard: Arc::default(),
            asks_about,
            keeps_lists: Arc::default(),
            answers_without,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        suite.address = listener.local_addr().unwrap();
        let service = AuthorityServer::new(on_path.clone());
        let server = Server::builder().add_service(service);
        tokio::spawn(server.serve_with_incoming(TcpListenerStream::new(listener)));
        on_path
    }
}

#[tonic::async_trait]
impl Authority for OnPath {
    async fn issue_master(
        &self,
        request: Request<IssueMasterRequest>,
    ) -> Result<Response<IssueMasterResponse>, Status> {
        let request = request.into_inner();
        self.heard.lock().unwrap().push(request.clone());
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
        if self.keeps_lists.load(Ordering::SeqCst) {
            return if self.answers_without {
                Ok(Response::new(GetCrlResponse::default()))
            } else {
                Err(Status::unavailable("lost on the way"))
            };
        }
        self.authority.clone().get_crl(request).await
    }

    async fn get_account_states(
        &self,
        request: Request<GetAccountStatesRequest>,
    ) -> Result<Response<Signed>, Status> {
        let mut asked = request.into_inner();
        if let Some(other) = self.asks_about {
            other.clone_into(&mut asked.service_account);
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
        OnPath::come_between(&mut suite, asks_about, false).await;
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

/// Why the client's handshaker does not believe the server's, once it does not.
async fn refused(client: &Library, server: &Library) -> String {
    eventually(|| async {
        let told = shake(client, server, &[SERVER]).await.client.unwrap();
        let told = told.status.unwrap();
        if told.code == 0 {
            Err("not yet")
        } else {
            Ok(told.details)
        }
    })
    .await
}

#[tokio::test]
async fn who_keeps_revocation_lists_from_arriving_un_revokes_nobody() {
    keeps_revocation_lists(false).await;
}

#[tokio::test]
async fn who_answers_that_there_is_no_revocation_list_un_revokes_nobody() {
    keeps_revocation_lists(true).await;
}

async fn keeps_revocation_lists(answers_without: bool) {
    let mut suite = Suite::start(Settings::default()).await;
    let on_path = OnPath::come_between(&mut suite, None, answers_without).await;
    let (client_vm, server_vm) = (suite.client().await, suite.server().await);
    let server = process_on(&server_vm).await;
    shake(&process_on(&client_vm).await, &server, &[SERVER])
        .await
        .key();
    let cloud = &suite.authority().authority;
    let issued = cloud.issued(Some(&account(SERVER)));
    cloud.revoke(&[issued[0].revocation_id]).unwrap();
    let told = refused(&process_on(&client_vm).await, &server).await;
    assert!(told.contains("it is revoked"), "{told}");

    // From here on none arrives. Neither another root key, nor the end of the one that signed the
    // list, nor a restart makes the machine forget whom it refuses.
    on_path.keeps_lists.store(true, Ordering::SeqCst);
    let pinned = suite.roots();
    cloud.rotate_root(Duration::ZERO).unwrap();
    certified_process_on(&server_vm).await;
    let client = certified_process_on(&client_vm).await;
    let told = refused(&client, &server).await;
    assert!(told.contains("it is revoked"), "{told}");
    cloud.retire_roots().unwrap();
    // Machines ask every second.
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let told = refused(&client, &server).await;
    assert!(told.contains("it is revoked"), "{told}");
    client_vm.stop().await;
    let identity = "source = \"static\"\nsecret_file = \"good.secret\"";
    let client_vm = suite
        .machine_with("client-vm", CLIENT, identity, &pinned)
        .await;
    let client = process_on(&client_vm).await;
    let told = refused(&client, &server).await;
    assert!(told.contains("it is revoked"), "{told}");

    // With the list that the new key signs, the old key's certificates end.
    on_path.keeps_lists.store(false, Ordering::SeqCst);
    eventually(|| async {
        let told = refused(&client, &server).await;
        if told.contains("unknown authority") {
            Ok(())
        } else {
            Err(told)
        }
    })
    .await;
}
