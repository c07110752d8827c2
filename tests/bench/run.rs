//! The whole run: groups one after another, those that miss a floor once more, and the outcome.

use anyhow::Result;

use crate::{
    contender::Arena,
    findings::{Findings, Plan},
    goals::Verdict,
    group::Group,
    machine::Machine,
};

/// Everything that a run found.
#[derive(Debug)]
pub(crate) struct Report {
    /// Where and with what.
    pub(crate) machine: Machine,
    /// How much was measured.
    pub(crate) plan: Plan,
    /// By group, in the order they ran.
    pub(crate) results: Vec<GroupResult>,
}

/// What one group found.
#[derive(Debug)]
pub(crate) struct GroupResult {
    /// Which.
    pub(crate) group: Group,
    /// The last findings.
    pub(crate) findings: Findings,
    /// The first ones missed a floor, so these are the second.
    pub(crate) repeated: bool,
}

impl Report {
    /// Measures `groups`.
    ///
    /// # Errors
    /// When one of them cannot be measured.
    pub(crate) async fn make(
        machine: Machine,
        plan: Plan,
        groups: &[Group],
        arena: &Arena,
    ) -> Result<Self> {
        let mut results = Vec::with_capacity(groups.len());
        for group in groups {
            eprintln!("bench: measuring {} ...", group.name());
            let findings = group.run(arena, &plan).await?;
            results.push(GroupResult {
                group: *group,
                findings,
                repeated: false,
            });
        }
        for result in &mut results {
            // A machine has bad moments; a loss in the code is there the second time too.
            if misses_a_floor(&result.findings, machine.back_end) {
                eprintln!(
                    "bench: {} missed a floor: once more ...",
                    result.group.name()
                );
                result.findings = result.group.run(arena, &plan).await?;
                result.repeated = true;
            }
        }
        Ok(Self {
            machine,
            plan,
            results,
        })
    }

    /// Whether everything promised was kept.
    pub(crate) fn floors_hold(&self) -> bool {
        let back_end = self.machine.back_end;
        !self
            .results
            .iter()
            .any(|result| misses_a_floor(&result.findings, back_end))
    }
}

fn misses_a_floor(findings: &Findings, back_end: &str) -> bool {
    findings
        .seen
        .iter()
        .any(|seen| seen.verdict(back_end) == Verdict::BelowFloor)
}

#[cfg(test)]
mod tests {
    use alts::record::aead::BackEnd;

    use super::*;
    use crate::{findings::Seen, goals::Measure};

    fn report(connect: f64) -> Report {
        let seen = vec![
            Seen::single(Measure::RecordWrite, vec![2.0; 9]),
            Seen::single(Measure::Connect, vec![connect; 9]),
        ];
        let findings = Findings {
            seen,
            figures: Vec::new(),
        };
        Report {
            machine: Machine {
                back_end: "ring",
                ..Machine::this(BackEnd::default())
            },
            plan: Plan {
                rounds: 9,
                quick: true,
            },
            results: vec![GroupResult {
                group: Group::Connect,
                findings,
                repeated: true,
            }],
        }
    }

    #[test]
    fn one_missed_floor_is_enough_and_the_table_and_the_file_say_which() {
        assert!(report(0.7).floors_hold());
        let missed = report(0.69);
        assert!(!missed.floors_hold());
        let table = missed.to_string();
        let line = table
            .lines()
            .find(|line| line.starts_with("connect + call, by default"))
            .unwrap();
        for part in [">= 0.70", ">= 1.00", "0.69", "BELOW FLOOR", "(second run)"] {
            assert!(line.contains(part), "no {part} in {line}");
        }
        let json = missed.to_json();
        assert_eq!(json["floors_hold"], false);
        assert_eq!(json["goals"][0]["verdict"], "aim met");
        assert_eq!(json["goals"][1]["verdict"], "BELOW FLOOR");
        assert_eq!(
            json["goals"][1]["work"][0]["rounds"]
                .as_array()
                .unwrap()
                .len(),
            9
        );
    }
}
