//! The store as the rest of the server sees it.

use std::{fmt, pin::Pin, sync::Arc};

use booking_domain::Hospital;

use crate::{
    AuditRecord, ChainReport, Change, ChangeFeed, FeedError, Finding, Location, OpenError,
    OpenOptions, Reader, StoreError, Tx,
};

/// What a work is while it runs: `|command, tx| Box::pin(async move { … })`.
pub type Work<'a, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'a>>;

/// The key under which page tokens are sealed: the same for every server of one database.
#[derive(Clone)]
pub struct TokenKey([u8; 32]);

impl TokenKey {
    /// The key itself.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(..)")
    }
}

/// The hospital's memory. Clones are the same store.
#[derive(Clone, Debug)]
pub struct Store {
    _private: Arc<()>,
}

impl Store {
    /// Opens the database, creating, migrating and seeding it as needed.
    ///
    /// # Errors
    ///
    /// [`OpenError`]; what was in the database is then as it was.
    pub async fn open(_location: &Location, _options: OpenOptions) -> Result<Self, OpenError> {
        unimplemented!()
    }

    /// Finishes what is under way, then closes every connection and lets go of the database.
    pub async fn close(&self) {
        unimplemented!()
    }

    /// Reads something, to find out whether anything can be read.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when nothing can.
    pub async fn probe(&self) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// The key under which page tokens are sealed.
    pub fn token_key(&self) -> &TokenKey {
        unimplemented!()
    }

    /// The hospital as it is now.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn hospital(&self) -> Result<Arc<Hospital>, StoreError> {
        unimplemented!()
    }

    /// Takes a snapshot to read from.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when there is no connection to be had.
    pub async fn read(&self) -> Result<Reader, StoreError> {
        unimplemented!()
    }

    /// Does `work` in a transaction and answers once it is on disk.
    ///
    /// Decide, then write: a work that returns an error must not have written before. It may be
    /// run more than once, from the start, so it must have no effects beyond the transaction. It
    /// goes on to the end even when the caller stops waiting.
    ///
    /// # Errors
    ///
    /// What `work` returns, or a [`StoreError`] made into it: [`StoreError::Overlap`] when the
    /// database found a resource taken, [`StoreError::Busy`] when it is worth asking again.
    pub async fn write<C, T, E, F>(&self, _command: C, _work: F) -> Result<T, E>
    where
        C: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a C, &'a mut Tx) -> Work<'a, T, E> + Send + Sync + 'static,
    {
        unimplemented!()
    }

    /// Does `work` as [`Self::write`] would, and then undoes it.
    ///
    /// # Errors
    ///
    /// Those of [`Self::write`].
    pub async fn rehearse<C, T, E, F>(&self, _command: C, _work: F) -> Result<T, E>
    where
        C: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'a> Fn(&'a C, &'a mut Tx) -> Work<'a, T, E> + Send + Sync + 'static,
    {
        unimplemented!()
    }

    /// Appends one record to the audit: for calls that write nothing else, denied ones above all.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it is not on disk.
    pub async fn audit(&self, _record: AuditRecord) -> Result<(), StoreError> {
        unimplemented!()
    }

    /// Every change from now on.
    pub fn changes(&self) -> ChangeFeed {
        unimplemented!()
    }

    /// Every change after the one in place `after`.
    ///
    /// # Errors
    ///
    /// [`FeedError::Lost`] when some of them are no longer kept, or `after` is beyond the newest.
    pub async fn changes_after(&self, _after: u64) -> Result<ChangeFeed, FeedError> {
        unimplemented!()
    }

    /// At most `limit` changes after the one in place `after`.
    ///
    /// # Errors
    ///
    /// As [`Self::changes_after`].
    pub async fn changes_since(&self, _after: u64, _limit: u32) -> Result<Vec<Change>, FeedError> {
        unimplemented!()
    }

    /// Computes the whole chain of the audit again.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn verify_audit(&self) -> Result<ChainReport, StoreError> {
        unimplemented!()
    }

    /// Looks for what contradicts itself; finds nothing in a sound store.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn examine(&self) -> Result<Vec<Finding>, StoreError> {
        unimplemented!()
    }
}
