//! Pods that prove themselves with projected tokens, verified against a cluster's issuer: a real one of the tests' own, which
//! serves its discovery document and its keys over HTTP.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use alts_authority::proto::authority::asker;
use alts_daemon::clock::Clock;
use alts_handshaker::{config::serve::ServeConfig, serve::ServedMachine};
use axum::{Router, extract::State, http::StatusCode, response::IntoResponse, routing::get};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tonic::{Code, Status};

use crate::{google, on_path::OnPath, suite::*, support::*};

const AUDIENCE: &str = "alts-authority.test";
const WEB: &str = "ot-booking:booking-web";
const BACKEND: &str = "ot-booking:booking-server";
const WEB_POD: &str = "booking-web-6d4b75cb6d-hwrcn";
const BACKEND_POD: &str = "booking-server-7c9f8d6b5-x2x9p";

/// A cluster, as far as an authority sees it.
#[derive(Clone)]
struct Cluster {
    issuer: String,
    answers: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<&'static str>>>,
}

async fn discovery(State(cluster): State<Cluster>) -> impl IntoResponse {
    cluster.asked.lock().unwrap().push("discovery");
    let issuer = cluster.issuer.clone();
    let document = json!({
        "issuer": issuer, "jwks_uri": format!("{issuer}/openid/v1/jwks"),
        "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    });
    match cluster.answers.load(Ordering::SeqCst) {
        true => Ok(document.to_string()),
        false => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

async fn keys(State(cluster): State<Cluster>) -> impl IntoResponse {
    cluster.asked.lock().unwrap().push("keys");
    ([("cache-control", "public, max-age=3600")], google::jwks())
}

impl Cluster {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let cluster = Self {
            issuer: format!("http://{}/clusters/test", listener.local_addr().unwrap()),
            answers: Arc::new(AtomicBool::new(true)),
            asked: Arc::default(),
        };
        let router = Router::new()
            .route(
                "/clusters/test/.well-known/openid-configuration",
                get(discovery),
            )
            .route("/clusters/test/openid/v1/jwks", get(keys))
            .with_state(cluster.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        cluster
    }

    /// An authority that serves the pods of this cluster.
    async fn suite(&self) -> Suite {
        let gce = format!(
            "[[kubernetes]]\nissuer = \"{}\"\naudience = \"{AUDIENCE}\"\n\
             [kubernetes.accounts]\n\"system:serviceaccount:ot-booking:booking-web\" = \"{CLIENT}\"\n\
             \"system:serviceaccount:ot-booking:booking-server\" = \"{SERVER}\"\n",
            self.issuer
        );
        Suite::start(Settings {
            gce,
            ..Settings::default()
        })
        .await
    }

    /// The claims of the token that the cluster gives to a pod now.
    fn claims(&self, account: &str, pod: &str) -> Value {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        google::pod_claims(&self.issuer, AUDIENCE, account, pod, now.as_secs())
    }
}

/// A pod: the file in it that the cluster keeps its token in, and its handshaker.
struct Pod {
    token: PathBuf,
    handshaker: ServedMachine,
}

impl Pod {
    async fn start(suite: &Suite, account: &str, claims: &Value) -> Self {
        let pod = claims["kubernetes.io"]["pod"]["name"].as_str().unwrap();
        let folder = suite.dir.path().join(pod);
        fs::create_dir_all(&folder).unwrap();
        let token = folder.join("token");
        fs::write(&token, google::token(claims) + "\n").unwrap();
        let text = format!(
            "service_account = \"{account}\"\nlisten = [\"127.0.0.1:0\"]\n\
             [authority]\naddress = \"{}\"\nroots = [{}]\nrefresh_s = 1\n\
             [identity]\nsource = \"kubernetes\"\ntoken_file = \"{}\"\n",
            suite.address,
            suite.roots(),
            token.display()
        );
        let config = ServeConfig::parse(&text, "serve.toml").unwrap();
        let started = ServedMachine::start(&config, &folder.join("state"), Clock::system()).await;
        Self {
            token,
            handshaker: started.unwrap(),
        }
    }

    /// As kubelet replaces it.
    fn renew(&self, claims: &Value) {
        let new = self.token.with_extension("new");
        fs::write(&new, google::token(claims)).unwrap();
        fs::rename(new, &self.token).unwrap();
    }

    async fn process(&self) -> Library {
        process_on(&self.handshaker).await
    }

    /// Why a new process in the pod gets no credential.
    async fn refused(&self) -> Status {
        start_client_status(&self.process().await).await
    }
}

#[tokio::test]
async fn pods_shake_hands_as_the_accounts_of_their_service_accounts() {
    let cluster = Cluster::start().await;
    let suite = cluster.suite().await;
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    let backend = Pod::start(&suite, SERVER, &cluster.claims(BACKEND, BACKEND_POD)).await;
    assert_eq!(
        web.handshaker.machine.as_ref(),
        WEB_POD,
        "the token says it"
    );
    let shaken = shake(&web.process().await, &backend.process().await, &[SERVER]).await;
    let seen = |answer: &Result<_, Status>| {
        let answer: &alts::gcp::HandshakerResp = answer.as_ref().unwrap();
        let peer = answer.result.as_ref().unwrap().peer_identity.clone();
        format!("{peer:?}")
    };
    assert!(seen(&shaken.client).contains(SERVER));
    assert!(seen(&shaken.server).contains(CLIENT));
    shaken.key();
    let issued = suite.authority().authority.issued(Some(&account(CLIENT)));
    assert_eq!(issued[0].machine.as_ref(), WEB_POD);
    assert_eq!(
        issued[0].instance_id,
        "5f5a9d56-6b53-4a2e-8a0e-6dfb5f5ad3c4"
    );
    let asked = cluster.asked.lock().unwrap().clone();
    assert_eq!(asked, ["discovery", "keys"], "once for all tokens");
}

#[tokio::test]
async fn a_revoked_account_is_refused_in_its_pods_too() {
    let cluster = Cluster::start().await;
    let suite = cluster.suite().await;
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    let backend = Pod::start(&suite, SERVER, &cluster.claims(BACKEND, BACKEND_POD)).await;
    let server = backend.process().await;
    shake(&web.process().await, &server, &[SERVER]).await.key();
    suite.set_disabled(CLIENT, true);
    let status = web.refused().await;
    assert_eq!(status.code(), Code::Unavailable);
    assert!(
        status.message().contains("the account is disabled"),
        "{status}"
    );
    suite.set_disabled(CLIENT, false);
    shake(&web.process().await, &server, &[SERVER]).await.key();
}

#[tokio::test]
async fn the_token_is_read_anew_for_every_proof() {
    let cluster = Cluster::start().await;
    let suite = cluster.suite().await;
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    web.process().await.start_client(&[SERVER]).await;
    let mut old = cluster.claims(WEB, WEB_POD);
    for key in ["iat", "nbf", "exp"] {
        old[key] = json!(old[key].as_u64().unwrap() - 3600);
    }
    web.renew(&old);
    let told = web.refused().await;
    assert!(
        told.message().contains("the identity token expired"),
        "{told}"
    );
    web.renew(&cluster.claims(WEB, WEB_POD));
    web.process().await.start_client(&[SERVER]).await;
    fs::remove_file(&web.token).unwrap();
    let told = web.refused().await;
    assert!(
        told.message().contains("cannot be read") && told.message().contains("projected"),
        "{told}"
    );
}

#[tokio::test]
async fn a_token_that_proves_something_else_is_refused_for_that() {
    let cluster = Cluster::start().await;
    let suite = cluster.suite().await;
    let changed = |key: &str, value: Value| {
        let mut claims = cluster.claims(WEB, WEB_POD);
        claims[key] = value;
        claims
    };
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    let api = json!(["https://kubernetes.default.svc"]);
    for (claims, expected) in [
        (
            cluster.claims("default:booking-web", WEB_POD),
            "no account for \"system:serviceaccount:default:booking-web\"",
        ),
        (
            cluster.claims(BACKEND, WEB_POD),
            "the machine runs as \"server@p.iam\"",
        ),
        (cluster.claims(WEB, BACKEND_POD), "the machine's name is"),
        (changed("aud", api), "for another audience; it must name"),
        (
            changed("iss", json!("https://evil.example")),
            "issued by \"https://evil.example\"",
        ),
        (changed("kubernetes.io", Value::Null), "bound to no pod"),
    ] {
        web.renew(&claims);
        let told = web.refused().await;
        assert_eq!(told.code(), Code::Unavailable);
        assert!(told.message().contains(expected), "{expected}: {told}");
    }
    assert!(suite.authority().authority.issued(None).is_empty());
}

#[tokio::test]
async fn an_issuer_that_does_not_answer_is_said_and_believed_to_be_the_cause() {
    let cluster = Cluster::start().await;
    let suite = cluster.suite().await;
    cluster.answers.store(false, Ordering::SeqCst);
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    let told = web.refused().await;
    let expected = format!("the key set {} cannot be had", cluster.issuer);
    assert!(told.message().contains(&expected), "{told}");
    assert!(!told.message().contains("503"), "for the log: {told}");
}

#[tokio::test]
async fn who_hears_the_enrolment_of_a_pod_can_do_nothing_with_it() {
    let cluster = Cluster::start().await;
    let mut suite = cluster.suite().await;
    let on_path = OnPath::come_between(&mut suite, None, false).await;
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    web.process().await.start_client(&[SERVER]).await;
    let heard = on_path.heard.lock().unwrap()[0].clone();
    let Some(asker::Proof::SealedKubernetesToken(sealed)) = heard.asker.clone().unwrap().proof
    else {
        panic!("another proof");
    };
    let token = fs::read(&web.token).unwrap();
    let signature = &token[token.len() - 40..];
    assert!(!sealed.windows(40).any(|window| window == signature));

    let mut authority = on_path.authority.clone();
    let again = authority.issue_master(heard.clone()).await.unwrap_err();
    assert!(again.message().contains("accepted already"), "{again}");
    // The one key of his that he would have certified, and the nonce that makes it another question.
    let mut his_key = heard.clone();
    his_key.public_key = key_of_another();
    let mut anew = heard;
    anew.asker.as_mut().unwrap().nonce = vec![9; 16];
    for stolen in [his_key, anew] {
        let told = authority.issue_master(stolen).await.unwrap_err();
        assert_eq!(told.code(), Code::Unauthenticated);
        assert!(told.message().contains("for another question"), "{told}");
    }
    assert_eq!(suite.authority().authority.issued(None).len(), 1);
}

/// A public key that its owner made.
fn key_of_another() -> Vec<u8> {
    let key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    key.verifying_key().to_bytes().to_vec()
}

#[tokio::test]
async fn pods_follow_their_authority_from_one_root_key_to_the_next() {
    let cluster = Cluster::start().await;
    let suite = cluster.suite().await;
    let web = Pod::start(&suite, CLIENT, &cluster.claims(WEB, WEB_POD)).await;
    web.process().await.start_client(&[SERVER]).await;
    let authority = &suite.authority().authority;
    authority.rotate_root(std::time::Duration::ZERO).unwrap();
    // Until it has learnt the new key it seals to the old one, which the authority still has.
    certified_process_on(&web.handshaker).await;
    authority.retire_roots().unwrap();
    certified_process_on(&web.handshaker).await;
}
