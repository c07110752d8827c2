//! Tests of `refusal.rs`.

use std::{io, sync::Arc};

use super::*;

#[test]
fn each_failure_of_the_transport_is_the_kind_that_a_person_can_act_on() {
    let io = || Arc::new(io::Error::from(io::ErrorKind::ConnectionRefused));
    let detail = String::new;
    let unreachable = || alts::Error::HandshakerUnreachable {
        address: "127.0.0.1:18080".into(),
        detail: detail(),
    };
    let later = alts::Error::BackingOff {
        last: Arc::new(unreachable()),
        retry_in: Duration::from_secs(1),
    };
    let table = [
        (alts::Error::NotOnGce, RefusalKind::NotOnGce),
        (unreachable(), RefusalKind::HandshakerUnreachable),
        (later, RefusalKind::HandshakerUnreachable),
        (
            alts::Error::NoCredential { detail: detail() },
            RefusalKind::NoCredential,
        ),
        (
            alts::Error::HandshakerRefused {
                code: 3,
                detail: detail(),
            },
            RefusalKind::HandshakerFailed,
        ),
        (
            alts::Error::Refused {
                code: 16,
                detail: detail(),
            },
            RefusalKind::RefusedByPeer,
        ),
        (
            alts::Error::NotATarget { detail: detail() },
            RefusalKind::WrongIdentity,
        ),
        (
            alts::Error::PeerUnreachable {
                address: "h:1".into(),
                source: io(),
            },
            RefusalKind::BackendUnreachable,
        ),
        (
            alts::Error::PeerClosed { during: "x" },
            RefusalKind::BackendUnreachable,
        ),
        (
            alts::Error::TimedOut {
                limit: Duration::from_secs(1),
                waiting_for: "x",
            },
            RefusalKind::TimedOut,
        ),
        (alts::Error::Misconfigured("x".into()), RefusalKind::Failed),
    ];
    for (error, kind) in table {
        let code = error.code();
        let refusal = Refusal::from(&Status::from(error.clone()));
        assert_eq!((refusal.kind, refusal.code), (kind, code), "{error:?}");
        assert!(refusal.loggable, "{error:?}");
    }
}

#[test]
fn what_the_backend_says_is_sorted_but_never_logged() {
    let table = [
        (Code::PermissionDenied, RefusalKind::NotAllowed),
        (Code::NotFound, RefusalKind::NotFound),
        (Code::InvalidArgument, RefusalKind::InvalidInput),
        (Code::Unavailable, RefusalKind::BackendUnreachable),
        (Code::DeadlineExceeded, RefusalKind::TimedOut),
        (Code::ResourceExhausted, RefusalKind::Busy),
        (Code::Internal, RefusalKind::Failed),
        (Code::Unimplemented, RefusalKind::Failed),
    ];
    for (code, kind) in table {
        let refusal = Refusal::from(&Status::new(code, "no case of PT-1204"));
        assert_eq!(refusal.kind, kind, "{code:?}");
        assert!(
            !refusal.loggable,
            "{code:?}: the backend's words may name a patient"
        );
    }
}

#[test]
fn codes_have_the_names_that_grpc_gives_them() {
    let table = [
        (Code::Ok, "OK"),
        (Code::Unavailable, "UNAVAILABLE"),
        (Code::PermissionDenied, "PERMISSION_DENIED"),
        (Code::DeadlineExceeded, "DEADLINE_EXCEEDED"),
    ];
    for (code, name) in table {
        assert_eq!(
            Refusal {
                code,
                ..Refusal::unproven()
            }
            .code_name(),
            name
        );
    }
}
