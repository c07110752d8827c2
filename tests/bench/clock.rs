//! What work costs: CPU time of this whole process, and time on the wall.
//!
//! Both ends of every connection, and the kernel's work for them, are in this process, so its CPU
//! time is the price of a byte or a call. Unlike the wall's clock it hardly sees other programs.

use std::time::{Duration, Instant};

use rustix::time::{ClockId, clock_gettime};

/// A running measurement.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch {
    cpu: Duration,
    wall: Instant,
}

/// What a piece of work took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// User and system time of all threads.
    pub(crate) cpu: Duration,
    /// Time that passed.
    pub(crate) wall: Duration,
}

impl Stopwatch {
    /// Starts now.
    pub(crate) fn start() -> Self {
        Self {
            cpu: process_cpu(),
            wall: Instant::now(),
        }
    }

    /// What was spent since the start.
    pub(crate) fn read(&self) -> Cost {
        Cost {
            cpu: process_cpu().saturating_sub(self.cpu),
            wall: self.wall.elapsed(),
        }
    }
}

impl Cost {
    /// How much of `amount` a CPU-second buys.
    #[expect(clippy::cast_precision_loss, reason = "amounts are far below 2^52")]
    pub(crate) fn per_cpu_s(&self, amount: u64) -> f64 {
        amount as f64 / self.cpu.as_secs_f64()
    }
}

impl std::ops::AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.cpu += other.cpu;
        self.wall += other.wall;
    }
}

fn process_cpu() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::try_from(time).expect("CPU time is never negative")
}
