//! What a group of measurements found: per measure the ratios of every round, and plain figures.

use crate::{
    goals::{Goal, Measure, Verdict},
    stats::{median, range},
};

/// How much to measure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// Rounds that count.
    pub(crate) rounds: usize,
    /// Less work per round, for machines that wait.
    pub(crate) quick: bool,
}

impl Plan {
    /// One amount for a quick run, another for a thorough one.
    pub(crate) fn amount<T>(&self, quick: T, thorough: T) -> T {
        if self.quick { quick } else { thorough }
    }
}

/// Everything that one group found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What goals are about.
    pub(crate) seen: Vec<Seen>,
    /// What helps to understand it.
    pub(crate) figures: Vec<Figure>,
}

/// One measure, maybe of several kinds of work.
#[derive(Debug)]
pub(crate) struct Seen {
    /// What was compared.
    pub(crate) measure: Measure,
    /// One per kind of work, at least one.
    pub(crate) cells: Vec<Cell>,
}

/// One measure of one kind of work.
#[derive(Debug)]
pub(crate) struct Cell {
    /// Which work; empty when there is one kind only.
    pub(crate) work: String,
    /// One value per round, at least one.
    pub(crate) values: Vec<f64>,
    /// What an ALTS without any overhead of its own would have seen, per round; empty where
    /// nobody knows.
    pub(crate) limits: Vec<f64>,
}

/// A number by itself. It depends on the machine and on its mood: never compare it across runs.
#[derive(Debug)]
pub(crate) struct Figure {
    /// Which work, over what.
    pub(crate) what: String,
    /// The median over the rounds.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
}

impl Seen {
    /// A measure of one kind of work.
    pub(crate) fn single(measure: Measure, values: Vec<f64>) -> Self {
        Self {
            measure,
            cells: vec![Cell {
                work: String::new(),
                values,
                limits: Vec::new(),
            }],
        }
    }

    /// The middle of all rounds of all kinds of work: what the goal is judged by.
    pub(crate) fn median(&self) -> f64 {
        let values: Vec<f64> = self.all(|cell| &cell.values);
        median(&values)
    }

    /// The middle of what would be possible, where that is known.
    pub(crate) fn limit(&self) -> Option<f64> {
        let limits: Vec<f64> = self.all(|cell| &cell.limits);
        (!limits.is_empty()).then(|| median(&limits))
    }

    /// What is promised on this back end and this machine, if anything is.
    pub(crate) fn goal(&self, back_end: &str) -> Option<Goal> {
        let goal = self.measure.goal(back_end)?;
        Some(self.limit().map_or(goal, |limit| goal.within(limit)))
    }

    /// The lowest and the highest median of a kind of work; of a round when there is one kind.
    pub(crate) fn spread(&self) -> (f64, f64) {
        match self.cells.as_slice() {
            [only] => range(&only.values),
            many => range(
                &many
                    .iter()
                    .map(|cell| median(&cell.values))
                    .collect::<Vec<_>>(),
            ),
        }
    }

    /// How it stands to its goal.
    pub(crate) fn verdict(&self, back_end: &str) -> Verdict {
        let goal = self.goal(back_end);
        goal.map_or(Verdict::Informative, |goal| goal.judge(self.median()))
    }

    fn all(&self, which: impl Fn(&Cell) -> &Vec<f64>) -> Vec<f64> {
        self.cells
            .iter()
            .flat_map(|cell| which(cell).iter().copied())
            .collect()
    }
}

impl Figure {
    /// The median of `values`.
    pub(crate) fn of(what: impl Into<String>, values: &[f64], unit: &'static str) -> Self {
        Self {
            what: what.into(),
            value: median(values),
            unit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(work: &str, values: &[f64], limits: &[f64]) -> Cell {
        Cell {
            work: work.to_owned(),
            values: values.to_vec(),
            limits: limits.to_vec(),
        }
    }

    #[test]
    fn a_measure_of_several_works_is_judged_by_all_their_rounds() {
        let cells = vec![
            cell("up", &[1.0, 1.1, 1.2], &[]),
            cell("down", &[1.3, 1.4, 1.5], &[]),
        ];
        let seen = Seen {
            measure: Measure::StreamVsAwsLc,
            cells,
        };
        assert!((seen.median() - 1.25).abs() < 1e-9);
        assert_eq!(seen.spread(), (1.1, 1.4));
        assert_eq!(seen.limit(), None);
        assert_eq!(seen.verdict("ring"), Verdict::Ok);
    }

    #[test]
    fn a_floor_that_no_code_could_reach_here_gives_way_to_what_could() {
        let cells = vec![cell("up", &[0.95, 0.95], &[1.0, 1.0])];
        let mut seen = Seen {
            measure: Measure::StreamVsAwsLc,
            cells,
        };
        assert_eq!(
            seen.verdict("ring"),
            Verdict::Ok,
            "0.95 of 1.0, where 1.2 is impossible"
        );
        seen.cells[0].values = vec![0.85, 0.85];
        assert_eq!(
            seen.verdict("ring"),
            Verdict::BelowFloor,
            "our own overhead"
        );
        seen.cells[0].limits = vec![2.0, 2.0];
        seen.cells[0].values = vec![1.19, 1.19];
        assert_eq!(
            seen.verdict("ring"),
            Verdict::BelowFloor,
            "1.2 is possible again"
        );
    }
}
