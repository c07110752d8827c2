//! Figures, the bounds that were promised, and whether they hold; pure.

use std::fmt;

/// What a figure must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Bound {
    /// Nothing in particular.
    None,
    /// This or more.
    AtLeast(f64),
    /// This or less.
    AtMost(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        // A NaN holds to nothing.
        match self {
            Self::None => true,
            Self::AtLeast(bound) => value >= bound,
            Self::AtMost(bound) => value <= bound,
        }
    }
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.pad(""),
            Self::AtLeast(bound) => f.pad(&format!(">= {bound}")),
            Self::AtMost(bound) => f.pad(&format!("<= {bound}")),
        }
    }
}

/// One figure.
#[derive(Debug)]
struct Figure {
    what: String,
    value: f64,
    unit: &'static str,
    bound: Bound,
}

/// All of a run, in the order they were seen.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    figures: Vec<Figure>,
    notes: Vec<String>,
}

impl Findings {
    /// Adds one.
    pub(crate) fn add(&mut self, what: String, value: f64, unit: &'static str, bound: Bound) {
        eprintln!("hospital-bench: {what}: {value:.1} {unit}");
        self.figures.push(Figure {
            what,
            value,
            unit,
            bound,
        });
    }

    /// Adds words below the figures.
    pub(crate) fn note(&mut self, words: String) {
        eprintln!("hospital-bench: {words}");
        self.notes.push(words);
    }

    /// Whether every bound holds.
    pub(crate) fn all_hold(&self) -> bool {
        self.figures
            .iter()
            .all(|figure| figure.bound.holds(figure.value))
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<58} {:>9}  {:>10}  verdict",
            "figure", "bound", "seen"
        )?;
        for figure in &self.figures {
            let verdict = match figure.bound {
                Bound::None => "",
                bound if bound.holds(figure.value) => "ok",
                _ => "MISSED",
            };
            let what = format!("{}, {}", figure.what, figure.unit);
            writeln!(
                f,
                "{what:<58} {:>9}  {:>10.1}  {verdict}",
                figure.bound, figure.value
            )?;
        }
        for note in &self.notes {
            writeln!(f, "{note}")?;
        }
        Ok(())
    }
}

/// The smallest of `times` that `share` of all do not exceed; NaN for none.
pub(crate) fn percentile(times: &[f64], share: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "some hundred times, and a share between 0 and 1"
    )]
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted
        .get(rank.saturating_sub(1))
        .copied()
        .unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_missed_bound_is_enough_and_the_table_says_which() {
        let mut findings = Findings::default();
        findings.add("bookings".into(), 1000.0, "1/s", Bound::AtLeast(1000.0));
        findings.add("seen by the way".into(), 7.0, "ms", Bound::None);
        assert!(findings.all_hold());
        findings.add("board".into(), 50.1, "ms", Bound::AtMost(50.0));
        assert!(!findings.all_hold());
        let table = findings.to_string();
        let missed: Vec<_> = table
            .lines()
            .filter(|line| line.contains("MISSED"))
            .collect();
        assert!(
            missed.len() == 1 && missed[0].starts_with("board, ms"),
            "{table}"
        );
    }

    #[test]
    fn a_percentile_is_a_time_that_was_seen() {
        let times: Vec<f64> = (1..=20).rev().map(f64::from).collect();
        assert_eq!(percentile(&times, 0.5), 10.0);
        assert_eq!(percentile(&times, 0.95), 19.0);
        assert_eq!(percentile(&times, 1.0), 20.0);
        assert!(percentile(&[], 0.5).is_nan());
    }
}
