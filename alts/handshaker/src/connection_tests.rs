//! The life of a credential: obtained on connecting, kept, renewed, replaced when it has ended.

use std::sync::{
    Mutex as SyncMutex,
    atomic::{AtomicU64, Ordering},
};

use alts::ServiceAccount;
use alts_handshake::{MasterCertificate, MasterRequest, PeerVerifier, RootKey};

use super::*;
use crate::peer_check::PeerCheck;

const START: u64 = 1_700_000_000;

/// Certifies for an hour, or refuses as told; counts.
struct FakeIssuer {
    refusal: SyncMutex<Option<NoCredential>>,
    asked: AtomicU64,
    /// How far the authority's clock is ahead.
    ahead_s: AtomicU64,
    clock: Clock,
}

#[tonic::async_trait]
impl Issuer for FakeIssuer {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        // Lets other handshakes of the same connection come up in between.
        tokio::task::yield_now().await;
        if let Some(refusal) = self.refusal.lock().unwrap().clone() {
            return Err(refusal);
        }
        let ahead = Duration::from_secs(self.ahead_s.load(Ordering::SeqCst));
        let validity = Validity::starting(self.clock.now().after(ahead), Duration::from_secs(3600));
        Ok(RootKey::new(&Seed::new([1; 32])).sign(&request, validity, 1))
    }
}

struct World {
    issuer: Arc<FakeIssuer>,
    now: Arc<AtomicU64>,
    workload: Arc<Workload>,
}

impl World {
    /// Its clock moves when it is told to.
    fn new() -> Self {
        let now = Arc::new(AtomicU64::new(START));
        let read = Arc::clone(&now);
        let clock = Clock::new(move || Timestamp::from_unix_s(read.load(Ordering::SeqCst)));
        Self::with_clock(now, clock)
    }

    /// Its clock is tokio's, which a test may pause: it moves when everybody waits.
    fn moving() -> Self {
        let begin = Instant::now();
        let clock = Clock::new(move || Timestamp::from_unix_s(START + begin.elapsed().as_secs()));
        Self::with_clock(Arc::default(), clock)
    }

    fn with_clock(now: Arc<AtomicU64>, clock: Clock) -> Self {
        let issuer = Arc::new(FakeIssuer {
            refusal: SyncMutex::default(),
            asked: AtomicU64::new(0),
            ahead_s: AtomicU64::new(0),
            clock: clock.clone(),
        });
        let workload = Arc::new(Workload {
            machine: MachineName::parse("vm").unwrap(),
            session: SessionContext::new(account()),
            verifier: Arc::new(PeerVerifier::of_roots([])).into(),
            issuer: issuer.clone(),
            peer_check: PeerCheck::Never,
            hook: None,
            metrics: Arc::new(Metrics::new(clock.clone())),
            clock,
            limits: Limits::default(),
            limiter: Arc::new(HandshakeLimiter::new(Limits::default())),
        });
        Self {
            issuer,
            now,
            workload,
        }
    }

    fn connect(&self) -> Arc<Connection> {
        let connection = Connection::open(Arc::clone(&self.workload), None);
        connection.begin();
        connection
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
async fn a_credential_from_an_authority_whose_clock_is_ahead_is_kept_like_any_other() {
    let world = World::new();
    world.issuer.ahead_s.store(200, Ordering::SeqCst);
    let running = world.connect();
    let first = running.credential().await.unwrap();
    // Disabled, or out of reach: who holds a credential does not ask.
    world.disable();
    world.advance(10);
    let second = running.credential().await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(world.asked(), 1);
}

/// The clock jumped an hour ahead when the credential was issued, and was set right again.
#[tokio::test(start_paused = true)]
async fn a_credential_from_the_future_is_replaced_and_asked_for_once_a_minute() {
    let world = World::new();
    world.issuer.ahead_s.store(3600, Ordering::SeqCst);
    let connection = world.connect();
    let first = connection.credential().await.unwrap();
    let asked = world.asked();
    for _ in 0..10 {
        connection.credential().await.unwrap();
    }
    assert_eq!(world.asked(), asked, "the next one was no better");
    world.issuer.ahead_s.store(0, Ordering::SeqCst);
    tokio::time::advance(LONGEST_RETRY).await;
    let second = connection.credential().await.unwrap();
    assert!(second.validity().not_before <= world.workload.clock.now());
    assert_ne!(first.certificate(), second.certificate());
    // And whoever may have no other keeps what there is.
    world.issuer.ahead_s.store(3600, Ordering::SeqCst);
    let connection = world.connect();
    connection.credential().await.unwrap();
    world.disable();
    tokio::time::advance(LONGEST_RETRY).await;
    connection.credential().await.unwrap();
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

async fn wait_s(seconds: u64) {
    sleep(Duration::from_secs(seconds)).await;
}

#[tokio::test(start_paused = true)]
async fn a_credential_is_renewed_at_two_thirds_of_its_life_whether_or_not_anybody_asks() {
    let world = World::moving();
    let connection = world.connect();
    let first = connection.credential().await.unwrap();
    wait_s(3600 * 2 / 3 - 200).await;
    assert_eq!(world.asked(), 1);
    wait_s(400).await;
    assert_eq!(world.asked(), 2);
    let second = connection.credential().await.unwrap();
    assert_ne!(first.certificate(), second.certificate());
    // And the second one in its turn.
    wait_s(3600).await;
    assert_eq!(world.asked(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_renewal_in_vain_leaves_what_is_held_and_is_tried_again() {
    for (cause, what) in [
        (NoCredential::Disabled(account()), "disabled"),
        (
            NoCredential::AuthorityUnreachable("down".to_owned()),
            "unreachable",
        ),
    ] {
        let world = World::moving();
        let connection = world.connect();
        connection.credential().await.unwrap();
        *world.issuer.refusal.lock().unwrap() = Some(cause);
        wait_s(3500).await;
        assert!(world.asked() > 5, "{what}: asked {} times", world.asked());
        assert!(
            connection.credential().await.is_ok(),
            "{what}: it still holds"
        );
        world.enable();
        wait_s(65).await;
        // Renewed before it ended: nobody noticed.
        wait_s(1000).await;
        assert!(connection.credential().await.is_ok());
    }
}

#[tokio::test(start_paused = true)]
async fn who_waits_while_the_authority_is_asked_in_vain_hears_the_same() {
    let world = World::moving();
    world.disable();
    let connection = world.connect();
    tokio::task::yield_now().await;
    let waiting = (0..50).map(|_| {
        let connection = Arc::clone(&connection);
        tokio::spawn(async move { connection.credential().await })
    });
    for waiter in waiting.collect::<Vec<_>>() {
        assert_eq!(
            waiter.await.unwrap().unwrap_err(),
            NoCredential::Disabled(account())
        );
    }
    assert!(world.asked() < 5, "asked {} times", world.asked());
}

#[tokio::test(start_paused = true)]
async fn a_closed_connection_renews_nothing() {
    let world = World::moving();
    let connection = world.connect();
    connection.credential().await.unwrap();
    drop(connection);
    wait_s(3 * 3600).await;
    assert_eq!(world.asked(), 1);
}

#[test]
fn an_authority_whose_clock_is_behind_is_not_asked_without_a_pause() {
    let life = Duration::from_secs(3600);
    let validity = Validity::starting(Timestamp::from_unix_s(START), life);
    for late_s in [0, 1800, 3000, 3599, 100_000] {
        let wait = renewal_wait(validity, Timestamp::from_unix_s(START + late_s), 0.0);
        assert!(wait >= life / 3 && wait < life, "{late_s}: {wait:?}");
    }
}
