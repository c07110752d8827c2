//! Tokens from a metadata server: what they say, who signed them, what they are good for.

use axum::{body::Body, http::Request};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rsa::{
    BoxedUint, RsaPublicKey,
    pkcs1v15::{Signature, VerifyingKey},
    sha2::Sha256,
    signature::Verifier,
};
use serde_json::Value;

use crate::support::{CLIENT, NOW_S, World};

const LIST: &str = "/v1/projects/grpc-alts-demo/serviceAccounts";

fn decoded(part: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(part).unwrap()
}

#[tokio::test]
async fn an_identity_token_is_signed_by_the_key_that_is_published() {
    let world = World::new();
    let path = "instance/service-accounts/default/identity?audience=https%3A%2F%2Fa&format=full";
    let answer = world.metadata(path).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["metadata-flavor"], "Google");
    let parts: Vec<&str> = answer.body.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("{}", answer.body)
    };
    let header: Value = serde_json::from_slice(&decoded(header)).unwrap();
    let jwks = world.api("GET", "/oauth2/v3/certs", None, "").await.json();
    let key = &jwks["keys"][0];
    assert_eq!((&header["alg"], &header["kid"]), (&key["alg"], &key["kid"]));
    assert_eq!(key["alg"], "RS256");
    // Only what verifies is published.
    assert_eq!(key.as_object().unwrap().len(), 6);

    let number = |name: &str| {
        let bytes = decoded(key[name].as_str().unwrap());
        BoxedUint::from_be_slice_vartime(&bytes)
    };
    let public = RsaPublicKey::new(number("n"), number("e")).unwrap();
    let verifier = VerifyingKey::<Sha256>::new(public);
    let signed = answer.body.rsplit_once('.').unwrap().0;
    let signature = Signature::try_from(decoded(signature).as_slice()).unwrap();
    verifier.verify(signed.as_bytes(), &signature).unwrap();
    assert!(
        verifier
            .verify(&signed.as_bytes()[1..], &signature)
            .is_err()
    );

    let claims: Value = serde_json::from_slice(&decoded(claims)).unwrap();
    assert_eq!(claims["aud"], "https://a");
    assert_eq!(claims["email"], CLIENT);
    assert_eq!(claims["exp"], NOW_S + 3600);
    let account = world
        .operate("GET", &format!("{LIST}/{CLIENT}"), "")
        .await
        .json();
    assert_eq!(claims["sub"], account["uniqueId"]);
}

#[tokio::test]
async fn an_access_token_opens_what_its_account_may_do_until_it_expires() {
    let world = World::new();
    let issued = world
        .metadata("instance/service-accounts/default/token")
        .await
        .json();
    let token = issued["access_token"].as_str().unwrap();
    assert_eq!(
        (&issued["expires_in"], &issued["token_type"]),
        (&3600.into(), &"Bearer".into())
    );
    assert_eq!(world.api("GET", LIST, Some(token), "").await.status, 200);
    let disable = format!("{LIST}/{CLIENT}:disable");
    assert_eq!(
        world.api("POST", &disable, Some(token), "").await.status,
        403
    );
    world.pass(3600);
    assert_eq!(world.api("GET", LIST, Some(token), "").await.status, 401);
}

#[tokio::test]
async fn a_disabled_account_gets_no_token_and_its_old_one_is_worth_nothing() {
    let world = World::new();
    let issued = world
        .metadata("instance/service-accounts/default/token")
        .await
        .json();
    let token = issued["access_token"].as_str().unwrap();
    let name = format!("{LIST}/{CLIENT}");
    assert_eq!(
        world
            .operate("POST", &format!("{name}:disable"), "{}")
            .await
            .status,
        200
    );
    for path in ["token", "identity?audience=a"] {
        let path = format!("instance/service-accounts/{CLIENT}/{path}");
        let refused = world.metadata(&path).await;
        assert_eq!(refused.status, 403);
        assert_eq!(refused.json()["error"], "invalid_grant");
        assert!(
            refused.json()["error_description"]
                .as_str()
                .unwrap()
                .contains("disabled")
        );
    }
    assert_eq!(world.api("GET", LIST, Some(token), "").await.status, 401);
    assert_eq!(
        world
            .operate("POST", &format!("{name}:enable"), "{}")
            .await
            .status,
        200
    );
    assert_eq!(world.api("GET", LIST, Some(token), "").await.status, 200);
    assert_eq!(world.operate("DELETE", &name, "").await.status, 200);
    let refused = world
        .metadata("instance/service-accounts/default/token")
        .await;
    assert_eq!(refused.status, 404);
}

#[tokio::test]
async fn only_get_is_answered_and_every_answer_says_where_one_is() {
    let world = World::new();
    for (method, path, expected) in [
        ("POST", "/computeMetadata/v1/instance/name", 405),
        ("PUT", "/", 405),
        ("GET", "/", 200),
        ("GET", "/computeMetadata/v1/instance/name", 403),
        ("GET", "/computeMetadata/v1/%ff", 403),
        ("GET", "/computeMetadata", 403),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let answer = world.metadata_request(request).await;
        assert_eq!(answer.status, expected, "{method} {path}");
        assert_eq!(
            answer.headers["metadata-flavor"], "Google",
            "{method} {path}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_for_a_change_waits_as_long_as_said_and_not_when_behind() {
    let world = World::new();
    let first = world.metadata("instance/name").await;
    let etag = first.headers["etag"].to_str().unwrap().to_owned();
    for (query, waits) in [
        ("wait_for_change=true&timeout_sec=7".to_owned(), 7),
        (
            format!("wait_for_change=true&timeout_sec=7&last_etag={etag}"),
            7,
        ),
        (
            "wait_for_change=true&timeout_sec=7&last_etag=0".to_owned(),
            0,
        ),
        ("wait_for_change=true".to_owned(), 3600),
        ("timeout_sec=7".to_owned(), 0),
    ] {
        let asked = tokio::time::Instant::now();
        let answer = world.metadata(&format!("instance/name?{query}")).await;
        assert_eq!(
            (asked.elapsed().as_secs(), answer.body),
            (waits, first.body.clone()),
            "{query}"
        );
    }
}
