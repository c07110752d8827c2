//! Machines that prove themselves with the metadata server's identity token.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
    routing::get,
};
use tokio::net::TcpListener;

use crate::{google, suite::*, support::*};

const VM_ACCOUNT: &str = "client@p.iam";

/// What the fake metadata server says wrongly.
#[derive(Clone, Copy, PartialEq)]
enum Lie {
    None,
    Project,
    Machine,
    Audience,
    Flavor,
}

#[derive(Clone)]
struct Metadata {
    lie: Lie,
    asked: Arc<AtomicUsize>,
}

#[derive(serde::Deserialize)]
struct Asked {
    audience: String,
    format: String,
}

async fn identity(
    State(metadata): State<Metadata>,
    Query(asked): Query<Asked>,
    headers: HeaderMap,
) -> impl IntoResponse {
    assert_eq!(headers["metadata-flavor"], "Google");
    assert_eq!(asked.format, "full");
    metadata.asked.fetch_add(1, Ordering::SeqCst);
    let now_s = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let audience = match metadata.lie {
        Lie::Audience => "https://elsewhere.example",
        _ => &asked.audience,
    };
    let mut claims = google::claims(audience, VM_ACCOUNT, "client-vm", now_s);
    let instance = &mut claims["google"]["compute_engine"];
    match metadata.lie {
        Lie::Project => instance["project_id"] = "evil".into(),
        Lie::Machine => instance["instance_name"] = "other-vm".into(),
        _ => {}
    }
    let flavor = if metadata.lie == Lie::Flavor {
        "Other"
    } else {
        "Google"
    };
    (
        StatusCode::OK,
        [("metadata-flavor", flavor)],
        google::token(&claims),
    )
}

/// Serves tokens and, as Google would, the keys that sign them.
async fn metadata_server(lie: Lie) -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let plain =
        |text: &'static str| get(move || async move { ([("metadata-flavor", "Google")], text) });
    let base = "/computeMetadata/v1/instance";
    let router = Router::new()
        .route(
            &format!("{base}/service-accounts/default/identity"),
            get(identity),
        )
        .route(
            &format!("{base}/service-accounts/default/email"),
            plain(VM_ACCOUNT),
        )
        .route(&format!("{base}/name"), plain("client-vm"))
        .route(
            "/certs",
            get(|| async { ([("cache-control", "max-age=60")], google::jwks()) }),
        )
        .with_state(Metadata {
            lie,
            asked: Arc::clone(&asked),
        });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (base, asked)
}

async fn suite_of(lie: Lie) -> (Suite, String, Arc<AtomicUsize>) {
    let (base, asked) = metadata_server(lie).await;
    let gce = format!("[gce]\nprojects = [\"grpc-alts-demo\"]\nkeys = \"{base}/certs\"\n");
    let suite = Suite::start(Settings {
        gce,
        ..Settings::default()
    })
    .await;
    (suite, base, asked)
}

#[tokio::test]
async fn a_compute_engine_machine_proves_itself_and_its_number_is_recorded() {
    let (suite, base, asked) = suite_of(Lie::None).await;
    let identity = format!("source = \"gce\"\nmetadata = \"{base}\"");
    let client = suite
        .machine_with("client-vm", CLIENT, &identity, &suite.roots())
        .await;
    let server = suite.server().await;
    let (client, server) = (process_on(&client).await, process_on(&server).await);
    shake(&client, &server, &[SERVER]).await.key();
    let issued = suite.authority().cloud().issued(Some(&account(CLIENT)));
    assert_eq!(issued[0].instance_id, "8087716956832600000");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one token per certificate");
}

#[tokio::test]
async fn a_compute_engine_machine_need_not_be_told_who_it_is() {
    use alts_handshaker::{Clock, config::ServeConfig, serve::ServedMachine};
    let (suite, base, _) = suite_of(Lie::None).await;
    let text = format!(
        "listen = [\"127.0.0.1:0\"]\n[authority]\naddress = \"{}\"\nroots = [{}]\n\
         [identity]\nsource = \"gce\"\nmetadata = \"{base}\"\n",
        suite.address,
        suite.roots()
    );
    let config = ServeConfig::parse(&text, "serve.toml").unwrap();
    let state = suite.dir.path().join("state-gce");
    let served = ServedMachine::start(&config, &state, false, Clock::system())
        .await
        .unwrap();
    assert_eq!(served.machine().as_ref(), "client-vm");
    assert_eq!(served.account(), &account(VM_ACCOUNT));
}

#[tokio::test]
async fn a_token_that_proves_something_else_is_refused_for_that() {
    for (lie, expected) in [
        (
            Lie::Project,
            "the machine is of project \"evil\", which this authority does not serve",
        ),
        (Lie::Machine, "the machine's name is \"other-vm\""),
        (Lie::Audience, "the identity token is for another audience"),
        (Lie::Flavor, "does not answer as a metadata server"),
    ] {
        let (suite, base, _) = suite_of(lie).await;
        let identity = format!("source = \"gce\"\nmetadata = \"{base}\"");
        let client = suite
            .machine_with("client-vm", CLIENT, &identity, &suite.roots())
            .await;
        let process = process_on(&client).await;
        let status = process
            .call()
            .await
            .ask(client_start(&[SERVER]))
            .await
            .unwrap_err();
        assert!(status.message().contains(expected), "{}", status.message());
        assert!(suite.authority().cloud().issued(None).is_empty());
    }
}

#[tokio::test]
async fn tokens_are_refused_where_they_are_not_expected() {
    let (base, _) = metadata_server(Lie::None).await;
    let suite = Suite::start(Settings::default()).await;
    let identity = format!("source = \"gce\"\nmetadata = \"{base}\"");
    let client = suite
        .machine_with("client-vm", CLIENT, &identity, &suite.roots())
        .await;
    let process = process_on(&client).await;
    let status = process
        .call()
        .await
        .ask(client_start(&[SERVER]))
        .await
        .unwrap_err();
    assert!(
        status.message().contains("accepts no identity tokens"),
        "{}",
        status.message()
    );
}
