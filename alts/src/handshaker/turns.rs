//! Whose turn it is to shake hands: so many at once, and nobody has more than a quarter of them.

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, RandomState},
    time::Duration,
};

use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, sleep},
};

/// Parties are told apart by so many shares: few enough to keep, and nobody can choose another's.
const SHARES: usize = 64;
/// How often it is asked whether somebody has had its time.
const ASK_INTERVAL: Duration = Duration::from_millis(100);

/// Turns for parties: remote addresses where we serve, targets where we dial.
#[derive(Debug)]
pub(super) struct Turns {
    all: Pool,
    shares: [Pool; SHARES],
    seed: u64,
}

#[derive(Debug)]
struct Pool {
    most: usize,
    free: Semaphore,
    /// Whoever waits has one of its permits, of which there are more than anybody wants.
    queue: Semaphore,
}

/// Permission to make one handshake; given back when dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    /// Of its party's, where that is known.
    own: Option<Held<'a>>,
    one: Held<'a>,
}

type Held<'a> = (&'a Pool, SemaphorePermit<'a>);

impl Turns {
    /// At most so many at once.
    pub(super) fn new(most: usize) -> Self {
        let secret = RandomState::new().hash_one(0);
        Self {
            all: Pool::new(most),
            shares: std::array::from_fn(|_| Pool::new(most.div_ceil(4))),
            // In tests, two parties have always two shares or always one.
            seed: if cfg!(test) { 0 } else { secret },
        }
    }

    /// Waits for a turn. Where it is not known for whom, it is none of anybody's share.
    pub(super) async fn take(&self, party: Option<impl Hash>) -> Turn<'_> {
        // In this order, so that whoever waits for its own has nothing that others want.
        let own = match party {
            Some(party) => Some(self.share_of(party).take().await),
            None => None,
        };
        let one = self.all.take().await;
        Turn { own, one }
    }

    fn share_of(&self, party: impl Hash) -> &Pool {
        let hasher = BuildHasherDefault::<DefaultHasher>::default();
        &self.shares[(hasher.hash_one((self.seed, party)) % SHARES as u64) as usize]
    }

    /// How many nobody has.
    #[cfg(test)]
    pub(super) fn available(&self) -> usize {
        self.all.free.available_permits()
    }
}

impl Pool {
    fn new(most: usize) -> Self {
        let [free, queue] = [most, Semaphore::MAX_PERMITS].map(Semaphore::new);
        Self { most, free, queue }
    }

    async fn take(&self) -> Held<'_> {
        let _queued = self.queue.acquire().await;
        let taken = self.free.acquire().await;
        (self, taken.expect("the semaphores are never closed"))
    }

    fn waiting(&self) -> usize {
        match self.free.available_permits() {
            0 => Semaphore::MAX_PERMITS - self.queue.available_permits(),
            _ => 0,
        }
    }
}

impl Turn<'_> {
    /// Resolves when its time is up: after so long, as soon as others wait for it. The more wait for any
    /// turn at all, the shorter everybody's is, so that the last of them waits no longer than that.
    pub(super) async fn outstayed(&self, patience: Duration) {
        let began = Instant::now();
        let is_over = || {
            let (all, _) = self.one;
            let waiting = all.waiting();
            let wanted = waiting > 0 || self.own.as_ref().is_some_and(|(own, _)| own.waiting() > 0);
            let kept_ms = began.elapsed().as_millis() * (all.most + waiting) as u128;
            wanted && kept_ms >= patience.as_millis().saturating_mul(all.most as u128)
        };
        while !is_over() {
            sleep(ASK_INTERVAL).await;
        }
    }
}

#[cfg(test)]
#[path = "turns_tests.rs"]
mod tests;
