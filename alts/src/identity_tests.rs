//! Tests of `identity.rs`.

use super::*;

#[test]
fn versions_agree_as_in_grpc_gos_table() {
    let versions = |min: (u32, u32), max: (u32, u32)| RpcVersions {
        min: Version {
            major: min.0,
            minor: min.1,
        },
        max: Version {
            major: max.0,
            minor: max.1,
        },
    };
    let common = Some(Version { major: 2, minor: 1 });
    let rows = [
        (versions((2, 1), (3, 2)), versions((1, 2), (2, 1)), common),
        (versions((1, 2), (3, 2)), versions((2, 1), (2, 1)), common),
        (versions((2, 1), (3, 2)), versions((2, 1), (2, 1)), common),
        (versions((2, 1), (2, 1)), versions((1, 2), (3, 2)), common),
        (versions((2, 1), (2, 1)), versions((1, 2), (2, 1)), common),
        (versions((1, 2), (2, 1)), versions((2, 1), (3, 2)), common),
        (versions((1, 2), (2, 1)), versions((1, 2), (3, 2)), common),
        (versions((1, 2), (2, 1)), versions((2, 1), (2, 1)), common),
        (versions((2, 1), (2, 1)), versions((2, 1), (2, 1)), common),
        (versions((2, 1), (1, 2)), versions((2, 1), (1, 2)), None),
        (versions((4, 3), (6, 5)), versions((1, 0), (2, 1)), None),
        (versions((1, 0), (2, 1)), versions((4, 3), (6, 5)), None),
        (versions((6, 5), (4, 3)), versions((2, 1), (1, 0)), None),
        (RpcVersions::OURS, RpcVersions::default(), None),
    ];
    for (local, peer, expected) in rows {
        assert_eq!(local.newest_common(&peer), expected, "{local} with {peer}");
    }
}

#[test]
fn accounts_are_parsed_or_refused_in_words() {
    let account = "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com";
    assert_eq!(
        ServiceAccount::new(account).expect("valid").as_str(),
        account
    );
    for refused in ["", " ", "a b", "a@b\n", "a\u{0}", "a,b", &"x".repeat(321)] {
        let error = ServiceAccount::new(refused).expect_err(refused).to_string();
        assert!(error.contains("service account"), "{error}");
    }
}
