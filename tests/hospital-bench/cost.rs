//! Who used the processors meanwhile: read from `/proc`, for this process and all that it started.

use std::{collections::BTreeMap, fs, time::Instant};

use anyhow::{Context as _, Result};

/// What `/proc` counts in, whatever the kernel's own tick: a hundredth of a second.
const TICKS_PER_S: f64 = 100.0;

/// Fields of `/proc/PID/stat` behind the name, counted from the state; proc(5) counts from the PID.
const PARENT: usize = 1;
const USER: usize = 11;
const SYSTEM: usize = 12;
const REAPED_USER: usize = 13;
const REAPED_SYSTEM: usize = 14;

/// How much had been used at one moment.
#[derive(Debug)]
pub(crate) struct Snapshot {
    at: Instant,
    /// By each program that is running, and by those that have ended.
    ours_s: BTreeMap<String, f64>,
    /// By everybody on this machine.
    machine_s: f64,
}

/// How much was used between two moments, as a share of all that the processors had to give.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cost {
    /// Each program's, the greediest first.
    pub(crate) ours: Vec<(String, f64)>,
    /// Everybody's, ours included.
    pub(crate) machine: f64,
    /// Ours in all, in seconds of one processor: the same however busy the machine is otherwise.
    pub(crate) ours_s: f64,
}

struct Process {
    parent: u32,
    name: String,
    used_s: f64,
    reaped_s: f64,
}

impl Snapshot {
    pub(crate) fn take() -> Result<Self> {
        let processes: BTreeMap<u32, Process> = fs::read_dir("/proc")?
            .flatten()
            .filter_map(|entry| {
                let id = entry.file_name().to_str()?.parse().ok()?;
                // It may have ended meanwhile.
                Some((id, Process::read(id)?))
            })
            .collect();
        let here = std::process::id();
        let mut ours_s = BTreeMap::new();
        for (id, process) in &processes {
            if is_below(&processes, *id, here) {
                *ours_s.entry(process.name.clone()).or_default() += process.used_s;
            }
        }
        let own = processes.get(&here).context("/proc without this process")?;
        ours_s.insert("booking-client".to_owned(), own.reaped_s);
        Ok(Self {
            at: Instant::now(),
            ours_s,
            machine_s: machine_s().context("/proc/stat is not as it was")?,
        })
    }

    /// What was used since `self`.
    pub(crate) fn until(&self, later: &Self) -> Cost {
        #[expect(clippy::cast_precision_loss, reason = "a few processors")]
        let processors = std::thread::available_parallelism().map_or(1, usize::from) as f64;
        let all_s = (later.at - self.at).as_secs_f64() * processors;
        let share = |name: &String, used: &f64| {
            let before = self.ours_s.get(name).copied().unwrap_or_default();
            (name.clone(), (used - before) / all_s)
        };
        let mut ours: Vec<_> = later.ours_s.iter().map(|(n, u)| share(n, u)).collect();
        ours.sort_by(|a, b| b.1.total_cmp(&a.1));
        Cost {
            ours_s: ours.iter().map(|(_, share)| share).sum::<f64>() * all_s,
            ours,
            machine: (later.machine_s - self.machine_s) / all_s,
        }
    }
}

impl Process {
    fn read(id: u32) -> Option<Self> {
        Self::parse(&fs::read_to_string(format!("/proc/{id}/stat")).ok()?)
    }

    /// `PID (NAME) STATE PARENT …`; a name may hold anything, brackets too.
    fn parse(stat: &str) -> Option<Self> {
        let (head, tail) = stat.rsplit_once(") ")?;
        let fields: Vec<_> = tail.split(' ').collect();
        let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
        Some(Self {
            parent: fields.get(PARENT)?.parse().ok()?,
            name: head.split_once('(')?.1.to_owned(),
            used_s: (ticks(USER)? + ticks(SYSTEM)?) / TICKS_PER_S,
            reaped_s: (ticks(REAPED_USER)? + ticks(REAPED_SYSTEM)?) / TICKS_PER_S,
        })
    }
}

fn is_below(processes: &BTreeMap<u32, Process>, mut id: u32, ancestor: u32) -> bool {
    while id != ancestor {
        match processes.get(&id) {
            Some(process) if process.parent != id => id = process.parent,
            _ => return false,
        }
    }
    true
}

/// Of the first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
fn machine_s() -> Option<f64> {
    let stat = fs::read_to_string("/proc/stat").ok()?;
    let mut ticks = stat.lines().next()?.split_whitespace().skip(1);
    let ticks: Vec<f64> = ticks
        .by_ref()
        .take(8)
        .map_while(|it| it.parse().ok())
        .collect();
    let [user, nice, system, _idle, _iowait, irq, softirq, steal] = ticks[..] else {
        return None;
    };
    Some((user + nice + system + irq + softirq + steal) / TICKS_PER_S)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_read_whatever_it_calls_itself() {
        let stat = "42 (a (b) c) S 7 42 42 0 -1 4194304 9 8 7 6 150 50 30 20 20 0 1 0 3 4 5";
        let process = Process::parse(stat).unwrap();
        assert_eq!((process.parent, &*process.name), (7, "a (b) c"));
        assert_eq!((process.used_s, process.reaped_s), (2.0, 0.5));
    }

    #[test]
    fn what_this_process_uses_is_seen() {
        let before = Snapshot::take().unwrap();
        let spin = Instant::now();
        while spin.elapsed().as_millis() < 200 {}
        let cost = before.until(&Snapshot::take().unwrap());
        let used: f64 = cost.ours.iter().map(|(_, share)| share).sum();
        assert!(used > 0.0 && used <= cost.machine + 0.1, "{cost:?}");
    }
}
