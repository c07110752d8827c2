//! What a machine may send to the authority, and what may be served in the authority's name.

use std::time::{SystemTime, UNIX_EPOCH};

use alts_authority::{
    identity::{Claim, Question},
    proto::authority::{
        Asker, GetAccountStatesRequest, GetCrlRequest, IssueMasterRequest, asker::Proof,
        authority_client::AuthorityClient,
    },
};
use alts_handshake::{Crl, MachineName, Roots, Timestamp};
use serde_json::{Value, json};
use tonic::{Code, Status, transport::Channel};

use super::table::Table;
use crate::{google, suite::*, support::*};

/// A machine's request that is good but for what a row changes.
struct Asked {
    request: IssueMasterRequest,
    claims: Value,
    header: Value,
    /// Signs the token anew when it is sent; `None` leaves the proof as it is.
    signs: bool,
}

impl Asked {
    fn new() -> Self {
        // The public half of the key whose seed is all ones: any will do.
        let key = "8a88e3dd7409f195fd52db2d3cba5d72ca6709bf1d94121bf3748801b40f6f5c";
        let bytes = (0..64).step_by(2);
        let key: Vec<u8> = bytes
            .map(|at| u8::from_str_radix(&key[at..at + 2], 16).unwrap())
            .collect();
        let now_s = now_s();
        let claim = Claim {
            machine: &MachineName::parse("client-vm").unwrap(),
            account: &account(CLIENT),
            question: Question::Certificate(&key.clone().try_into().unwrap()),
            nonce: &[7; 16],
            asked_at: Timestamp::from_unix_s(now_s),
        };
        Self {
            claims: google::claims(&claim.audience(), CLIENT, "client-vm", now_s),
            header: json!({"alg": "RS256", "kid": google::KID}),
            signs: true,
            request: IssueMasterRequest {
                asker: Some(Asker {
                    machine: "client-vm".to_owned(),
                    service_account: CLIENT.to_owned(),
                    nonce: vec![7; 16],
                    asked_at_s: now_s,
                    proof: None,
                }),
                public_key: key,
            },
        }
    }

    fn asker(&mut self) -> &mut Asker {
        self.request.asker.get_or_insert_default()
    }

    async fn of(mut self, authority: &mut AuthorityClient<Channel>) -> Result<Vec<u8>, Status> {
        if self.signs {
            let token = google::token_with(&self.header, &self.claims);
            self.asker().proof = Some(Proof::GceIdentityToken(token));
        }
        let answer = within(authority.issue_master(self.request)).await?;
        Ok(answer.into_inner().certificate)
    }
}

fn now_s() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    now.unwrap().as_secs()
}

/// An authority that takes identity tokens of one project, by keys in a file, and of a cluster that nobody reaches.
async fn authority_with_gce() -> (Suite, AuthorityClient<Channel>, tempfile::TempDir) {
    let files = tempfile::tempdir().unwrap();
    let keys = files.path().join("jwks.json");
    std::fs::write(&keys, google::jwks()).unwrap();
    let gce = format!(
        "[gce]\nprojects = [\"grpc-alts-demo\"]\nkeys = {:?}\n\
         [[kubernetes]]\nissuer = \"http://127.0.0.1:1\"\naudience = \"authority\"\n\
         accounts = {{ \"system:serviceaccount:ns:web\" = \"web@p\" }}\n",
        keys.display()
    );
    let suite = Suite::start(Settings {
        gce,
        ..Settings::default()
    })
    .await;
    let authority = AuthorityClient::connect(format!("http://{}", suite.address));
    (suite, authority.await.unwrap(), files)
}

