//! Cases.

use booking_domain::{
    Cancellation, Capability, Case, CaseId, CaseState, Footprint, Milestones, Override, PatientId,
    Plan, ProcedureTypeId, ReasonCode, RuleId, SessionId, Specialty, StaffId, TeamMember, TeamRole,
    TheatreId, UnitId, Urgency,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ids, json, json_ids};
use crate::{
    StoreError,
    db::{Fields, Row, Sql},
    names::Named,
};

/// What [`read`] reads, in its order, from `surgical_case c`. Identifiers hold no line breaks, so a
/// line each tells them apart.
pub(crate) const COLUMNS: &str = "
    c.id, c.version, c.patient_id, c.procedure, c.procedure_type_id, c.condition, c.specialty,
    c.laterality, c.urgency, c.anaesthesia, c.decided_at_us, c.target_at_us,
    c.setup_min, c.procedure_min, c.cleanup_min, c.required_capabilities, c.notes, c.state,
    c.theatre_id, c.start_us, c.session_id,
    c.wheels_in_us, c.anaesthesia_ready_us, c.knife_to_skin_us, c.closed_us, c.wheels_out_us,
    c.recovery_out_us, c.theatre_clean_us,
    c.cancel_reason, c.cancel_note, c.cancelled_at_us, c.day_of_surgery, c.aborted,
    c.overrides, c.postponements, c.import_key, c.created_us, c.updated_us,
    (select string_agg(m.role || ' ' || m.staff_id, '\n') from case_team m where m.case_id = c.id)
        as team,
    (select string_agg(u.unit_id, '\n') from case_unit u where u.case_id = c.id) as units";

/// The urgency by NCEPOD's number.
pub(crate) fn urgency_number(urgency: Urgency) -> i64 {
    match urgency {
        Urgency::Immediate => 1,
        Urgency::Urgent2a => 2,
        Urgency::Urgent2b => 3,
        Urgency::Expedited => 4,
        Urgency::Elective => 5,
    }
}

/// The other way round.
pub(crate) fn urgency(number: i64) -> Option<Urgency> {
    Some(match number {
        1 => Urgency::Immediate,
        2 => Urgency::Urgent2a,
        3 => Urgency::Urgent2b,
        4 => Urgency::Expedited,
        5 => Urgency::Elective,
        _ => return None,
    })
}

/// The text that is searched in.
pub(crate) fn search_text(procedure: &str, condition: &str) -> String {
    format!("{procedure}\n{condition}").to_lowercase()
}

#[derive(Deserialize, Serialize)]
struct OverrideRow {
    rule: String,
    reason: String,
    author: String,
    at_us: i64,
}

/// A row of [`COLUMNS`].
pub(crate) fn read(row: &Row) -> Result<Case, StoreError> {
    let f = &mut Fields::of("surgical_case", row);
    let case = Case {
        id: f.parse(CaseId::parse)?,
        version: f.number()?,
        patient: f.parse(PatientId::parse)?,
        procedure: f.text()?,
        procedure_type: f.opt_parse(ProcedureTypeId::parse)?,
        condition: f.text()?,
        specialty: f.opt_parse(Specialty::parse)?,
        laterality: f.parse(Named::named)?,
        urgency: {
            let number = f.int()?;
            urgency(number).ok_or_else(|| f.damaged(&"no such urgency"))?
        },
        anaesthesia: f.parse(Named::named)?,
        decided_at: f.instant()?,
        target_at: f.opt_instant()?,
        footprint: footprint(f)?,
        team: Vec::new(),
        units: Vec::new(),
        required_capabilities: ids(f, Capability::parse)?,
        notes: f.text()?,
        state: f.parse(str::parse::<CaseState>)?,
        plan: plan(f)?,
        milestones: milestones(f)?,
        cancellation: cancellation(f)?,
        overrides: overrides(f)?,
        postponements: f.number()?,
        import_key: f.opt_text()?,
        created_at: f.instant()?,
        updated_at: f.instant()?,
    };
    let case = Case {
        team: team(f)?,
        units: units(f)?,
        ..case
    };
    case.check()
        .map_err(|error| StoreError::Corrupt(format!("surgical_case: {error}")))
}

