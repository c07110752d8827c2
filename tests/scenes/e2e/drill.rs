//! The article's revocation scenario, step by step, against live processes.

use tests::drill::{STEPS, perform};

use super::suite;

#[tokio::test]
async fn every_step_of_the_drill_goes_as_the_article_saw() {
    let mut suite = suite().await;
    for step in &STEPS {
        let seen = perform(&mut suite, step).await.expect("performed");
        assert_eq!(seen.status, step.expected, "{}: {}", step.words, seen.line);
    }
}

#[tokio::test]
async fn each_refusal_of_the_drill_says_why() {
    let mut suite = suite().await;
    let disabled = perform(&mut suite, &STEPS[1]).await.expect("performed");
    for wanted in ["credential", "disabled", "enable"] {
        assert!(
            disabled.line.contains(wanted),
            "{wanted}: {}",
            disabled.line
        );
    }
    for step in &STEPS[2..4] {
        perform(&mut suite, step).await.expect("performed");
    }
    let aborted = perform(&mut suite, &STEPS[4]).await.expect("performed");
    for wanted in ["abort", "disabled"] {
        assert!(aborted.line.contains(wanted), "{wanted}: {}", aborted.line);
    }
}