#[tokio::test]
async fn every_kind_of_unproven_request_for_a_certificate_is_refused_in_words_of_its_own() {
    use Code::{InvalidArgument, Unauthenticated};
    type Change = fn(&mut Asked);
    fn unsigned(asked: &mut Asked, proof: Option<Proof>) {
        asked.signs = false;
        asked.asker().proof = proof;
    }
    let rows: Vec<(&str, Change, Code, &str)> = vec![
        (
            "no proof",
            |a| unsigned(a, None),
            InvalidArgument,
            "the request proves nothing",
        ),
        (
            "half a proof",
            |a| unsigned(a, Some(Proof::EnrolmentMac(vec![1; 31]))),
            InvalidArgument,
            "an enrolment proof has 32 bytes",
        ),
        (
            "a guess at the secret",
            |a| unsigned(a, Some(Proof::EnrolmentMac(vec![1; 32]))),
            Unauthenticated,
            "client-vm is not enrolled with this secret",
        ),
        (
            "a token sealed to somebody else",
            |a| unsigned(a, Some(Proof::SealedKubernetesToken(vec![9; 100]))),
            Unauthenticated,
            "sealed to a root key that this authority does not have",
        ),
        (
            "no key",
            |a| a.request.public_key.clear(),
            InvalidArgument,
            "is no Ed25519 key",
        ),
        (
            "half a nonce",
            |a| a.asker().nonce.truncate(8),
            InvalidArgument,
            "a nonce has 16 bytes",
        ),
        (
            "a machine without a name",
            |a| a.asker().machine.clear(),
            InvalidArgument,
            "a machine's name is",
        ),
        (
            "an account that is none",
            |a| a.asker().service_account = "a b".to_owned(),
            InvalidArgument,
            "cannot be part of a service account",
        ),
        (
            "a token that is none",
            |a| unsigned(a, Some(Proof::GceIdentityToken("x".to_owned()))),
            Unauthenticated,
            "the identity token is malformed",
        ),
        (
            "another algorithm",
            |a| a.header["alg"] = json!("HS256"),
            Unauthenticated,
            "signed with \"HS256\", and only RS256",
        ),
        (
            "no algorithm",
            |a| a.header["alg"] = json!("none"),
            Unauthenticated,
            "signed with \"none\"",
        ),
        (
            "another key",
            |a| a.header["kid"] = json!("k2"),
            Unauthenticated,
            "the unknown key \"k2\"",
        ),
        (
            "another request's token",
            |a| a.asker().nonce = vec![8; 16],
            Unauthenticated,
            "for another audience",
        ),
        (
            "another issuer",
            |a| a.claims["iss"] = json!("https://evil.example"),
            Unauthenticated,
            "issued by \"https://evil.example\"",
        ),
        (
            "expired",
            |a| {
                a.claims["iat"] = json!(now_s() - 8000);
                a.claims["exp"] = json!(now_s() - 4400);
            },
            Unauthenticated,
            "the identity token expired 4400 s ago",
        ),
        (
            "from the future",
            |a| {
                a.claims["iat"] = json!(now_s() + 4000);
                a.claims["exp"] = json!(now_s() + 7600);
            },
            Unauthenticated,
            "becomes valid in 4000 s",
        ),
        (
            "no verified e-mail",
            |a| {
                a.claims.as_object_mut().unwrap().remove("email_verified");
            },
            Unauthenticated,
            "e-mail is not verified",
        ),
        (
            "another project",
            |a| a.claims["google"]["compute_engine"]["project_id"] = json!("evil"),
            Unauthenticated,
            "of project \"evil\"",
        ),
        (
            "another machine",
            |a| a.claims["google"]["compute_engine"]["instance_name"] = json!("other-vm"),
            Unauthenticated,
            "the machine's name is \"other-vm\"",
        ),
        (
            "another account",
            |a| a.claims["email"] = json!("else@p"),
            Unauthenticated,
            "the machine runs as \"else@p\"",
        ),
    ];
    let (suite, mut authority, _files) = authority_with_gce().await;
    let mut table = Table::default();
    for (what, change, code, words) in rows {
        let mut asked = Asked::new();
        change(&mut asked);
        let status = asked.of(&mut authority).await.expect_err(what);
        table.status(what, &status, code, words);
    }
    assert!(suite.authority().authority.issued(None).is_empty());
    // But for what was changed, it would have been certified.
    let good = Asked::new();
    let (request, token) = (
        good.request.clone(),
        google::token_with(&good.header, &good.claims),
    );
    assert!(!good.of(&mut authority).await.unwrap().is_empty());

    // Once.
    let mut again = request;
    again.asker.as_mut().unwrap().proof = Some(Proof::GceIdentityToken(token));
    let status = within(authority.issue_master(again)).await.unwrap_err();
    assert_eq!(status.code(), Unauthenticated);
    assert!(
        status.message().contains("was accepted already"),
        "{status}"
    );
    assert_eq!(suite.authority().authority.issued(None).len(), 1);
}

#[tokio::test]
async fn nobody_is_told_who_is_revoked_or_disabled_without_a_proof() {
    let (_suite, mut authority, _files) = authority_with_gce().await;
    // One who may be certified has proven nothing about another question.
    let mut asked = Asked::new();
    let token = google::token_with(&asked.header, &asked.claims);
    asked.asker().proof = Some(Proof::GceIdentityToken(token));
    let mut guesses = asked.asker().clone();
    guesses.proof = Some(Proof::EnrolmentMac(vec![1; 32]));
    for (asker, code) in [
        (None, Code::InvalidArgument),
        (Some(guesses), Code::Unauthenticated),
        (asked.request.asker, Code::Unauthenticated),
    ] {
        let list = authority.get_crl(GetCrlRequest {
            asker: asker.clone(),
        });
        assert_eq!(within(list).await.unwrap_err().code(), code);
        let states = authority.get_account_states(GetAccountStatesRequest {
            asker,
            service_account: CLIENT.to_owned(),
        });
        assert_eq!(within(states).await.unwrap_err().code(), code);
    }
}

#[tokio::test]
async fn every_kind_of_wrong_revocation_list_is_refused_in_words_of_its_own() {
    type Change = fn(&mut Vec<u8>);
    let rows: [(&str, Change, &str); 5] = [
        ("nothing", Vec::clear, "its signature is malformed"),
        (
            "something else",
            |list| list[0] ^= 1,
            "its envelope is malformed",
        ),
        (
            "another signer's",
            |list| {
                // 64 bytes of signature are the last, with two in front.
                let signer = list.len() - 64 - 2 - 8;
                list[signer] ^= 1;
            },
            "signed by the unknown authority",
        ),
        (
            "an altered date",
            |list| list[4] ^= 1,
            "find out who changed it",
        ),
        (
            "a list without end",
            |list| list.resize(16 * 1024 * 1024 + 1, 0),
            "the limit is 16 MiB",
        ),
    ];
    let suite = Suite::start(Settings::default()).await;
    let cloud = &suite.authority().authority;
    let (good, _) = cloud.crl();
    let roots: Roots = cloud.root_keys().public().into_iter().collect();
    assert!(Crl::open(&good, &roots).is_ok());
    let mut table = Table::default();
    for (what, change, words) in rows {
        let mut list = good.to_vec();
        change(&mut list);
        let refused = Crl::open(&list, &roots).unwrap_err();
        table.row(what, refused.to_string(), words);
    }
}