/// Three columns: setup, procedure, cleanup.
pub(crate) fn footprint(f: &mut Fields<'_>) -> Result<Footprint, StoreError> {
    let (setup, procedure, cleanup) = (f.number()?, f.number()?, f.number()?);
    Footprint::new(setup, procedure, cleanup).map_err(|error| f.damaged(&error))
}

fn plan(f: &mut Fields<'_>) -> Result<Option<Plan>, StoreError> {
    let theatre = f.opt_parse(TheatreId::parse)?;
    let start = f.opt_instant()?;
    let session = f.opt_parse(SessionId::parse)?;
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

fn milestones(f: &mut Fields<'_>) -> Result<Milestones, StoreError> {
    Ok(Milestones {
        wheels_in: f.opt_instant()?,
        anaesthesia_ready: f.opt_instant()?,
        knife_to_skin: f.opt_instant()?,
        closed: f.opt_instant()?,
        wheels_out: f.opt_instant()?,
        recovery_out: f.opt_instant()?,
        theatre_clean: f.opt_instant()?,
    })
}

fn cancellation(f: &mut Fields<'_>) -> Result<Option<Cancellation>, StoreError> {
    let reason = f.opt_parse(ReasonCode::parse)?;
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

fn overrides(f: &mut Fields<'_>) -> Result<Vec<Override>, StoreError> {
    let rows: Vec<OverrideRow> = f.json()?;
    rows.into_iter()
        .map(|row| {
            Ok(Override {
                rule: RuleId::named(&row.rule).map_err(|error| f.damaged(&error))?,
                reason: row.reason,
                author: row.author,
                at: Timestamp::from_microsecond(row.at_us).map_err(|error| f.damaged(&error))?,
            })
        })
        .collect()
}

/// By role, then by person: the order of a theatre list.
fn team(f: &mut Fields<'_>) -> Result<Vec<TeamMember>, StoreError> {
    let Some(lines) = f.opt_text()? else {
        return Ok(Vec::new());
    };
    let member = |line: &str| {
        let (role, staff) = line.split_once(' ').ok_or_else(|| f.damaged(&"no role"))?;
        Ok(TeamMember {
            staff: StaffId::parse(staff).map_err(|error| f.damaged(&error))?,
            role: TeamRole::named(role).map_err(|error| f.damaged(&error))?,
        })
    };
    let mut team = lines
        .split('\n')
        .map(member)
        .collect::<Result<Vec<_>, StoreError>>()?;
    team.sort_by(|a, b| (a.role, &a.staff).cmp(&(b.role, &b.staff)));
    Ok(team)
}

fn units(f: &mut Fields<'_>) -> Result<Vec<UnitId>, StoreError> {
    let Some(lines) = f.opt_text()? else {
        return Ok(Vec::new());
    };
    let parse = |line| UnitId::parse(line).map_err(|error| f.damaged(&error));
    let mut units = lines
        .split('\n')
        .map(parse)
        .collect::<Result<Vec<_>, _>>()?;
    units.sort();
    Ok(units)
}

/// What [`values`] gives, in its order; all of a case's row but the id.
const WRITTEN: [&str; 38] = [
    "version",
    "patient_id",
    "procedure",
    "procedure_type_id",
    "condition",
    "search_text",
    "specialty",
    "laterality",
    "urgency",
    "anaesthesia",
    "decided_at_us",
    "target_at_us",
    "setup_min",
    "procedure_min",
    "cleanup_min",
    "required_capabilities",
    "notes",
    "state",
    "theatre_id",
    "start_us",
    "session_id",
    "wheels_in_us",
    "anaesthesia_ready_us",
    "knife_to_skin_us",
    "closed_us",
    "wheels_out_us",
    "recovery_out_us",
    "theatre_clean_us",
    "cancel_reason",
    "cancel_note",
    "cancelled_at_us",
    "day_of_surgery",
    "aborted",
    "overrides",
    "postponements",
    "import_key",
    "created_us",
    "updated_us",
];

fn us(instant: Option<Timestamp>) -> Option<i64> {
    instant.map(Timestamp::as_microsecond)
}

/// The row's values in the order of [`WRITTEN`].
fn values(sql: Sql, case: &Case) -> Sql {
    let plan = case.plan.as_ref();
    let happened = &case.milestones;
    let cancelled = case.cancellation.as_ref();
    let overrides: Vec<_> = case.overrides.iter().map(override_row).collect();
    sql.bind(case.version)
        .bind(case.patient.as_str())
        .bind(case.procedure.as_str())
        .bind(case.procedure_type.as_ref().map(ProcedureTypeId::as_str))
        .bind(case.condition.as_str())
        .bind(search_text(&case.procedure, &case.condition))
        .bind(case.specialty.as_ref().map(Specialty::as_str))
        .bind(case.laterality.name())
        .bind(urgency_number(case.urgency))
        .bind(case.anaesthesia.name())
        .bind(case.decided_at.as_microsecond())
        .bind(us(case.target_at))
        .bind(case.footprint.setup_min())
        .bind(case.footprint.procedure_min())
        .bind(case.footprint.cleanup_min())
        .bind(json_ids(&case.required_capabilities, Capability::as_str))
        .bind(case.notes.as_str())
        .bind(case.state.as_str())
        .bind(plan.map(|plan| plan.theatre.as_str()))
        .bind(us(plan.map(|plan| plan.start)))
        .bind(
            plan.and_then(|plan| plan.session.as_ref())
                .map(SessionId::as_str),
        )
        .bind(us(happened.wheels_in))
        .bind(us(happened.anaesthesia_ready))
        .bind(us(happened.knife_to_skin))
        .bind(us(happened.closed))
        .bind(us(happened.wheels_out))
        .bind(us(happened.recovery_out))
        .bind(us(happened.theatre_clean))
        .bind(cancelled.map(|cancelled| cancelled.reason.as_str()))
        .bind(cancelled.map(|cancelled| cancelled.note.as_str()))
        .bind(us(cancelled.map(|cancelled| cancelled.at)))
        .bind(cancelled.map(|cancelled| cancelled.day_of_surgery))
        .bind(cancelled.map(|cancelled| cancelled.aborted))
        .bind(json(overrides))
        .bind(case.postponements)
        .bind(case.import_key.as_deref())
        .bind(case.created_at.as_microsecond())
        .bind(case.updated_at.as_microsecond())
}

fn override_row(set_aside: &Override) -> OverrideRow {
    OverrideRow {
        rule: set_aside.rule.as_str().to_owned(),
        reason: set_aside.reason.clone(),
        author: set_aside.author.clone(),
        at_us: set_aside.at.as_microsecond(),
    }
}

/// Adds the row of a case; team and units are rows of their own.
pub(crate) fn insert(case: &Case) -> Sql {
    let mut sql = Sql::new("insert into surgical_case (id");
    for column in WRITTEN {
        sql.push(", ").push(column);
    }
    sql.push(") values ($1");
    for index in 0..WRITTEN.len() {
        sql.push(&format!(", ${}", index + 2));
    }
    sql.push(")");
    values(sql.bind(case.id.as_str()), case)
}

/// Replaces the row of a case that is still in version `before`.
pub(crate) fn update(case: &Case, before: u64) -> Sql {
    let mut sql = Sql::new("update surgical_case set ");
    for (index, column) in WRITTEN.iter().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        sql.push(&format!("{separator}{column} = ${}", index + 3));
    }
    sql.push(" where id = $1 and version = $2");
    values(sql.bind(case.id.as_str()).bind(before), case)
}
