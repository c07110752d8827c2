//! The life of a credential: obtained on connecting, kept, renewed, replaced when it has ended.

use std::sync::{
    Mutex as SyncMutex,
    atomic::{AtomicU64, Ordering},
};

use super::*;
use crate::{
    ServiceAccount,
    handshake::{Cipher, MasterCertificate, MasterRequest, RootKey, Seed, Trust, Validity},
};

const START: u64 = 1_700_000_000;

/// Certifies for an hour, or refuses as told; counts.
struct FakeIssuer {
    refusal: SyncMutex<Option<NoCredential>>,
    asked: AtomicU64,
    now: Arc<AtomicU64>,
}

impl Issuer for FakeIssuer {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // Lets other handshakes of the same connection come up in between.
        tokio::task::yield_now().await;
        if let Some(refusal) = self.refusal.lock().unwrap().clone() {
            return Err(refusal);
        }
        let now = Timestamp::from_unix_s(self.now.load(Ordering::SeqCst));
        let validity = Validity::starting(now, Duration::from_secs(3600));
        Ok(RootKey::new(&Seed::new([1; 32])).sign(&request, validity, 1))
    }
}

struct World {
    issuer: Arc<FakeIssuer>,
    now: Arc<AtomicU64>,
    workload: Arc<Workload<FakeIssuer>>,
}

impl World {
    fn new() -> Self {
        let now = Arc::new(AtomicU64::new(START));
        let issuer = Arc::new(FakeIssuer {
            refusal: SyncMutex::default(),
            asked: AtomicU64::new(0),
            now: Arc::clone(&now),
        });
        let clock_now = Arc::clone(&now);
        let workload = Arc::new(Workload {
            machine: MachineName::parse("vm").unwrap(),
            session: SessionContext {
                account: account(),
                trust: Arc::new(Trust::new([])),
                ciphers: vec![Cipher::Pfs],
            },
            issuer: Arc::clone(&issuer),
            clock: Clock::new(move || Timestamp::from_unix_s(clock_now.load(Ordering::SeqCst))),
        });
        Self {
            issuer,
            now,
            workload,
        }
    }

    fn connect(&self) -> Arc<Connection<FakeIssuer>> {
        Connection::open(Arc::clone(&self.workload))
    }

    fn disable(&self) {
        *self.issuer.refusal.lock().unwrap() = Some(NoCredential::Disabled(account()));
    }

    fn enable(&self) {
        *self.issuer.refusal.lock().unwrap() = None;
    }

    fn asked(&self) -> u64 {
        self.issuer.asked.load(Ordering::SeqCst)
    }

    fn advance(&self, seconds: u64) {
        self.now.fetch_add(seconds, Ordering::SeqCst);
    }
}

fn account() -> ServiceAccount {
    "svc@p.iam".parse().unwrap()
}

#[tokio::test]
async fn a_connection_asks_once_however_many_handshakes_wait() {
    let world = World::new();
    let connection = world.connect();
    let (a, b, c) = tokio::join!(
        connection.credential(),
        connection.credential(),
        connection.credential()
    );
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn disabling_recalls_nothing_and_stops_new_connections() {
    let world = World::new();
    let running = world.connect();
    running.credential().await.unwrap();
    world.disable();
    assert!(running.credential().await.is_ok());
    let restarted = world.connect();
    let refused = restarted.credential().await.unwrap_err();
    assert_eq!(refused, NoCredential::Disabled(account()));
    // It asks again at each handshake, so enabling needs no restart.
    world.enable();
    assert!(restarted.credential().await.is_ok());
}

#[tokio::test]
async fn a_credential_ends_with_its_lifetime_and_not_before() {
    let world = World::new();
    let connection = world.connect();
    connection.credential().await.unwrap();
    world.disable();
    world.advance(3599);
    assert!(connection.credential().await.is_ok());
    world.advance(1);
    assert_eq!(
        connection.credential().await.unwrap_err(),
        NoCredential::Disabled(account())
    );
    world.enable();
    assert!(connection.credential().await.is_ok());
}

#[tokio::test]
async fn agreement_keys_are_replaced_without_the_authority() {
    let world = World::new();
    let connection = world.connect();
    let first = connection.credential().await.unwrap();
    world.advance(500);
    let same = connection.credential().await.unwrap();
    assert!(Arc::ptr_eq(&first, &same));
    world.advance(60);
    let renewed = connection.credential().await.unwrap();
    assert_ne!(first.certificate(), renewed.certificate());
    let life = renewed.validity();
    assert_eq!(
        life.not_after.as_unix_s() - life.not_before.as_unix_s(),
        600
    );
    assert_eq!(world.asked(), 1);
}

#[tokio::test]
async fn an_authority_out_of_reach_is_named() {
    let world = World::new();
    let cause = NoCredential::AuthorityUnreachable("connection refused".to_owned());
    *world.issuer.refusal.lock().unwrap() = Some(cause.clone());
    assert_eq!(world.connect().credential().await.unwrap_err(), cause);
}
