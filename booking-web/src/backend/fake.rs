//! A fake backend for tests of pages: answers what it was told to answer and keeps what it heard.

use std::sync::Mutex;

use super::*;

/// Gives the same reply to every look-up.
#[derive(Debug)]
pub(crate) struct FakeBackend {
    reply: Option<Reply>,
    pub(crate) heard: std::sync::Arc<Mutex<Vec<Lookup>>>,
}

impl FakeBackend {
    pub(crate) fn replying(reply: Reply) -> Self {
        Self {
            reply: Some(reply),
            heard: Default::default(),
        }
    }

    /// Finds the given booking, as the article's server account.
    pub(crate) fn finding(date: &str, condition: &str) -> Self {
        let booking = Booking {
            date: date.to_owned(),
            condition: condition.to_owned(),
        };
        Self::replying(Reply::Proven {
            peer: proven(),
            outcome: Ok(booking),
        })
    }

    /// Refuses with the given kind; `peer` says whether somebody was proven to refuse.
    pub(crate) fn refusing(kind: RefusalKind, detail: &str, peer: Option<Verified>) -> Self {
        let refusal = Refusal {
            kind,
            code: tonic::Code::Unavailable,
            detail: detail.to_owned(),
            loggable: false,
        };
        Self::replying(match peer {
            Some(peer) => Reply::Proven {
                peer,
                outcome: Err(refusal),
            },
            None => Reply::Unproven(refusal),
        })
    }

    /// Never answers, whatever time it is given.
    pub(crate) fn hanging() -> Self {
        Self {
            reply: None,
            heard: Default::default(),
        }
    }
}

impl Backend for FakeBackend {
    fn look_up(&self, lookup: Lookup, _timeout: Duration) -> Pending<'_> {
        self.heard
            .lock()
            .expect("no test panics while it holds this")
            .push(lookup);
        let reply = self.reply.clone();
        Box::pin(async move {
            match reply {
                Some(reply) => reply,
                None => std::future::pending().await,
            }
        })
    }
}

/// What the article's server proves.
pub(crate) fn proven() -> Verified {
    Verified {
        backend: "prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com".to_owned(),
        ourselves: Some(
            "prod-ot-booking-client-svc@grpc-alts-demo.iam.gserviceaccount.com".to_owned(),
        ),
        record_protocol: "ALTSRP_GCM_AES128_REKEY".to_owned(),
        security_level: "INTEGRITY_AND_PRIVACY".to_owned(),
        rpc_versions: ("2.1".to_owned(), "2.1".to_owned()),
        connected_at: "2024-06-01T09:30:00Z".parse().expect("a timestamp"),
    }
}
