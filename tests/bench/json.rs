//! Results for a program to read.

use serde_json::{Map, Value, json};

use crate::{
    findings::Seen,
    run::{GroupResult, Report},
};

impl Report {
    /// The whole report; numbers unrounded, ratios of every round included.
    pub(crate) fn to_json(&self) -> Value {
        let machine = &self.machine;
        let versions: Map<String, Value> = machine
            .versions
            .iter()
            .map(|(name, version)| ((*name).to_owned(), json!(version)))
            .collect();
        json!({
            "back_end": machine.back_end,
            "machine": { "cpu": machine.cpu, "cores": machine.cores, "kernel": machine.kernel },
            "versions": versions,
            "optimised": machine.optimised,
            "rounds": self.plan.rounds,
            "quick": self.plan.quick,
            "floors_hold": self.floors_hold(),
            "goals": self.results.iter().flat_map(|result| self.goals(result)).collect::<Value>(),
            "figures": self.results.iter().flat_map(figures).collect::<Value>(),
        })
    }

    fn goals<'a>(&self, result: &'a GroupResult) -> impl Iterator<Item = Value> + use<'a> {
        let back_end = self.machine.back_end;
        result
            .findings
            .seen
            .iter()
            .map(move |seen| goal(seen, result, back_end))
    }
}

fn goal(seen: &Seen, result: &GroupResult, back_end: &str) -> Value {
    let goal = seen.goal(back_end);
    let cells = seen
        .cells
        .iter()
        .map(|cell| json!({ "work": cell.work, "rounds": cell.values }));
    json!({
        "group": result.group.name(),
        "goal": seen.measure.words(),
        "floor": goal.map(|goal| goal.floor),
        "usual_floor": seen.measure.goal(back_end).map(|goal| goal.floor),
        "aim": goal.map(|goal| goal.aim),
        "limit": seen.limit(),
        "seen": seen.median(),
        "verdict": seen.verdict(back_end).to_string(),
        "second_run": result.repeated,
        "work": cells.collect::<Value>(),
    })
}

fn figures(result: &GroupResult) -> impl Iterator<Item = Value> + use<'_> {
    result
        .findings
        .figures
        .iter()
        .map(|figure| json!({ "what": figure.what, "value": figure.value, "unit": figure.unit }))
}
