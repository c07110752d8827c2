//! Tests of `result.rs`.

use super::*;

fn account(name: &str) -> ServiceAccount {
    ServiceAccount::new(name).expect("an account")
}

fn good() -> gcp::HandshakerResult {
    gcp::HandshakerResult {
        application_protocol: "grpc".to_owned(),
        record_protocol: RECORD_PROTOCOL.to_owned(),
        key_data: vec![7; 128],
        peer_identity: Some(gcp::Identity::service_account(&account("peer@x"))),
        local_identity: Some(gcp::Identity::service_account(&account("me@x"))),
        peer_rpc_versions: Some(RpcVersions::OURS.into()),
        max_frame_size: 1 << 20,
        ..Default::default()
    }
}

fn check(result: gcp::HandshakerResult, targets: &[&str]) -> Result<Established, Error> {
    let targets: Vec<_> = targets.iter().map(|name| account(name)).collect();
    establish(
        Side::Client,
        Verdict::new(result),
        vec![1, 2],
        &targets,
        SystemTime::UNIX_EPOCH,
    )
}

#[test]
fn a_good_result_becomes_a_context_with_all_its_fields() {
    let established = check(good(), &["other@x", "peer@x"]).expect("established");
    let context = &established.context;
    assert_eq!(context.peer_service_account().as_str(), "peer@x");
    assert_eq!(
        context.local_service_account().map(ServiceAccount::as_str),
        Some("me@x")
    );
    assert_eq!(context.record_protocol(), RECORD_PROTOCOL);
    assert_eq!(context.application_protocol(), "grpc");
    assert_eq!(context.peer_rpc_versions(), RpcVersions::OURS);
    assert_eq!(established.leftover, [1, 2]);
    assert_eq!(
        gcp::AltsContext::from(context).peer_service_account,
        "peer@x"
    );
}

#[test]
fn every_broken_result_is_refused_by_its_name() {
    type Break = fn(&mut gcp::HandshakerResult);
    let rows: [(Break, &str); 7] = [
        (|r| r.key_data.truncate(43), "43 bytes of key data"),
        (
            |r| r.record_protocol = "ALTSRP_GMAC_128".to_owned(),
            "record protocol",
        ),
        (|r| r.record_protocol.clear(), "record protocol"),
        (|r| r.peer_identity = None, "who the peer is"),
        (
            |r| r.peer_identity = Some(Default::default()),
            "who the peer is",
        ),
        (|r| r.peer_rpc_versions = None, "which RPC versions"),
        (
            |r| r.peer_rpc_versions = Some(Default::default()),
            "versions 0.0 to 0.0",
        ),
    ];
    for (break_it, expected) in rows {
        let mut result = good();
        break_it(&mut result);
        let error = check(result, &[]).err().expect("refused").to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_peer_outside_the_targets_is_refused_here_too() {
    let error = check(good(), &["other@x"]).err().expect("refused");
    assert!(matches!(error, Error::NotATarget { .. }), "{error}");
    assert!(check(good(), &[]).is_ok());
}

#[test]
fn frames_are_sized_for_the_peer() {
    let rows = [
        (0, 16 * 1024),
        (1024, 16 * 1024),
        (65_536, 65_536),
        (131_072, 131_072),
        (1 << 20, 131_072),
        (u32::MAX, 131_072),
    ];
    for (declared, expected) in rows {
        assert_eq!(sent_frame_len(declared), expected, "{declared}");
    }
}
