//! What a library may ask, and what it is told when it asks for what cannot be.

use alts::gcp::identity::IdentityOneof;
use tonic::Code;

use super::*;

fn identity(oneof: IdentityOneof) -> Identity {
    Identity {
        identity_oneof: Some(oneof),
        ..Default::default()
    }
}

fn hostname() -> Identity {
    identity(IdentityOneof::Hostname("host".to_owned()))
}

fn unparsable() -> Identity {
    identity(IdentityOneof::ServiceAccount("not an account".to_owned()))
}

#[test]
fn a_client_start_that_cannot_be_served_is_refused_with_its_cause() {
    type Break = fn(&mut StartClientHandshakeReq);
    let cases: Vec<(Break, Code, &str)> = vec![
        (
            |s| s.handshake_security_protocol = 1,
            Code::InvalidArgument,
            "ALTS",
        ),
        (
            |s| s.handshake_security_protocol = 99,
            Code::InvalidArgument,
            "ALTS",
        ),
        (
            |s| s.application_protocols.clear(),
            Code::InvalidArgument,
            "offer grpc",
        ),
        (
            |s| s.application_protocols = vec!["x".repeat(65)],
            Code::InvalidArgument,
            "64 bytes",
        ),
        (
            |s| s.application_protocols = vec!["x".to_owned(); 17],
            Code::InvalidArgument,
            "16 entries",
        ),
        (
            |s| s.record_protocols.clear(),
            Code::InvalidArgument,
            "ALTSRP_GCM_AES128_REKEY",
        ),
        (
            |s| s.record_protocols = vec!["ALTSRP_GMAC_128".to_owned()],
            Code::InvalidArgument,
            "ALTSRP_GCM_AES128_REKEY",
        ),
        (
            |s| s.target_name = "x".repeat(4097),
            Code::InvalidArgument,
            "4096 bytes",
        ),
        (
            |s| s.target_identities = vec![hostname()],
            Code::InvalidArgument,
            "target identity",
        ),
        (
            |s| s.target_identities.push(Identity::default()),
            Code::InvalidArgument,
            "target identity",
        ),
        (
            |s| s.target_identities.push(unparsable()),
            Code::InvalidArgument,
            "target identity",
        ),
        (
            |s| s.local_identity = Some(Identity::service_account(&account("other@p"))),
            Code::PermissionDenied,
            "client@p.iam only",
        ),
        (
            |s| s.local_identity = Some(hostname()),
            Code::PermissionDenied,
            "client@p.iam only",
        ),
    ];
    for (break_it, code, cause) in cases {
        let mut start = client_start();
        break_it(&mut start);
        let (answer, failure) = failed(begin_client(start));
        assert_eq!(failure.code, code, "{}", failure.details);
        assert!(failure.details.contains(cause), "{}", failure.details);
        assert!(answer.unwrap().status.is_some());
    }
}

#[test]
fn a_client_start_may_name_its_own_identity_or_none_and_no_targets() {
    type Change = fn(&mut StartClientHandshakeReq);
    let cases: [Change; 4] = [
        |s| s.local_identity = Some(Identity::service_account(&account(CLIENT))),
        |s| s.local_identity = Some(Identity::default()),
        |s| s.target_identities.clear(),
        |s| s.target_name.clear(),
    ];
    for change in cases {
        let mut start = client_start();
        change(&mut start);
        let (answer, _) = going_on(begin_client(start));
        assert!(!answer.out_frames.is_empty());
    }
}

#[test]
fn a_server_start_that_cannot_be_served_is_refused_with_its_cause() {
    type Break = fn(&mut StartServerHandshakeReq);
    fn parameters(start: &mut StartServerHandshakeReq) -> &mut ServerHandshakeParameters {
        start.handshake_parameters.get_mut(&2).unwrap()
    }
    let cases: Vec<(Break, Code, &str)> = vec![
        (
            |s| s.handshake_parameters.clear(),
            Code::InvalidArgument,
            "key 2",
        ),
        (
            |s| s.application_protocols.clear(),
            Code::InvalidArgument,
            "offer grpc",
        ),
        (
            |s| parameters(s).record_protocols.clear(),
            Code::InvalidArgument,
            "ALTSRP_GCM_AES128_REKEY",
        ),
        (
            |s| {
                parameters(s).local_identities =
                    vec![Identity::service_account(&account("other@p"))];
            },
            Code::PermissionDenied,
            "server@p.iam only",
        ),
    ];
    for (break_it, code, cause) in cases {
        let mut start = server_start(b"");
        break_it(&mut start);
        let (_, failure) = failed(begin_server(start));
        assert_eq!(failure.code, code, "{}", failure.details);
        assert!(failure.details.contains(cause), "{}", failure.details);
    }
}

#[test]
fn requests_out_of_order_are_refused() {
    let (_, failure) = failed(begin(
        CLIENT,
        ClientLibrary::Other,
        ReqOneof::Next(NextHandshakeMessageReq::default()),
    ));
    assert_eq!(failure.code, Code::FailedPrecondition);
    let Halfway { client, server, .. } = halfway(ClientLibrary::Other);
    for (session, again) in [
        (client, ReqOneof::ClientStart(client_start())),
        (server, ReqOneof::ServerStart(server_start(b""))),
    ] {
        let (_, failure) = failed(session.proceed(request(again), NOW));
        assert_eq!(failure.code, Code::FailedPrecondition);
    }
}

#[test]
fn a_bad_start_is_told_before_a_missing_credential_is() {
    let start = StartClientHandshakeReq {
        record_protocols: Vec::new(),
        ..client_start()
    };
    let cause = NoCredential::Unknown(account(CLIENT));
    let step = Session::begin(
        &context(CLIENT),
        verifier(),
        ClientLibrary::Other,
        request(ReqOneof::ClientStart(start)),
        Err(cause),
        Entropy::new(&[0; Entropy::LEN]),
        NOW,
    );
    assert_eq!(failed(step).1.code, Code::InvalidArgument);
}

#[test]
fn every_failures_text_is_one_line_with_a_remedy() {
    let texts = [
        BadRequest::Empty.to_string(),
        BadRequest::TooMuch.to_string(),
        BadRequest::ForeignIdentity {
            own: account(CLIENT),
        }
        .to_string(),
        NoCredential::Unknown(account(CLIENT)).to_string(),
        NoCredential::AuthorityUnreachable("refused".to_owned()).to_string(),
    ];
    for text in texts {
        assert!(text.contains(';') && !text.contains('\n'), "{text}");
    }
}

#[test]
fn a_session_prints_no_secret() {
    let Halfway { client, server, .. } = halfway(ClientLibrary::Other);
    let shown = format!("{client:?} {server:?}");
    assert!(shown.len() < 500, "{shown}");
}
