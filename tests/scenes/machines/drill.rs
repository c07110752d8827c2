//! The article's revocation scenario inside the machines, its console steps done by gcloud.

use tests::{
    drill::{STEPS, perform},
    machines::MachineSuite,
};

#[tokio::test]
async fn every_step_of_the_drill_goes_as_the_article_saw() {
    let mut suite = MachineSuite::start().await.expect("starts");
    println!("accounts are switched by {}", suite.switched_by());
    for step in &STEPS {
        let seen = perform(&mut suite, step).await.expect("performed");
        assert_eq!(seen.status, step.expected, "{}: {}", step.words, seen.line);
    }
    suite.stop().await.expect("stops");
}
