//! Results for a person to read: one line per goal, then the plain figures.

use std::fmt::{self, Display};

use crate::{
    findings::{Figure, Plan, Seen},
    goals::{Better, Goal},
    group::Group,
    machine::Machine,
    run::{GroupResult, Report},
};

/// Width of the first column.
const WORDS: usize = 50;

/// What the columns mean.
const LEGEND: &str = "
  limit    what plaintext plus the bare cipher, as fast as they are here, leave possible
  *        the usual floor is out of reach for any code here: this is 0.9 x limit
  from..to lowest and highest median of a kind of work (64 KiB or 1 MiB, up or down), else round
";

impl Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "ALTS on {}; {}, {} cores, {}",
            self.back_end, self.cpu, self.cores, self.kernel
        )?;
        let versions: Vec<_> = self
            .versions
            .iter()
            .map(|(name, version)| format!("{name} {version}"))
            .collect();
        write!(f, "{}", versions.join(", "))?;
        if !self.optimised {
            write!(
                f,
                "\nNOT OPTIMISED: build with --release; these numbers say nothing"
            )?;
        }
        Ok(())
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = self.amount("quick", "thorough");
        write!(
            f,
            "{how}: {} rounds, contenders in turn; medians of ratios within a round",
            self.rounds
        )
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}\n{}\n", self.machine, self.plan)?;
        writeln!(
            f,
            "{:WORDS$} {:>8}  {:>8} {:>6} {:>8}  {:^15}",
            "goal", "floor", "aim", "limit", "seen", "from..to"
        )?;
        for result in &self.results {
            for seen in &result.findings.seen {
                line(f, seen, result, self.machine.back_end)?;
            }
        }
        writeln!(f, "{LEGEND}")?;
        for figure in self
            .results
            .iter()
            .flat_map(|result| &result.findings.figures)
        {
            writeln!(f, "{figure}")?;
        }
        Ok(())
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    seen: &Seen,
    result: &GroupResult,
    back_end: &str,
) -> fmt::Result {
    let goal = seen.goal(back_end);
    let (from, to) = seen.spread();
    let limit = seen
        .limit()
        .map_or_else(String::new, |limit| format!("{limit:.2}"));
    let eased = if goal == seen.measure.goal(back_end) {
        ' '
    } else {
        '*'
    };
    let again = if result.repeated { " (second run)" } else { "" };
    writeln!(
        f,
        "{:WORDS$} {:>8}{eased} {:>8} {limit:>6} {:>8.2}  {:^15} {}{again}",
        seen.measure.words(),
        bound(goal, |goal| goal.floor),
        bound(goal, |goal| goal.aim),
        seen.median(),
        format!("{from:.2}..{to:.2}"),
        seen.verdict(back_end),
    )
}

fn bound(goal: Option<Goal>, which: impl Fn(&Goal) -> f64) -> String {
    let Some(goal) = goal else {
        return "-".to_owned();
    };
    let sign = match goal.better {
        Better::Higher => ">=",
        Better::Lower => "<=",
    };
    let value = which(&goal);
    format!("{sign} {value:.2}")
}

impl Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, value, unit } = self;
        let digits = if *value < 100.0 { 2 } else { 0 };
        write!(f, "  {what:48} {value:>10.digits$} {unit}")
    }
}

/// What could be measured, and what is promised.
pub(crate) fn list(back_end: &str, groups: &[Group]) -> String {
    let mut text = format!(
        "{:8} {:WORDS$} {:>8} {:>8}\n",
        "group", "goal", "floor", "aim"
    );
    for group in groups {
        for measure in group.measures() {
            let goal = measure.goal(back_end);
            let [floor, aim] = [bound(goal, |goal| goal.floor), bound(goal, |goal| goal.aim)];
            text += &format!(
                "{:8} {:WORDS$} {floor:>8} {aim:>8}\n",
                group.name(),
                measure.words()
            );
        }
    }
    text
}
