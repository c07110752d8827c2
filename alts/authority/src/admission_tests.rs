//! Proofs at other times than theirs, and for the second time.

use std::time::Duration;

use super::*;
use crate::identity::{
    KeysLocation,
    test_signer::{pod_claims, token},
};
use alts_daemon::http::TlsRoots;

const SECRET: &str = "0123456789abcdef0123456789abcdef";
const NOW: Timestamp = Timestamp::from_unix_s(1_000_000);

fn admission() -> Admission {
    let machine = MachineName::parse("vm").unwrap();
    let enrolled = Enrolled {
        machine: machine.clone(),
        accounts: vec!["svc@p".parse().unwrap()],
        secret: EnrolmentSecret::parse(SECRET).unwrap(),
    };
    Admission {
        enrolled: BTreeMap::from([(machine, enrolled)]),
        gce: None,
        clusters: Vec::new(),
        since: Timestamp::from_unix_s(NOW.as_unix_s() - 100),
        accepted: AcceptedProofs::default(),
    }
}

/// A question of an insider: his proof holds.
async fn ask(
    admission: &Admission,
    question: Question<'_>,
    asked_at_s: u64,
    now: Timestamp,
) -> Result<String, Refused> {
    let claim = Claim {
        machine: &MachineName::parse("vm").unwrap(),
        account: &"svc@p".parse().unwrap(),
        question,
        nonce: &[7; 16],
        asked_at: Timestamp::from_unix_s(asked_at_s),
    };
    let proof = EnrolmentSecret::parse(SECRET).unwrap().prove(&claim);
    let roots = RootKeys::new(Default::default(), NOW);
    let proof = Proof::Enrolment(proof);
    admission.admit(&claim, &proof, &roots, now).await
}

#[tokio::test]
async fn a_proof_serves_once_and_within_minutes_of_its_time() {
    let admission = admission();
    let (now_s, window_s) = (NOW.as_unix_s(), PROOF_WINDOW.as_secs());
    let certificate = Question::Certificate(&[1; 32]);
    ask(&admission, certificate, now_s, NOW).await.unwrap();
    let again = ask(&admission, certificate, now_s, NOW).await.unwrap_err();
    assert!(
        matches!(again, Refused::NotAccepted(NotAccepted::Replayed(_))),
        "{again}"
    );
    assert!(again.to_string().contains("ask again with a new one"));
    // Nor at the very end of its time.
    let last = NOW.after(PROOF_WINDOW);
    let again = ask(&admission, certificate, now_s, last).await.unwrap_err();
    assert!(
        matches!(again, Refused::NotAccepted(NotAccepted::Replayed(_))),
        "{again}"
    );
    let late = ask(
        &admission,
        certificate,
        now_s,
        last.after(Duration::from_secs(1)),
    )
    .await;
    let late = late.unwrap_err();
    assert!(matches!(late, Refused::NotNow { .. }), "{late}");
    let early = ask(&admission, certificate, now_s + window_s + 1, NOW).await;
    assert!(matches!(early, Err(Refused::NotNow { .. })));
    // The same for another question is another proof; it serves once, too.
    ask(&admission, Question::RevocationList, now_s, NOW)
        .await
        .unwrap();
    let again = ask(&admission, Question::RevocationList, now_s, NOW).await;
    assert!(matches!(
        again,
        Err(Refused::NotAccepted(NotAccepted::Replayed(_)))
    ));
}

#[tokio::test]
async fn what_may_have_been_accepted_before_a_restart_is_refused() {
    let restarted = admission();
    let before_s = restarted.since.as_unix_s() - 1;
    let question = Question::Certificate(&[1; 32]);
    let refused = ask(&restarted, question, before_s, NOW).await.unwrap_err();
    assert!(matches!(refused, Refused::BeforeStart(_)), "{refused}");
    ask(&restarted, question, before_s + 1, NOW).await.unwrap();
}

/// An authority of one cluster, whose issuer nobody can reach.
fn admission_of_pods() -> Admission {
    let issuer = KeysLocation::Issuer("http://127.0.0.1:1".to_owned());
    let account = "svc@p".parse().unwrap();
    let cluster = Cluster {
        issuer: issuer.clone(),
        audience: "authority".to_owned(),
        roots: TlsRoots::default(),
        accounts: BTreeMap::from([("system:serviceaccount:ns:web".to_owned(), account)]),
    };
    Admission {
        clusters: vec![(cluster, KeySource::new(issuer, TlsRoots::default()))],
        ..admission()
    }
}

/// Why a pod is refused that asks at that time: with these bytes, or with a token of this issuer.
async fn refused(admission: &Admission, asked_at_s: u64, shown: Result<Vec<u8>, &str>) -> Refused {
    let claim = Claim {
        machine: &MachineName::parse("web-1").unwrap(),
        account: &"svc@p".parse().unwrap(),
        question: Question::RevocationList,
        nonce: &[7; 16],
        asked_at: Timestamp::from_unix_s(asked_at_s),
    };
    let roots = RootKeys::new(Default::default(), NOW);
    let sealed = shown.unwrap_or_else(|issuer| {
        let claims = pod_claims(issuer, "authority", "ns:web", "web-1", NOW.as_unix_s());
        sealed::seal(&token(&claims), &claim, &roots.public()[0]).unwrap()
    });
    let proof = Proof::SealedToken(sealed);
    let admitted = admission.admit(&claim, &proof, &roots, NOW).await;
    admitted.unwrap_err()
}

#[tokio::test]
async fn a_pods_proof_costs_no_more_than_it_must() {
    let (pods, now_s) = (admission_of_pods(), NOW.as_unix_s());
    let ours = Err("http://127.0.0.1:1");
    let off = refused(&admission(), now_s, ours.clone()).await;
    assert!(off.to_string().contains("[[kubernetes]]"), "{off}");
    let longest = MAX_TOKEN_LEN + sealed::OVERHEAD;
    let long = refused(&pods, now_s, Ok(vec![0; longest + 1])).await;
    assert!(
        matches!(long, Refused::Token(TokenError::TooLong(len)) if len == MAX_TOKEN_LEN + 1),
        "{long}"
    );
    let not_ours = refused(&pods, now_s, Ok(vec![0; longest])).await;
    assert!(matches!(not_ours, Refused::Sealed), "{not_ours}");
    let stranger = refused(&pods, now_s, Err(&"x".repeat(5000)))
        .await
        .to_string();
    assert!(
        stranger.contains("issued by \"xxx") && stranger.len() < 300,
        "{stranger}"
    );
    // Nobody is asked for keys about another time.
    let late = refused(&pods, now_s - 1000, ours.clone()).await;
    assert!(matches!(late, Refused::NotNow { .. }), "{late}");
    // What the issuer says is for the log.
    let keys = refused(&pods, now_s, ours).await.to_string();
    let told = "the key set http://127.0.0.1:1 cannot be had; the authority's log says why";
    assert_eq!(keys, told);
}
