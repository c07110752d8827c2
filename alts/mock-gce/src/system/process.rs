//! Processes that are recognised again: by number and start time, so that nothing is ever done to a
//! stranger that got a dead process's number.

use std::{
    fs, io,
    os::fd::OwnedFd,
    path::Path,
    time::{Duration, Instant},
};

use rustix::{
    event::{PollFd, PollFlags, Timespec, poll},
    process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal},
    thread::{ThreadNameSpaceType, move_into_thread_name_spaces},
};
use serde::{Deserialize, Serialize};

/// A process, as it can be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessIdentity {
    pid: i32,
    /// In clock ticks since boot: field 22 of `/proc/PID/stat`.
    start_ticks: u64,
}

impl ProcessIdentity {
    /// Of a process that runs.
    ///
    /// # Errors
    /// When it does not.
    pub fn of(pid: u32) -> io::Result<Self> {
        let pid = i32::try_from(pid).map_err(io::Error::other)?;
        let stat = fs::read_to_string(format!("/proc/{pid}/stat"))?;
        let start_ticks = running_since(&stat)
            .ok_or_else(|| io::Error::other(format!("process {pid} has ended")))?;
        Ok(Self { pid, start_ticks })
    }

    /// The caller's own.
    ///
    /// # Errors
    /// When `/proc` cannot be read.
    pub fn own() -> io::Result<Self> {
        Self::of(std::process::id())
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        self.pid
    }

    /// A hold on the process, unless it has ended.
    pub fn open(&self) -> Option<Process> {
        let handle = pidfd_open(Pid::from_raw(self.pid)?, PidfdFlags::empty()).ok()?;
        // The handle holds whoever has the number now. Only after it was taken is the comparison
        // good for ever.
        let now = Self::of(self.pid.unsigned_abs()).ok()?;
        (now == *self).then_some(Process {
            identity: now,
            handle,
        })
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        Self::of(self.pid.unsigned_abs()).is_ok_and(|now| now == *self)
    }
}

/// The start time out of `/proc/PID/stat`; `None` for a process that only waits to be collected.
fn running_since(stat: &str) -> Option<u64> {
    // Field 2 is the program's name in parentheses, and may itself hold both spaces and parentheses.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let state = fields.next()?;
    if matches!(state, "Z" | "X") {
        return None;
    }
    // Field 3 is gone; 22 is the 19th of those that follow.
    fields.nth(18)?.parse().ok()
}

/// A process that is this one and no other, however long it is held.
#[derive(Debug)]
pub struct Process {
    identity: ProcessIdentity,
    handle: OwnedFd,
}

impl Process {
    /// Which one it is.
    pub fn identity(&self) -> ProcessIdentity {
        self.identity
    }

    /// Sends a signal; one to a process that has just ended is no error.
    ///
    /// # Errors
    /// When the system does not allow it.
    pub fn signal(&self, signal: Signal) -> io::Result<()> {
        match pidfd_send_signal(&self.handle, signal) {
            Err(rustix::io::Errno::SRCH) | Ok(()) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until it has ended; `false` when it has not after `timeout`.
    pub fn wait(&self, timeout: Duration) -> bool {
        let timeout = Timespec::try_from(timeout).ok();
        let mut fds = [PollFd::new(&self.handle, PollFlags::IN)];
        poll(&mut fds, timeout.as_ref()).is_ok_and(|ready| ready > 0)
    }

    /// Moves the calling thread into this process's mount, network and host name namespaces, and
    /// into its user namespace when that is `another`.
    ///
    /// # Errors
    /// When the process has ended, when the system does not allow it, or when the caller has more
    /// than one thread.
    pub fn enter(&self, another_user_namespace: bool) -> io::Result<()> {
        use std::os::fd::AsFd;
        let mut spaces = ThreadNameSpaceType::MOUNT
            | ThreadNameSpaceType::NETWORK
            | ThreadNameSpaceType::HOST_NAME_AND_NIS_DOMAIN_NAME;
        spaces.set(ThreadNameSpaceType::USER, another_user_namespace);
        Ok(move_into_thread_name_spaces(self.handle.as_fd(), spaces)?)
    }
}

/// Sends `signal` to all, and returns those that have not ended after `timeout`.
pub fn end_all(processes: Vec<Process>, signal: Signal, timeout: Duration) -> Vec<Process> {
    for process in &processes {
        // One that is not ours to end is found again, and reported, by the caller.
        let _ = process.signal(signal);
    }
    wait_all(processes, timeout)
}

/// Returns those that have not ended after `timeout`, which is for all of them together.
pub fn wait_all(mut processes: Vec<Process>, timeout: Duration) -> Vec<Process> {
    let deadline = Instant::now() + timeout;
    processes.retain(|process| {
        let left = deadline.saturating_duration_since(Instant::now());
        !process.wait(left)
    });
    processes
}

/// Every process of which `holds` is true. `holds` is given its folder in `/proc`; what it cannot
/// read there belongs to others.
pub fn all_where(holds: impl Fn(&Path) -> bool) -> Vec<Process> {
    let Ok(folders) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let pids = folders.filter_map(|folder| folder.ok()?.file_name().to_str()?.parse().ok());
    let found = pids.filter_map(|pid: u32| {
        let process = ProcessIdentity::of(pid).ok()?.open()?;
        // Asked while the process is held: the answer is about this one.
        holds(Path::new(&format!("/proc/{pid}"))).then_some(process)
    });
    found.collect()
}

#[cfg(test)]
#[path = "process_tests.rs"]
mod tests;
