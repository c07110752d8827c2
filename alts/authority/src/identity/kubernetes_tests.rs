//! Pods that may make a claim, and those that may not.

use serde_json::{Value, json};

use super::*;
use crate::identity::{
    Question,
    test_signer::{jwks, pod_claims, token},
};
use alts_handshake::MachineName;

const NOW_S: u64 = 1_700_000_000;
const ISSUER: &str = "https://issuer.example/clusters/c";
const AUDIENCE: &str = "alts-authority.test";
const POD: &str = "booking-web-6d4b75cb6d-hwrcn";

fn check(token: &str, account: &str) -> Result<String, TokenError> {
    let accounts = [
        (
            "system:serviceaccount:ot-booking:booking-web",
            "web@cluster",
        ),
        (
            "system:serviceaccount:ot-booking:booking-server",
            "server@cluster",
        ),
    ];
    let accounts = accounts.map(|(name, account)| (name.to_owned(), account.parse().unwrap()));
    let cluster = Cluster {
        issuer: KeysLocation::Issuer(ISSUER.to_owned()),
        audience: AUDIENCE.to_owned(),
        roots: TlsRoots::default(),
        accounts: accounts.into(),
    };
    let claim = Claim {
        machine: &MachineName::parse(POD).unwrap(),
        account: &account.parse().unwrap(),
        question: Question::Certificate(&[1; 32]),
        nonce: &[2; 16],
        asked_at: Timestamp::from_unix_s(NOW_S),
    };
    let keys = Jwks::parse(jwks().as_bytes()).unwrap();
    verify(
        token,
        &claim,
        &keys,
        &cluster,
        Timestamp::from_unix_s(NOW_S),
    )
}

fn claims(account: &str) -> Value {
    pod_claims(ISSUER, AUDIENCE, account, POD, NOW_S)
}

#[test]
fn a_pod_speaks_as_the_account_that_the_configuration_gives_its_service_account() {
    let good = token(&claims("ot-booking:booking-web"));
    let uid = check(&good, "web@cluster").unwrap();
    assert_eq!(uid, "5f5a9d56-6b53-4a2e-8a0e-6dfb5f5ad3c4");
    assert_eq!(jwt::claimed_issuer(&good).unwrap(), ISSUER);
    assert_eq!(own_pod(&good).unwrap(), POD);
    // Its own, whatever it asks for.
    let asked = check(&good, "server@cluster");
    assert_eq!(asked, Err(TokenError::Account("web@cluster".to_owned())));
}

#[test]
fn who_is_not_listed_stands_for_nobody() {
    for subject in [
        // The same name elsewhere, and its neighbours.
        "system:serviceaccount:default:booking-web",
        "system:serviceaccount:ot-booking:booking-web2",
        "system:serviceaccount:ot-booking:default",
        "system:serviceaccount:ot-booking/booking-web:x",
        "system:serviceaccount:ot-booking/booking-web",
        "system:serviceaccount:ot:booking:booking-web",
        "system:serviceaccount::",
        "ot-booking/booking-web",
        "SYSTEM:serviceaccount:ot-booking:booking-web",
        "system:node:gke-node-1",
        "",
    ] {
        let mut claims = claims("ot-booking:booking-web");
        claims["sub"] = json!(subject);
        let refused = check(&token(&claims), "web@cluster");
        assert_eq!(
            refused,
            Err(TokenError::Subject(subject.to_owned())),
            "{subject}"
        );
    }
}

#[test]
fn a_token_is_for_the_pod_that_it_is_bound_to() {
    let mut other = claims("ot-booking:booking-web");
    other["kubernetes.io"]["pod"]["name"] = json!("booking-web-6d4b75cb6d-zzzzz");
    let refused = check(&token(&other), "web@cluster");
    let pod = "booking-web-6d4b75cb6d-zzzzz".to_owned();
    assert_eq!(refused, Err(TokenError::Machine(pod)));
    // Of a secret, or of `kubectl create token`.
    let mut unbound = claims("ot-booking:booking-web");
    unbound["kubernetes.io"]["pod"] = Value::Null;
    assert_eq!(
        check(&token(&unbound), "web@cluster"),
        Err(TokenError::NoPod)
    );
    unbound.as_object_mut().unwrap().remove("kubernetes.io");
    assert_eq!(
        check(&token(&unbound), "web@cluster"),
        Err(TokenError::NoPod)
    );
    assert_eq!(own_pod(&token(&unbound)), Err(TokenError::NoPod));
}

#[test]
fn a_machines_token_and_a_pods_do_not_pass_for_each_other() {
    use crate::identity::test_signer::claims as machine_claims;
    let mut machine = machine_claims(AUDIENCE, "web@cluster", POD, NOW_S);
    machine["iss"] = json!(ISSUER);
    let refused = check(&token(&machine), "web@cluster");
    assert_eq!(refused, Err(TokenError::Subject("1".to_owned())));
}
