//! A snapshot, and what is read of every one: the head and the hospital.

use std::sync::{Arc, Mutex, PoisonError};

use booking_domain::Hospital;

use crate::{
    StoreError,
    db::{Conn, Fault, Fields, Row, Sql, fault},
    rows,
};

/// All questions to one snapshot: what was committed when it was taken, and nothing later. A
/// [`Tx`](crate::Tx) answers them too, with what it has written itself.
///
/// Holds a connection. Let go of it before waiting for anything else, a write above all.
#[derive(Debug)]
pub struct Reads {
    pub(crate) conn: Conn,
    cache: HospitalCache,
    head: Option<Head>,
    hospital: Option<Arc<Hospital>>,
    /// Written to in this transaction: not for the cache.
    hospital_is_ours: bool,
    /// What the database has refused in this transaction, if anything: PostgreSQL then refuses
    /// everything that follows.
    pub(crate) trouble: Option<Fault>,
}

/// The hospital as it was read last: good for as long as its revision is the database's.
#[derive(Clone, Debug, Default)]
pub(crate) struct HospitalCache(Arc<Mutex<Arc<Hospital>>>);

impl HospitalCache {
    fn get(&self, revision: u64) -> Option<Arc<Hospital>> {
        let cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (cached.revision == revision).then(|| Arc::clone(&cached))
    }

    fn put(&self, hospital: &Arc<Hospital>) {
        let mut cached = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cached.revision < hospital.revision {
            *cached = Arc::clone(hospital);
        }
    }
}

/// Where the counted things stand.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Head {
    pub(crate) hospital_revision: u64,
    pub(crate) change_seq: u64,
    pub(crate) audit_seq: u64,
    pub(crate) audit_hash: [u8; 32],
}

impl Head {
    pub(crate) fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            hospital_revision: f.number()?,
            change_seq: f.number()?,
            audit_seq: f.number()?,
            audit_hash: f.hash()?,
        })
    }
}

impl Reads {
    pub(crate) fn new(conn: Conn, cache: HospitalCache, head: Option<Head>) -> Self {
        Self {
            conn,
            cache,
            head,
            hospital: None,
            hospital_is_ours: false,
            trouble: None,
        }
    }

    /// The hospital as it is in this snapshot.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn hospital(&mut self) -> Result<Arc<Hospital>, StoreError> {
        if let Some(hospital) = &self.hospital {
            return Ok(Arc::clone(hospital));
        }
        let revision = self.head().await?.hospital_revision;
        let cached = self.cache.get(revision).filter(|_| !self.hospital_is_ours);
        let hospital = match cached {
            Some(hospital) => hospital,
            None => {
                let hospital = Arc::new(rows::hospital::read(&mut self.conn, revision).await?);
                if !self.hospital_is_ours {
                    self.cache.put(&hospital);
                }
                hospital
            }
        };
        self.hospital = Some(Arc::clone(&hospital));
        Ok(hospital)
    }

    /// The newest change in this snapshot: a feed that begins here tells all that come later.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn position(&mut self) -> Result<u64, StoreError> {
        Ok(self.head().await?.change_seq)
    }

    pub(crate) async fn head(&mut self) -> Result<Head, StoreError> {
        if let Some(head) = self.head {
            return Ok(head);
        }
        let select = "select hospital_revision, change_seq, audit_seq, audit_hash from head";
        let row = self.row(Sql::new(select)).await?;
        let row = row.ok_or_else(|| StoreError::gone("head"))?;
        let head = Head::read(&mut Fields::of("head", &row))?;
        self.head = Some(head);
        Ok(head)
    }

    /// The hospital has changed in this transaction: it is read again when it is next needed, and
    /// kept from the others until it is committed.
    pub(crate) fn hospital_changed(&mut self) {
        self.hospital = None;
        self.hospital_is_ours = true;
    }

    pub(crate) async fn rows(&mut self, sql: Sql) -> Result<Vec<Row>, StoreError> {
        let done = self.conn.rows(sql).await;
        done.map_err(|error| self.note(error))
    }

    pub(crate) async fn row(&mut self, sql: Sql) -> Result<Option<Row>, StoreError> {
        let done = self.conn.row(sql).await;
        done.map_err(|error| self.note(error))
    }

    pub(crate) async fn run(&mut self, sql: Sql) -> Result<u64, StoreError> {
        let done = self.conn.run(sql).await;
        done.map_err(|error| self.note(error))
    }

    /// Remembers that the transaction is spoiled.
    pub(crate) fn note(&mut self, error: sqlx::Error) -> StoreError {
        self.trouble = Some(fault(&error));
        error.into()
    }
}
