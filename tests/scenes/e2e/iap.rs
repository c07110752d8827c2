//! Behind Google's Identity-Aware Proxy, which a scene plays with a key of its own: nobody is served whom it has not signed in,
//! and the audit names whom it has.

use std::net::SocketAddr;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD as BASE64};
use jiff::Timestamp;
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_json::{Value, json};
use tests::{
    CLIENT_ACCOUNT,
    http::{self, Answer},
    suite::Suite,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const AUDIENCE: &str = "/projects/123456789012/global/backendServices/4567";
const ANNA: &str = "anna.berg@hospital.example";

/// The proxy.
struct Proxy {
    key: EcdsaKeyPair,
}

impl Proxy {
    fn new() -> Self {
        let (random, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(kind, &random).expect("entropy");
        let key = EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &random).expect("a key");
        Self { key }
    }

    /// Publishes its key, and says where.
    async fn publish(&self) -> String {
        let (x, y) = self.key.public_key().as_ref()[1..].split_at(32);
        let (x, y) = (BASE64.encode(x), BASE64.encode(y));
        let keys = json!({"keys": [{"kty": "EC", "crv": "P-256", "kid": "k1", "x": x, "y": y}]});
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("it is bound");
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let body = keys.to_string();
                let len = body.len();
                assert_ne!(stream.read(&mut [0; 1024]).await.expect("a request"), 0);
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {len}\r\n\r\n");
                let answer = head + &body;
                stream.write_all(answer.as_bytes()).await.expect("it reads");
            }
        });
        format!("http://{address}/iap/verify/public_key-jwk")
    }

    /// The line that it adds to a head, for this audience.
    fn names(&self, email: &str, audience: &str) -> String {
        let now_s = Timestamp::now().as_second();
        let claims = json!({
            "iss": "https://cloud.google.com/iap", "aud": audience, "email": email,
            "sub": "accounts.google.com:1", "iat": now_s, "exp": now_s + 600,
        });
        let part = |value: Value| BASE64.encode(value.to_string());
        let header = part(json!({"alg": "ES256", "typ": "JWT", "kid": "k1"}));
        let signed = format!("{header}.{}", part(claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = BASE64.encode(signature.expect("entropy"));
        format!("x-goog-iap-jwt-assertion: {signed}.{signature}\r\n")
    }
}

async fn get(web: SocketAddr, path: &str, lines: &str) -> Answer {
    http::send(web, "GET", path, lines, "")
        .await
        .expect("an answer")
}

#[tokio::test]
async fn a_page_is_for_whom_the_proxy_names_and_the_audit_names_them_too() {
    let proxy = Proxy::new();
    let keys = proxy.publish().await;
    let suite = Suite::start_behind_iap(AUDIENCE, &keys)
        .await
        .expect("it starts");
    let web = suite.web_addr;
    let anna = proxy.names(ANNA, AUDIENCE);
    let elsewhere = proxy.names(ANNA, "/projects/123456789012/global/backendServices/4568");
    let forged = Proxy::new().names(ANNA, AUDIENCE);
    let told = format!("x-goog-authenticated-user-email: accounts.google.com:{ANNA}\r\n");
    for lines in ["", &elsewhere, &forged, &told, &format!("{anna}{anna}")] {
        let refused = get(web, "/", lines).await;
        assert_eq!(refused.status, 403, "{lines}: {}", refused.body);
        assert!(refused.body.contains("What to do:"), "{}", refused.body);
    }
    assert_eq!(get(web, "/healthz", "").await.status, 200);

    // She has theatres made that were not there.
    let begin = get(web, "/begin", &anna).await;
    assert_eq!(begin.status, 200, "{}", begin.body);
    assert!(begin.body.contains(ANNA), "{}", begin.body);
    let token = begin.body.split("name=\"token\" value=\"").nth(1);
    let token = token
        .and_then(|rest| rest.split('"').next())
        .expect("a form");
    let form = format!("token={token}&theatres=12&opens=08:00&closes=18:00");
    let made = http::send(web, "POST", "/begin", &anna, &form)
        .await
        .expect("an answer");
    assert_eq!(made.status, 303, "{}", made.body);

    let audit = get(web, "/audit?resource=theatres/OT-12", &anna).await;
    assert_eq!(audit.status, 200, "{}", audit.body);
    let row = format!("<td><bdi>{ANNA}</bdi></td><td><bdi>{CLIENT_ACCOUNT}</bdi></td>");
    assert!(audit.body.contains(&row), "{}", audit.body);
    // Whom the proxy lets in and the access file does not know is told so by the backend.
    let stranger = proxy.names("stranger@hospital.example", AUDIENCE);
    let refused = get(web, "/audit", &stranger).await;
    assert_eq!(refused.status, 403, "{}", refused.body);
    assert!(
        refused.body.contains("stranger@hospital.example"),
        "{}",
        refused.body
    );

    let log = suite.web.log_text();
    assert!(log.contains("Identity-Aware Proxy names nobody"), "{log}");
    for line in [&anna, &elsewhere, &forged, &stranger] {
        let assertion = line.trim_end().split(' ').nth(1).expect("an assertion");
        for part in assertion.split('.') {
            assert!(!log.contains(part), "it is in the log: {log}");
        }
    }
}
