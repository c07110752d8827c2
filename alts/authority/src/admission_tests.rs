//! Proofs at other times than theirs, and for the second time.

use std::time::Duration;

use super::*;

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
) -> Result<Admitted, Refused> {
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
