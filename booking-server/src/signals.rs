//! SIGINT and SIGTERM: the first asks the server to drain, the second ends it. SIGHUP: read anew
//! what is configured.

use std::{io, process};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::watch,
};

/// Both signals, caught from now on.
#[derive(Debug)]
pub struct StopSignals {
    interrupt: Signal,
    terminate: Signal,
}

impl StopSignals {
    /// Catches the signals, instead of dying of them.
    ///
    /// # Errors
    ///
    /// When the system does not let them be caught.
    pub fn catch() -> io::Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the first signal; from then on another one ends the process at once, with the
    /// status a shell gives a process killed by it.
    pub async fn first(mut self) {
        let name = self.next().await.0;
        tracing::info!(
            signal = name,
            "stopping; a second signal ends the server at once"
        );
        tokio::spawn(async move {
            let (name, number) = self.next().await;
            tracing::warn!(signal = name, "ended by a second signal");
            process::exit(128 + number);
        });
    }

    async fn next(&mut self) -> (&'static str, i32) {
        tokio::select! {
            _ = self.interrupt.recv() => ("SIGINT", SignalKind::interrupt().as_raw_value()),
            _ = self.terminate.recv() => ("SIGTERM", SignalKind::terminate().as_raw_value()),
        }
    }
}

/// Tells of every SIGHUP from now on: read anew what is configured.
///
/// # Errors
///
/// When the operating system does not let it be caught.
pub fn hang_ups() -> io::Result<watch::Receiver<()>> {
    let mut signals = signal(SignalKind::hangup())?;
    let (tell, told) = watch::channel(());
    tokio::spawn(async move { while signals.recv().await.is_some() && tell.send(()).is_ok() {} });
    Ok(told)
}
