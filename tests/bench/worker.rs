//! Threads with a runtime each, on a core of their own: server and client do not share one, and
//! the scheduler moves neither.

use std::{future::Future, thread::JoinHandle};

use anyhow::{Context, Result};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use tokio::{runtime::Handle, sync::oneshot};

/// A thread that runs tasks until it is dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    handle: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts a thread on core `core`, or wherever the system likes.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(crate) fn start(name: &str, core: Option<usize>) -> Result<Self> {
        let (stop, stopped) = oneshot::channel::<()>();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                if let Some(core) = core {
                    pin(core);
                }
                // Whether it is told to stop or the other end is gone: either way it is over.
                runtime.block_on(async { drop(stopped.await) });
            })?;
        Ok(Self {
            handle,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Runs `work` on this thread and waits for its outcome.
    ///
    /// # Errors
    /// When the work panicked or the thread is gone.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T> {
        self.handle
            .spawn(work)
            .await
            .context("a worker's task ended early")
    }

    /// Runs `work` on this thread until the worker is dropped.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.handle.spawn(work);
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of a task has been reported where its outcome was awaited.
            drop(thread.join());
        }
    }
}

/// The cores that this process may use, lowest first.
pub(crate) fn cores() -> Vec<usize> {
    let Ok(allowed) = sched_getaffinity(None) else {
        return Vec::new();
    };
    (0..CpuSet::MAX_CPU)
        .filter(|core| allowed.is_set(*core))
        .collect()
}

/// Ties the calling thread to one core. Where that is forbidden the numbers are only noisier.
pub(crate) fn pin(core: usize) {
    let mut only = CpuSet::new();
    only.set(core);
    let _ = sched_setaffinity(None, &only);
}
