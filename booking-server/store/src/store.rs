//! The store as the rest of the server sees it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use booking_domain::Hospital;
use tokio::{
    sync::watch,
    task::{AbortHandle, JoinHandle},
};

use crate::{
    AuditRecord, ChainReport, Change, ChangeFeed, FeedError, Finding, Location, OpenError,
    OpenOptions, Reads, Seed, StoreError, TokenKey, Tx, chain,
    db::{Fault, Fields, Pool, Sql, fault},
    examine,
    feed::Tail,
    postgres, prune,
    reads::HospitalCache,
    sqlite,
    wake::Wake,
    write_queue::{PATIENCE, Work, WriteQueue, WriterContext},
};

/// Between two tries to begin a snapshot.
const PAUSE: Duration = Duration::from_millis(10);

/// The hospital's memory. Clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    readers: Pool,
    writers: Pool,
    cache: HospitalCache,
    token_key: TokenKey,
    tail: Tail,
    /// Gone once the store is closed.
    queue: Mutex<Option<WriteQueue>>,
    /// The queue's far end, which has promises to keep.
    worker: Mutex<Option<JoinHandle<()>>>,
    /// What goes on in the background until the store is closed or forgotten.
    background: [AbortHandle; 2],
    /// What keeps a second server off an SQLite file and notices a lost one.
    hold: Mutex<Option<sqlite::Hold>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.background.iter().for_each(AbortHandle::abort);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing in here panics half-way.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store {
    /// Opens the database, creating, migrating and seeding it as needed.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; what was in the database is then as it was.
    pub async fn open(location: &Location, options: OpenOptions) -> Result<Self, OpenError> {
        let (opened, hold) = match location {
            Location::Memory => (sqlite::open_memory(&options).await?, None),
            Location::File(path) => {
                let (opened, hold) = sqlite::open_file(path, &options).await?;
                (opened, Some(hold))
            }
            Location::Postgres(url) => (postgres::open(url, &options).await?, None),
        };
        let cache = HospitalCache::default();
        let newest = newest_change(&opened.readers, &cache).await;
        let newest = newest.map_err(|error| OpenError::Unreadable(Box::new(error)))?;
        let committed = watch::Sender::new(0);
        let tail = Tail::new(opened.readers.clone(), newest);
        let (queue, worker) = WriteQueue::start(WriterContext {
            pool: opened.writers.clone(),
            cache: cache.clone(),
            committed: committed.clone(),
        });
        // It keeps no sender: when the queue is gone, so is the tail.
        let wake = Wake::new(&opened.readers, committed.subscribe());
        drop(committed);
        let follower = tokio::spawn(tail.clone().follow(wake));
        let pruner = tokio::spawn(prune::from_time_to_time(queue.clone(), options));
        Ok(Self {
            inner: Arc::new(Inner {
                readers: opened.readers,
                writers: opened.writers,
                cache,
                token_key: opened.token_key,
                tail,
                queue: Mutex::new(Some(queue)),
                worker: Mutex::new(Some(worker)),
                background: [follower, pruner].map(|task| task.abort_handle()),
                hold: Mutex::new(hold),
            }),
        })
    }

    /// Finishes the writes under way, then closes every connection and lets go of the database.
    pub async fn close(&self) {
        self.inner.background.iter().for_each(AbortHandle::abort);
        self.inner.tail.close();
        // With the last queue the queue ends, and with it the worker.
        drop(locked(&self.inner.queue).take());
        let worker = locked(&self.inner.worker).take();
        if let Some(worker) = worker {
            drop(worker.await);
        }
        self.inner.writers.close().await;
        self.inner.readers.close().await;
        drop(locked(&self.inner.hold).take());
    }

    /// Reads something, to find out whether anything can be read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when nothing can.
    pub async fn probe(&self) -> Result<(), StoreError> {
        if let Some(hold) = &*locked(&self.inner.hold) {
            hold.check()?;
        }
        self.seed().await.map(drop)
    }

    /// What the database was filled with when it was new.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn seed(&self) -> Result<Seed, StoreError> {
        let mut reads = self.read().await?;
        let row = reads.row(Sql::new("select seed from seeding")).await?;
        let row = row.ok_or_else(|| StoreError::gone("seeding"))?;
        Fields::of("seeding", &row).parse(str::parse)
    }

    /// The key under which page tokens are sealed.
    pub fn token_key(&self) -> &TokenKey {
        &self.inner.token_key
    }

    /// The hospital as it is now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn hospital(&self) -> Result<Arc<Hospital>, StoreError> {
        self.read().await?.hospital().await
    }

    /// Takes a snapshot to read from.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when there is no connection to be had.
    pub async fn read(&self) -> Result<Reads, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        let conn = loop {
            match self.inner.readers.begin_read().await {
                Ok(conn) => break conn,
                // Connections that were lost are found out one by one.
                Err(error) if fault(&error) == Fault::Transient && Instant::now() < deadline => {
                    tokio::time::sleep(PAUSE).await;
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(Reads::new(conn, self.inner.cache.clone(), None))
    }

    /// Does `work` in a transaction and answers once it is on disk.
    ///
    /// Decide, then write: a work that returns an error must not have written before. It may be
    /// run more than once, from the start, so it must have no effects beyond the transaction. It
    /// goes on to the end even when the caller stops waiting, unless it has not begun by then.
    ///
    /// # Errors
    ///
    /// What `work` returns, or a [`StoreError`] made into it: [`StoreError::Overlap`] when the
    /// database found a resource taken, [`StoreError::Busy`] when it is worth asking again.
    pub async fn write<C, T, E, F>(&self, command: C, work: F) -> Result<T, E>
    where
        C: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a C, &'a mut Tx) -> Work<'a, T, E> + Send + Sync + 'static,
    {
        self.queue()?.write(command, work, false).await
    }

    /// Does `work` as [`Self::write`] would, every rule of the database included, and then undoes
    /// it.
    ///
    /// # Errors
    ///
    /// Those of [`Self::write`].
    pub async fn rehearse<C, T, E, F>(&self, command: C, work: F) -> Result<T, E>
    where
        C: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a C, &'a mut Tx) -> Work<'a, T, E> + Send + Sync + 'static,
    {
        self.queue()?.write(command, work, true).await
    }

    /// Appends one record to the audit: for calls that write nothing else, denied ones above all.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not on disk.
    pub async fn audit(&self, record: AuditRecord) -> Result<(), StoreError> {
        let work = |record: &AuditRecord, tx: &mut Tx| {
            tx.audit(record.clone());
            std::future::ready(Ok(()))
        };
        self.write(record, move |record, tx| Box::pin(work(record, tx)))
            .await
    }

    /// Every change that this server has not told of yet: all that come, and perhaps some that have
    /// just been committed. With a snapshot, go on from its [`position`](Reads::position) instead.
    pub fn changes(&self) -> ChangeFeed {
        self.inner.tail.feed(self.inner.tail.newest())
    }

    /// Every change after the one in place `after`.
    ///
    /// # Errors
    ///
    /// [`FeedError::Lost`] when some of them are no longer kept, or `after` is beyond the newest.
    pub async fn changes_after(&self, after: u64) -> Result<ChangeFeed, FeedError> {
        self.inner.tail.since(after, 1).await?;
        Ok(self.inner.tail.feed(after))
    }

    /// At most `limit` changes after the one in place `after`.
    ///
    /// # Errors
    ///
    /// As [`Self::changes_after`].
    #[cfg(any(test, feature = "testing"))]
    pub async fn changes_since(&self, after: u64, limit: u32) -> Result<Vec<Change>, FeedError> {
        self.inner.tail.since(after, limit).await
    }

    /// Forgets changes and answers that have been kept for as long as `options` say. A store does
    /// so by itself every hour, with the options it was opened with.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it does not happen.
    pub async fn prune(&self, options: &OpenOptions) -> Result<(), StoreError> {
        prune::prune(&self.queue()?, options).await
    }

    /// Computes the whole chain of the audit again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn verify_audit(&self) -> Result<ChainReport, StoreError> {
        chain::verify(&mut self.read().await?).await
    }

    /// Looks for what contradicts itself; finds nothing in a sound store.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn examine(&self) -> Result<Vec<Finding>, StoreError> {
        examine::examine(&mut self.read().await?).await
    }

    #[cfg(test)]
    pub(crate) fn readers(&self) -> &Pool {
        &self.inner.readers
    }

    #[cfg(test)]
    pub(crate) fn writers(&self) -> &Pool {
        &self.inner.writers
    }

    fn queue(&self) -> Result<WriteQueue, StoreError> {
        locked(&self.inner.queue).clone().ok_or(StoreError::Closed)
    }
}

async fn newest_change(readers: &Pool, cache: &HospitalCache) -> Result<u64, StoreError> {
    let conn = readers.begin_read().await?;
    Reads::new(conn, cache.clone(), None).position().await
}
