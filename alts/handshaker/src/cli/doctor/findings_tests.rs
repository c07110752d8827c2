//! Tests of `findings.rs`.

use super::*;

#[test]
fn only_what_needs_doing_says_what_to_do() {
    let account: ServiceAccount = "svc@p".parse().unwrap();
    let fine = [
        Finding::product(Some("Google Compute Engine"), true),
        Finding::dialled("127.0.0.1:1".parse().unwrap()),
        Finding::speaks(&account),
        Finding::peer("h:1", &account, false),
    ];
    for finding in fine {
        let text = finding.to_string();
        assert!(
            text.starts_with("ok") && text.lines().count() == 1,
            "{text}"
        );
    }
    let laptop = Finding::product(None, true);
    assert!(!laptop.is_problem());
    assert!(laptop.to_string().starts_with("note") && laptop.to_string().contains("untrusted"));
    let dead = Finding::not_dialled("h:1", "refused");
    let text = dead.to_string();
    assert!(
        text.starts_with("FAIL  nothing accepts connections at h:1: refused\n"),
        "{text}"
    );
    assert!(text.contains("-> start the handshaker"), "{text}");
}
