//! A batch of works: together if they can, each alone if they must.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{
    context::{PATIENCE, WriterContext},
    queued_write::QueuedWrite,
};
use crate::{
    StoreError, Tx,
    db::{Conn, Fault, Fields, Sql},
    reads::{Head, Reads},
};

/// A batch is committed once it has worked for this long: the first to come must not wait for all
/// that were queued behind it.
const SLICE: Duration = Duration::from_millis(100);

/// The first pause before another try; each is twice the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(10);

/// The longest pause before another try.
const LONGEST_PAUSE: Duration = Duration::from_millis(640);

/// Why a transaction came to nothing.
enum Spoiled {
    /// Another try may succeed.
    Transient(StoreError),
    /// The works' results say why, or the error does.
    Lasting(Option<StoreError>),
    /// Whether it was committed could not be found out.
    Unknown,
}

/// One go at the queue.
pub(super) struct Batch {
    context: WriterContext,
    /// When to stop trying; there is none while all goes well.
    deadline: Option<Instant>,
}

impl Batch {
    pub(super) fn new(context: WriterContext) -> Self {
        Self {
            context,
            deadline: None,
        }
    }

    /// When to stop trying after something that began at `began` has failed. Patience runs from the
    /// first failure since the last success: a long queue is no database out of reach.
    fn deadline_after(&mut self, began: Instant) -> Instant {
        *self.deadline.get_or_insert(began + PATIENCE)
    }

    pub(super) async fn work_off(mut self, mut writes: Vec<Box<dyn QueuedWrite>>) {
        // Whoever has stopped waiting has not been promised anything.
        writes.retain(|write| !write.is_abandoned());
        while writes.len() > 1 {
            let mut done = 0;
            match self.together(&mut writes, &mut done).await {
                Ok(()) => {
                    self.deadline = None;
                    writes.drain(..done).for_each(QueuedWrite::answer);
                }
                // Any of them may have happened: none may be done again, or be told to ask again.
                Err(Spoiled::Unknown) => writes
                    .drain(..done)
                    .for_each(|write| write.fail(StoreError::Unknown)),
                Err(_) => break,
            }
        }
        for write in writes {
            self.alone(write).await;
        }
    }

    /// All works in one transaction, or as many as fit into a slice of time; `done`: how many.
    async fn together(
        &mut self,
        writes: &mut [Box<dyn QueuedWrite>],
        done: &mut usize,
    ) -> Result<(), Spoiled> {
        let started = Instant::now();
        let mut tx = self.begin().await?;
        for write in writes {
            run(write.as_mut(), &mut tx).await?;
            *done += 1;
            if started.elapsed() > SLICE {
                break;
            }
        }
        self.finish(tx, false, started, *done).await
    }

    /// One work in a transaction of its own.
    async fn alone(&mut self, mut write: Box<dyn QueuedWrite>) {
        match self.try_alone(write.as_mut()).await {
            Ok(()) => write.answer(),
            Err(spoiled) => self.again(write, spoiled).await,
        }
    }

    async fn try_alone(&mut self, write: &mut dyn QueuedWrite) -> Result<(), Spoiled> {
        if self.deadline.is_some_and(|end| Instant::now() > end) {
            return Err(Spoiled::Lasting(Some(StoreError::Busy(
                "no connection was found".into(),
            ))));
        }
        let started = Instant::now();
        let mut tx = self.begin().await?;
        run(write, &mut tx).await?;
        self.finish(tx, write.is_rehearsal(), started, 1).await?;
        self.deadline = None;
        Ok(())
    }

    /// Tries again for as long as it may help, then answers.
    async fn again(&mut self, mut write: Box<dyn QueuedWrite>, mut spoiled: Spoiled) {
        let mut pause = FIRST_PAUSE;
        let deadline = self.deadline_after(Instant::now());
        loop {
            let error = match spoiled {
                Spoiled::Transient(error) => error,
                Spoiled::Lasting(None) => return write.answer(),
                Spoiled::Lasting(Some(error)) => return write.fail(error),
                Spoiled::Unknown => return write.fail(StoreError::Unknown),
            };
            if Instant::now() + pause > deadline {
                return write.fail(error);
            }
            tracing::warn!(%error, "a write is tried again");
            tokio::time::sleep(jittered(pause)).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
            match self.try_alone(write.as_mut()).await {
                Ok(()) => return write.answer(),
                Err(why) => spoiled = why,
            }
        }
    }

