//! Tests of `findings.rs`.

use super::*;

#[test]
fn only_what_needs_doing_says_what_to_do() {
    let account: ServiceAccount = "svc@p".parse().unwrap();
    let gce = Some("Google Compute Engine".to_owned());
    let fine = [
        Finding::Product {
            name: gce,
            default_address: true,
        },
        Finding::Dialled("127.0.0.1:1".parse().unwrap()),
        Finding::Speaks {
            account: account.clone(),
        },
        Finding::Peer {
            address: "h:1".to_owned(),
            account,
            resumed: false,
        },
    ];
    for finding in fine {
        let text = finding.to_string();
        assert!(
            text.starts_with("ok") && text.lines().count() == 1,
            "{text}"
        );
    }
    let laptop = Finding::Product {
        name: None,
        default_address: true,
    };
    assert!(!laptop.is_problem());
    assert!(laptop.to_string().starts_with("note") && laptop.to_string().contains("untrusted"));
    let dead = Finding::NotDialled {
        address: "h:1".to_owned(),
        cause: "refused".to_owned(),
    };
    let text = dead.to_string();
    assert!(
        text.starts_with("FAIL  nothing accepts connections at h:1: refused\n"),
        "{text}"
    );
    assert!(text.contains("-> start the handshaker"), "{text}");
}
