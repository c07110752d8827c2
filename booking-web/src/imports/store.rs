//! Logs that are here, each with how far it is.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::body::Bytes;
use jiff::tz::TimeZone;
use parking_lot::{Mutex, MutexGuard};
use theatre_log::Mapping;

use super::tally::Tally;
use crate::backend::Refusal;

/// The largest log, in mebibytes: some two hundred thousand cases, five years of thirty theatres.
pub(crate) const MAX_LOG_MIB: usize = 32;
/// The same in bytes.
pub(crate) const MAX_LOG_BYTES: usize = MAX_LOG_MIB * 1024 * 1024;
/// The most logs kept at a time: imports are rare, and this bounds the memory they take.
pub(super) const MAX_KEPT: usize = 8;
/// How long a log is kept that nobody looks at and that is not being sent.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(60 * 60);

/// All logs that are here.
#[derive(Debug, Default)]
pub(crate) struct Imports(Mutex<BTreeMap<String, Arc<Import>>>);

/// One log, and how far it is.
#[derive(Debug)]
pub(crate) struct Import {
    /// Part of its address.
    pub(crate) id: String,
    /// Who uploaded it; nobody else sees it.
    owner: Option<String>,
    /// The file's own name, without folders.
    pub(crate) file: String,
    pub(crate) bytes: Bytes,
    /// Lines behind the header: about as many as there are rows.
    pub(crate) lines: u64,
    inner: Mutex<Progress>,
}

/// How far a log is.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    pub(crate) stage: Stage,
    pub(crate) settings: Option<Settings>,
    pub(crate) tally: Tally,
    /// Rows that the last whole run had.
    pub(crate) rows: Option<u64>,
    /// Somebody wants the run to end.
    stop: bool,
    seen: Instant,
}

impl Progress {
    pub(crate) fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Running(_))
    }
}

/// What is done with it.
#[derive(Clone, Debug)]
pub(crate) enum Stage {
    /// Nothing yet.
    Uploaded,
    /// Rows are being sent.
    Running(RunMode),
    /// All rows were sent.
    Done(RunMode),
    /// Some were; the same again goes on from there.
    Stopped(RunMode, Why),
}

/// What rows are sent for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RunMode {
    /// To hear what would happen.
    DryRun,
    /// To be taken in.
    Import,
}

impl RunMode {
    pub(crate) fn is_dry(self) -> bool {
        self == Self::DryRun
    }
}

/// Why a run ended before the end of its log.
#[derive(Clone, Debug)]
pub(crate) enum Why {
    /// Somebody wished it.
    Wished,
    /// The log cannot be read on.
    Unreadable(String),
    /// The backend would not go on, or was not there for too long.
    Refused(Box<Refusal>),
}

/// How a log is to be read and taken.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Part of what makes a row the same row.
    pub(crate) source: String,
    pub(crate) zone: TimeZone,
    pub(crate) mapping: Mapping,
    /// Rows whose plans overlap are refused, and not only flagged.
    pub(crate) strict: bool,
    /// The form in which all this was said.
    pub(crate) typed: Vec<(String, String)>,
}

impl Imports {
    pub(super) fn all(&self) -> MutexGuard<'_, BTreeMap<String, Arc<Import>>> {
        self.0.lock()
    }

    /// Keeps a log. None when as many are under way as may be.
    pub(crate) fn keep(
        &self,
        owner: Option<String>,
        file: String,
        bytes: Bytes,
        now: Instant,
    ) -> Option<Arc<Import>> {
        self.let_go(now);
        let mut all = self.all();
        if all.len() >= MAX_KEPT {
            let idle = all.values().filter(|one| !one.is_running());
            let oldest = idle.min_by_key(|one| one.inner.lock().seen)?.id.clone();
            all.remove(&oldest);
        }
        let lines = bytes.split(|byte| *byte == b'\n').skip(1);
        let import = Arc::new(Import {
            id: uuid::Uuid::new_v4().simple().to_string(),
            owner,
            file,
            lines: lines.filter(|line| !line.is_empty()).count() as u64,
            bytes,
            inner: Mutex::new(Progress {
                stage: Stage::Uploaded,
                settings: None,
                tally: Tally::default(),
                rows: None,
                stop: false,
                seen: now,
            }),
        });
        all.insert(import.id.clone(), Arc::clone(&import));
        Some(import)
    }

    /// A log, for who uploaded it.
    pub(crate) fn get(&self, id: &str, person: Option<&str>, now: Instant) -> Option<Arc<Import>> {
        self.let_go(now);
        let found = self.all().get(id).cloned();
        let found = found.filter(|one| one.owner.as_deref() == person)?;
        found.inner.lock().seen = now;
        Some(found)
    }

    /// Lets go of all whose time is over.
    pub(crate) fn let_go(&self, now: Instant) {
        self.all().retain(|_, one| one.kept_until(now) > now);
    }

    /// Waits until the log of this id is let go, by itself when its time is over: nobody else may
    /// ever come and have it swept away.
    pub(crate) async fn forget(self: Arc<Self>, id: String) {
        loop {
            let now = tokio::time::Instant::now().into_std();
            self.let_go(now);
            let kept_until = self.all().get(&id).map(|import| import.kept_until(now));
            let Some(kept_until) = kept_until else {
                return;
            };
            tokio::time::sleep_until(kept_until.into()).await;
        }
    }

    /// Lets a log go.
    pub(crate) fn discard(&self, import: &Import) {
        import.inner.lock().stop = true;
        self.all().remove(&import.id);
    }
}

impl Import {
    /// How far it is.
    pub(crate) fn progress(&self) -> Progress {
        self.inner.lock().clone()
    }

    fn is_running(&self) -> bool {
        self.inner.lock().is_running()
    }

    /// Until when it is kept, unless somebody looks at it or its rows are sent before that.
    fn kept_until(&self, now: Instant) -> Instant {
        let inner = self.inner.lock();
        let from = if inner.is_running() { now } else { inner.seen };
        from + KEPT_FOR
    }

    /// Begins a run, unless one is under way.
    pub(crate) fn begin(&self, mode: RunMode, settings: Settings) -> bool {
        let mut inner = self.inner.lock();
        if inner.is_running() {
            return false;
        }
        inner.stage = Stage::Running(mode);
        inner.settings = Some(settings);
        inner.tally = Tally::default();
        inner.stop = false;
        true
    }

    /// Asks a run to end after the rows that are under way.
    pub(crate) fn stop(&self) {
        self.inner.lock().stop = true;
    }

    pub(super) fn is_to_stop(&self) -> bool {
        self.inner.lock().stop
    }

    pub(super) fn tell(&self, tally: &Tally) {
        self.inner.lock().tally = tally.clone();
    }

    /// Ends a run. Whoever left it to itself has its time from now on to hear how it went.
    pub(super) fn end(&self, stage: Stage, tally: Tally, now: Instant) {
        let mut inner = self.inner.lock();
        inner.seen = now;
        if matches!(stage, Stage::Done(_)) {
            inner.rows = Some(tally.rows());
        }
        inner.tally = tally;
        inner.stage = stage;
    }
}
