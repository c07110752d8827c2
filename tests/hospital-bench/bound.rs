//! What bounds the bookings, from what was measured meanwhile; pure.
//!
//! ```text
//!   the writers' lane:  ▐ work ▌▐ commit: the disk ▌▐ idle ▌    of the time that passed
//!   the processors:     ▐ server ▌▐ client ▌▐ … ▌▐ idle ▌       of the time that they had
//! ```

use std::fmt;

use crate::cost::Cost;

/// Busier than this, something is full: what is left is the gaps between two things to do.
const FULL: f64 = 0.85;

/// How the one lane in which everything is written spent its time, in shares of it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct LaneTime {
    /// Deciding and writing, the wait for a processor included.
    pub(crate) work: f64,
    /// Waiting for a commit to be durable.
    pub(crate) commit: f64,
    /// Works that shared a commit, on average.
    pub(crate) works_per_commit: f64,
    /// One commit. Milliseconds.
    pub(crate) commit_ms: f64,
}

/// What has no more to give.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Limit {
    /// All processors are busy; the greediest of ours, and how much is somebody else's.
    Processors { greediest: String, others: f64 },
    /// The lane waits for the disk.
    Disk,
    /// The lane works without a pause on one processor.
    Lane,
    /// Nothing is full: each caller waits for its own answer.
    Callers,
}

impl Limit {
    pub(crate) fn of(lane: LaneTime, cost: &Cost) -> Self {
        let ours: f64 = cost.ours.iter().map(|(_, share)| share).sum();
        // A lane that waits for a processor seems to work, so the processors are asked first.
        if cost.machine >= FULL {
            return Self::Processors {
                greediest: cost.ours.first().map(|it| it.0.clone()).unwrap_or_default(),
                others: (cost.machine - ours).max(0.0),
            };
        }
        match lane.work + lane.commit {
            full if full >= FULL && lane.commit > lane.work => Self::Disk,
            full if full >= FULL => Self::Lane,
            _ => Self::Callers,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Processors { greediest, others } => {
                write!(f, "the processors, most of all by {greediest}")?;
                match percent(*others) {
                    0..=4 => Ok(()),
                    others => write!(f, "; {others} % went to others on this machine"),
                }
            }
            Self::Disk => f.write_str("the disk: commits wait for it"),
            Self::Lane => f.write_str("the one lane of writes, at work without a pause"),
            Self::Callers => f.write_str("the callers, each of whom waits for an answer"),
        }
    }
}

impl fmt::Display for LaneTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "lane: works {} %, commits {} % ({:.1} ms for {:.1} bookings each)",
            percent(self.work),
            percent(self.commit),
            self.commit_ms,
            self.works_per_commit
        )
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "processors: {} % busy", percent(self.machine))?;
        for (name, share) in self.ours.iter().filter(|it| percent(it.1) > 0) {
            write!(f, ", {name} {} %", percent(*share))?;
        }
        Ok(())
    }
}

fn percent(share: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "some hundred")]
    let percent = (share * 100.0).round() as i64;
    percent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_full_bounds_and_the_processors_come_first() {
        let lane = |work, commit| LaneTime {
            work,
            commit,
            ..LaneTime::default()
        };
        let cost = |ours, machine| Cost {
            ours: vec![("booking-server".to_owned(), ours)],
            machine,
            ours_s: 0.0,
        };
        let processors = |others| Limit::Processors {
            greediest: "booking-server".to_owned(),
            others,
        };
        let table = [
            (lane(0.8, 0.1), cost(1.0, 1.0), processors(0.0)),
            (lane(0.8, 0.1), cost(0.5, 1.0), processors(0.5)),
            (lane(0.8, 0.1), cost(0.5, 0.6), Limit::Lane),
            (lane(0.2, 0.7), cost(0.5, 0.6), Limit::Disk),
            (lane(0.2, 0.2), cost(0.5, 0.6), Limit::Callers),
        ];
        for (lane, cost, limit) in table {
            assert_eq!(Limit::of(lane, &cost), limit);
        }
        let words = processors(0.5).to_string();
        assert!(words.contains("by booking-server; 50 %"), "{words}");
    }
}