    async fn begin(&mut self) -> Result<Tx, Spoiled> {
        let began = Instant::now();
        let begun = async {
            let mut conn = self.context.pool.begin_write().await?;
            let (head, xid) = lock_head(&mut conn).await?;
            let reads = Reads::new(conn, self.context.cache.clone(), Some(head));
            Ok(Tx::new(reads, Timestamp::now(), xid))
        };
        begun.await.map_err(|error: StoreError| {
            let spoiled = Spoiled::from(error);
            if matches!(spoiled, Spoiled::Transient(_)) {
                self.deadline_after(began);
            }
            spoiled
        })
    }

    /// Commits what `works` have written since `started`, or undoes it.
    async fn finish(
        &self,
        mut tx: Tx,
        undo: bool,
        started: Instant,
        works: usize,
    ) -> Result<(), Spoiled> {
        if tx.is_blank() {
            tx.roll_back().await;
            return Ok(());
        }
        if let Err(error) = tx.seal().await {
            return Err(spoiled_by(&tx, Some(error)));
        }
        if undo {
            tx.roll_back().await;
            return Ok(());
        }
        let (xid, sealed) = (tx.xid, Instant::now());
        if let Err(error) = tx.into_conn().commit().await {
            return self.after_failed_commit(xid, error).await;
        }
        let work_us = micros(sealed - started);
        let commit_us = micros(sealed.elapsed());
        // Whether the writer or the disk bounds the writes; the suite's bench reads it.
        tracing::debug!(works, work_us, commit_us, "committed");
        self.context.committed.send_modify(|commits| *commits += 1);
        Ok(())
    }

    /// Finds out what became of a commit whose answer was lost with the connection.
    async fn after_failed_commit(
        &self,
        xid: Option<i64>,
        error: sqlx::Error,
    ) -> Result<(), Spoiled> {
        let Some(xid) = xid.filter(|_| error.as_database_error().is_none()) else {
            // The database itself refused, so nothing was committed.
            return Err(StoreError::from(error).into());
        };
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            match self.fate(xid).await {
                Ok(Some(true)) => return Ok(()),
                Ok(Some(false)) => return Err(Spoiled::Transient(error.into())),
                Ok(None) | Err(_) => tokio::time::sleep(FIRST_PAUSE * 10).await,
            }
        }
        Err(Spoiled::Unknown)
    }

    /// Whether PostgreSQL has committed a transaction; `None` while it is under way.
    async fn fate(&self, xid: i64) -> Result<Option<bool>, StoreError> {
        let mut conn = self.context.pool.begin_read().await?;
        let ask = "select coalesce(pg_xact_status($1::text::xid8), 'unknown')";
        let row = conn.row(Sql::new(ask).bind(xid)).await?;
        let status = row
            .map(|row| Fields::of("pg_xact_status", &row).text())
            .transpose()?;
        Ok(match status.as_deref() {
            Some("committed") => Some(true),
            Some("aborted") => Some(false),
            _ => None,
        })
    }
}

impl From<StoreError> for Spoiled {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Busy(_) => Self::Transient(error),
            error => Self::Lasting(Some(error)),
        }
    }
}

/// Reads where things stand; in PostgreSQL this waits for the writer before us to commit.
async fn lock_head(conn: &mut Conn) -> Result<(Head, Option<i64>), StoreError> {
    let select = if conn.is_postgres() {
        "select hospital_revision, change_seq, audit_seq, audit_hash,
                pg_current_xact_id()::text::bigint
         from head for update"
    } else {
        "select hospital_revision, change_seq, audit_seq, audit_hash, null from head"
    };
    let row = conn.row(Sql::new(select)).await?;
    let row = row.ok_or_else(|| StoreError::gone("head"))?;
    let f = &mut Fields::of("head", &row);
    Ok((Head::read(f)?, f.opt_int()?))
}

/// Does one work. A refusal that wrote nothing is as good as a success.
async fn run(write: &mut dyn QueuedWrite, tx: &mut Tx) -> Result<(), Spoiled> {
    let mark = tx.mark();
    let success = write.run(tx).await;
    if tx.trouble.is_some() {
        return Err(spoiled_by(tx, None));
    }
    if !success {
        if tx.wrote_since(mark) {
            return Err(Spoiled::Lasting(None));
        }
        tx.forget_since(mark);
    }
    Ok(())
}

fn spoiled_by(tx: &Tx, error: Option<StoreError>) -> Spoiled {
    match tx.trouble {
        Some(Fault::Transient) => Spoiled::Transient(
            error.unwrap_or_else(|| StoreError::Busy("the database was busy".into())),
        ),
        _ => Spoiled::Lasting(error),
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Between half of the pause and all of it, so that two servers do not meet again.
fn jittered(pause: Duration) -> Duration {
    let share = getrandom::u32().map_or(1.0, |random| f64::from(random) / f64::from(u32::MAX));
    pause.mul_f64(0.5 + share / 2.0)
}
