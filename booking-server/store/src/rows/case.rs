//! Cases.

use std::sync::LazyLock;

use booking_domain::{
    BloodUnits, Cancellation, Case, CaseDetails, Override, Plan, ReasonCode, RuleId, SessionId,
    StaffId, TeamMember, TheatreId, UnitId, Version,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{record::put_row, values::numbers};
use crate::{
    StoreError,
    db::{Column, Fields, Row, Sql, Text, Value, columns, json},
};

/// The columns of `surgical_case`, in the order of the fields below.
const COLUMNS: &str = "id, version, \
    patient_id, procedure, procedure_type_id, condition, specialty, laterality, urgency, \
    anaesthesia, decided_at_us, target_at_us, setup_min, procedure_min, cleanup_min, \
    required_capabilities, notes, blood_units, \
    state, theatre_id, start_us, session_id, \
    wheels_in_us, anaesthesia_ready_us, knife_to_skin_us, closed_us, wheels_out_us, \
    recovery_out_us, theatre_clean_us, \
    cancel_reason, cancel_note, cancelled_at_us, day_of_surgery, aborted, \
    overrides, postponements, import_key, created_us, updated_us";

columns!(Case {
    id,
    version,
    details,
    state,
    plan,
    milestones,
    cancellation,
    overrides,
    postponements,
    import_key,
    created_at,
    updated_at,
});

// Team and units are rows of their own.
columns!(CaseDetails {
    patient, procedure, procedure_type, condition, specialty, laterality, urgency,
    anaesthesia, decided_at, target_at, footprint,
    required_capabilities, notes, blood_units,
} and team, units);

numbers! {
    BloodUnits: |units| u8::try_from(units).ok().and_then(|it| Self::new(it).ok()), |it| it.get();
}

/// What [`read`] reads, in its order, from `surgical_case c`. Identifiers hold no line breaks, so a
/// line each tells them apart.
pub(crate) static SELECTED: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<_> = COLUMNS
        .split(", ")
        .map(|name| format!("c.{name}"))
        .collect();
    format!(
        "{},
        (select string_agg(m.role || ' ' || m.staff_id, '\n') from case_team m
         where m.case_id = c.id) as team,
        (select string_agg(u.unit_id, '\n') from case_unit u where u.case_id = c.id) as units",
        columns.join(", ")
    )
});

/// The text that is searched in: written with the others and never read.
pub(crate) fn search_text(procedure: &str, condition: &str) -> String {
    format!("{procedure}\n{condition}").to_lowercase()
}

/// A row of [`SELECTED`].
pub(crate) fn read(row: &Row) -> Result<Case, StoreError> {
    let f = &mut Fields::of("surgical_case", row);
    let mut case: Case = f.take()?;
    case.details.team = team(f)?;
    case.details.units = units(f)?;
    case.check()
        .map_err(|error| StoreError::Corrupt(format!("surgical_case: {error}")))
}

/// Adds the row of a case, or replaces the one that is in version `before`; team and units are rows
/// of their own.
pub(crate) fn put(case: &Case, before: Option<Version>) -> Sql {
    static WRITTEN: LazyLock<String> = LazyLock::new(|| format!("{COLUMNS}, search_text"));
    let mut values = case.values();
    values.push(search_text(&case.details.procedure, &case.details.condition).into());
    put_row("surgical_case", &WRITTEN, values, before)
}

/// Three columns: theatre, start, session.
impl Column for Option<Plan> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let (theatre, start): (Option<TheatreId>, _) = (f.take()?, f.opt_instant()?);
        let session = f.take()?;
        match (theatre, start) {
            (Some(theatre), Some(start)) => Ok(Some(Plan {
                theatre,
                start,
                session,
            })),
            (None, None) => Ok(None),
            _ => Err(f.damaged(&"half a plan")),
        }
    }

    fn write(&self, values: &mut Vec<Value>) {
        let plan = self.as_ref();
        let session = plan.and_then(|plan| plan.session.as_ref());
        values.push(plan.map(|plan| plan.theatre.as_str()).into());
        values.push(plan.map(|plan| plan.start).into());
        values.push(session.map(SessionId::as_str).into());
    }
}

/// Five columns: reason, note, when, on the day of surgery, aborted.
impl Column for Option<Cancellation> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let reason: Option<ReasonCode> = f.take()?;
        let (note, at) = (f.opt_text()?, f.opt_instant()?);
        let (day_of_surgery, aborted) = (f.opt_flag()?, f.opt_flag()?);
        let Some(reason) = reason else {
            return Ok(None);
        };
        let (Some(note), Some(at), Some(day_of_surgery), Some(aborted)) =
            (note, at, day_of_surgery, aborted)
        else {
            return Err(f.damaged(&"half a cancellation"));
        };
        Ok(Some(Cancellation {
            reason,
            note,
            at,
            day_of_surgery,
            aborted,
        }))
    }

    fn write(&self, values: &mut Vec<Value>) {
        let off = self.as_ref();
        values.extend([
            off.map(|off| off.reason.as_str()).into(),
            off.map(|off| off.note.as_str()).into(),
            off.map(|off| off.at).into(),
            off.map(|off| off.day_of_surgery).into(),
            off.map(|off| off.aborted).into(),
        ]);
    }
}

#[derive(Deserialize, Serialize)]
struct OverrideRow {
    rule: String,
    reason: String,
    author: String,
    at_us: i64,
}

/// As JSON.
impl Column for Vec<Override> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let rows: Vec<OverrideRow> = f.json()?;
        let overridden = |row: OverrideRow| {
            Ok(Override {
                rule: row
                    .rule
                    .parse::<RuleId>()
                    .map_err(|error| f.damaged(&error))?,
                reason: row.reason,
                author: row.author,
                at: Timestamp::from_microsecond(row.at_us).map_err(|error| f.damaged(&error))?,
            })
        };
        rows.into_iter().map(overridden).collect()
    }

    fn write(&self, values: &mut Vec<Value>) {
        let row = |overridden: &Override| OverrideRow {
            rule: overridden.rule.as_str().to_owned(),
            reason: overridden.reason.clone(),
            author: overridden.author.clone(),
            at_us: overridden.at.as_microsecond(),
        };
        values.push(json(self.iter().map(row).collect::<Vec<_>>()).into());
    }
}

/// By role, then by person: the order of a theatre list.
fn team(f: &mut Fields<'_>) -> Result<Vec<TeamMember>, StoreError> {
    let mut team = lines(f, |line| {
        let (role, staff) = line.split_once(' ').ok_or("no role")?;
        Ok(TeamMember {
            staff: StaffId::parse(staff).map_err(|error| error.to_string())?,
            role: Text::parse(role)?,
        })
    })?;
    team.sort_by(|a, b| (a.role, &a.staff).cmp(&(b.role, &b.staff)));
    Ok(team)
}

fn units(f: &mut Fields<'_>) -> Result<Vec<UnitId>, StoreError> {
    let mut units = lines(f, Text::parse)?;
    units.sort();
    Ok(units)
}

/// A text with something on each line; nothing where there is no text.
fn lines<T>(
    f: &mut Fields<'_>,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Vec<T>, StoreError> {
    let text = f.opt_text()?;
    let lines = text.iter().flat_map(|text| text.split('\n'));
    lines
        .map(|line| read(line).map_err(|error| f.damaged(&error)))
        .collect()
}
