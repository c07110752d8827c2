//! Tests of `reply.rs`.

use std::time::Duration;

use tonic::{Code, Status};

use super::*;
use crate::backend::{RefusalKind, fake::proven};

fn found() -> Booking {
    Booking {
        date: "01-Jun-2024 11:30".into(),
        condition: String::new(),
    }
}

fn kind(reply: Reply) -> RefusalKind {
    reply.into_outcome().unwrap_err().kind
}

#[test]
fn an_answer_is_believed_only_together_with_a_proven_peer() {
    let Reply::Proven { peer, outcome } = Reply::conclude(Some(proven()), Ok(found())) else {
        panic!("a proven booking is a proven reply");
    };
    assert_eq!((peer, outcome), (proven(), Ok(found())));
    assert_eq!(
        kind(Reply::conclude(None, Ok(found()))),
        RefusalKind::Unproven
    );
    for code in [
        Code::NotFound,
        Code::PermissionDenied,
        Code::InvalidArgument,
        Code::Internal,
    ] {
        let refusal = || Refusal::from(&Status::new(code, "trust me"));
        assert_eq!(
            kind(Reply::conclude(None, Err(refusal()))),
            RefusalKind::Unproven,
            "{code:?}"
        );
        assert_ne!(
            kind(Reply::conclude(Some(proven()), Err(refusal()))),
            RefusalKind::Unproven
        );
    }
}

#[test]
fn an_unproven_peer_may_be_unreachable_or_late() {
    let late = Refusal::timed_out(Duration::from_secs(1));
    assert_eq!(
        kind(Reply::conclude(None, Err(late))),
        RefusalKind::TimedOut
    );
    let gone = Refusal::from(&Status::unavailable("the connection was lost"));
    assert_eq!(
        kind(Reply::conclude(None, Err(gone))),
        RefusalKind::BackendUnreachable
    );
    let disabled = alts::Error::NoCredential {
        detail: String::new(),
    };
    let disabled = Refusal::from(&Status::from(disabled));
    assert_eq!(
        kind(Reply::conclude(None, Err(disabled))),
        RefusalKind::NoCredential
    );
}
