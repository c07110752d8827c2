//! Machines that prove themselves with the metadata server's identity token.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use alts_authority::identity::KeySource;
use alts_daemon::http::TlsRoots;
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
    // Lists are asked for again and again; what counts are certificates.
    if asked.audience.starts_with("urn:alts-local:1:claim:") {
        metadata.asked.fetch_add(1, Ordering::SeqCst);
    }
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
    let issued = suite.authority().authority.issued(Some(&account(CLIENT)));
    assert_eq!(issued[0].instance_id, "8087716956832600000");
    assert_eq!(asked.load(Ordering::SeqCst), 1, "one token per certificate");
}

#[tokio::test]
async fn a_compute_engine_machine_need_not_be_told_who_it_is() {
    use alts_daemon::clock::Clock;
    use alts_handshaker::{config::serve::ServeConfig, serve::ServedMachine};
    let (suite, base, _) = suite_of(Lie::None).await;
    let text = format!(
        "listen = [\"127.0.0.1:0\"]\n[authority]\naddress = \"{}\"\nroots = [{}]\n\
         [identity]\nsource = \"gce\"\nmetadata = \"{base}\"\n",
        suite.address,
        suite.roots()
    );
    let config = ServeConfig::parse(&text, "serve.toml").unwrap();
    let state = suite.dir.path().join("state-gce");
    let served = ServedMachine::start(&config, &state, Clock::system())
        .await
        .unwrap();
    assert_eq!(served.machine.as_ref(), "client-vm");
    assert_eq!(&served.account, &account(VM_ACCOUNT));
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
        assert!(suite.authority().authority.issued(None).is_empty());
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

/// Serves the key set over https with a certificate of an authority of its own; the address, and the
/// authority's certificate as PEM.
async fn https_keys() -> (String, String) {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio_rustls::{TlsAcceptor, rustls};
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate().unwrap();
    let ca = params.self_signed(&key).unwrap().pem();
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate().unwrap();
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let leaf = leaf.signed_by(&key, &issuer).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.der().clone()],
            rustls::pki_types::PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
        )
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "https://localhost:{}/certs",
        listener.local_addr().unwrap().port()
    );
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            // Who does not believe us hangs up.
            let Ok(mut stream) = acceptor.accept(tcp).await else {
                continue;
            };
            let _ = stream.read(&mut [0; 1024]).await;
            let body = google::jwks();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            let _ = stream.write_all((head + &body).as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    (url, ca)
}

#[tokio::test]
async fn keys_come_over_https_from_whoever_the_named_roots_vouch_for_and_from_nobody_else() {
    let (base, _) = metadata_server(Lie::None).await;
    let (url, ca) = https_keys().await;
    let files = tempfile::tempdir().unwrap();
    let path = files.path().join("ca.pem");
    std::fs::write(&path, ca).unwrap();
    let trusting = format!("keys_ca_file = {:?}\n", path.display());
    for (ca_file, refused_for) in [(trusting.as_str(), None), ("", Some("UnknownIssuer"))] {
        let gce = format!("[gce]\nprojects = [\"grpc-alts-demo\"]\nkeys = \"{url}\"\n{ca_file}");
        let suite = Suite::start(Settings {
            gce,
            ..Settings::default()
        })
        .await;
        let identity = format!("source = \"gce\"\nmetadata = \"{base}\"");
        let client = suite
            .machine_with("client-vm", CLIENT, &identity, &suite.roots())
            .await;
        let process = process_on(&client).await;
        let begun = process.call().await.ask(client_start(&[SERVER])).await;
        match refused_for {
            None => assert!(begun.is_ok(), "{begun:?}"),
            Some(cause) => {
                let told = begun.unwrap_err();
                assert!(told.message().contains("cannot be had"), "{told}");
                // Why is for the authority's log.
                assert!(!told.message().contains(cause), "{told}");
                let keys = KeySource::new(url.parse().unwrap(), TlsRoots::default());
                let logged = keys.keys("k").await.unwrap_err().to_string();
                assert!(logged.contains(cause), "{logged}");
            }
        }
    }
}
