//! Cases.

use std::sync::LazyLock;

use booking_domain::{
    BloodUnits, Cancellation, Capability, Case, CaseDetails, CaseId, CaseState, Footprint,
    Milestones, Override, PatientId, Plan, ProcedureTypeId, ReasonCode, RuleId, SessionId,
    Specialty, StaffId, TeamMember, TeamRole, TheatreId, UnitId, Urgency,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::json::{ids, json, json_ids};
use crate::{
    StoreError,
    db::{Fields, Row, Sql, Value},
    names::Named,
};

/// A column of `surgical_case`: its name, and what of a case is in it.
type Column = (&'static str, fn(&Case) -> Value);

/// All of a case's row but the identifier, in the order in which [`read`] reads it.
const COLUMNS: [Column; 38] = [
    ("version", |case| case.version.into()),
    ("patient_id", |case| case.details.patient.as_str().into()),
    ("procedure", |case| case.details.procedure.as_str().into()),
    ("procedure_type_id", |case| {
        case.details
            .procedure_type
            .as_ref()
            .map(ProcedureTypeId::as_str)
            .into()
    }),
    ("condition", |case| case.details.condition.as_str().into()),
    ("specialty", |case| {
        case.details
            .specialty
            .as_ref()
            .map(Specialty::as_str)
            .into()
    }),
    ("laterality", |case| case.details.laterality.name().into()),
    ("urgency", |case| {
        urgency_number(case.details.urgency).into()
    }),
    ("anaesthesia", |case| case.details.anaesthesia.name().into()),
    ("decided_at_us", |case| {
        case.details.decided_at.as_microsecond().into()
    }),
    ("target_at_us", |case| us(case.details.target_at)),
    ("setup_min", |case| {
        case.details.footprint.setup_min().into()
    }),
    ("procedure_min", |case| {
        case.details.footprint.procedure_min().into()
    }),
    ("cleanup_min", |case| {
        case.details.footprint.cleanup_min().into()
    }),
    ("required_capabilities", |case| {
        json_ids(&case.details.required_capabilities, Capability::as_str).into()
    }),
    ("notes", |case| case.details.notes.as_str().into()),
    ("blood_units", |case| {
        u16::from(case.details.blood_units.get()).into()
    }),
    ("state", |case| case.state.as_str().into()),
    ("theatre_id", |case| {
        case.plan.as_ref().map(|plan| plan.theatre.as_str()).into()
    }),
    ("start_us", |case| {
        us(case.plan.as_ref().map(|plan| plan.start))
    }),
    ("session_id", |case| {
        let session = case.plan.as_ref().and_then(|plan| plan.session.as_ref());
        session.map(SessionId::as_str).into()
    }),
    ("wheels_in_us", |case| us(case.milestones.wheels_in)),
    ("anaesthesia_ready_us", |case| {
        us(case.milestones.anaesthesia_ready)
    }),
    ("knife_to_skin_us", |case| us(case.milestones.knife_to_skin)),
    ("closed_us", |case| us(case.milestones.closed)),
    ("wheels_out_us", |case| us(case.milestones.wheels_out)),
    ("recovery_out_us", |case| us(case.milestones.recovery_out)),
    ("theatre_clean_us", |case| us(case.milestones.theatre_clean)),
    ("cancel_reason", |case| {
        cancelled(case, |it| it.reason.as_str())
    }),
    ("cancel_note", |case| cancelled(case, |it| it.note.as_str())),
    ("cancelled_at_us", |case| {
        us(case.cancellation.as_ref().map(|it| it.at))
    }),
    ("day_of_surgery", |case| {
        case.cancellation
            .as_ref()
            .map(|it| it.day_of_surgery)
            .into()
    }),
    ("aborted", |case| {
        case.cancellation.as_ref().map(|it| it.aborted).into()
    }),
    ("overrides", |case| {
        json(case.overrides.iter().map(override_row).collect::<Vec<_>>()).into()
    }),
    ("postponements", |case| case.postponements.into()),
    ("import_key", |case| case.import_key.as_deref().into()),
    ("created_us", |case| case.created_at.as_microsecond().into()),
    ("updated_us", |case| case.updated_at.as_microsecond().into()),
];

/// What is searched in: written with the others and never read.
const SEARCHED: Column = ("search_text", |case| {
    search_text(&case.details.procedure, &case.details.condition).into()
});

fn us(instant: Option<Timestamp>) -> Value {
    instant.map(Timestamp::as_microsecond).into()
}

fn cancelled(case: &Case, text: fn(&Cancellation) -> &str) -> Value {
    case.cancellation.as_ref().map(text).into()
}

/// All columns that are written.
fn written() -> impl Iterator<Item = Column> {
    COLUMNS.into_iter().chain([SEARCHED])
}

/// What [`read`] reads, in its order, from `surgical_case c`. Identifiers hold no line breaks, so a
/// line each tells them apart.
pub(crate) static SELECTED: LazyLock<String> = LazyLock::new(|| {
    let columns: Vec<_> = COLUMNS
        .iter()
        .map(|(name, _)| format!("c.{name}"))
        .collect();
    format!(
        "c.id, {},
        (select string_agg(m.role || ' ' || m.staff_id, '\n') from case_team m
         where m.case_id = c.id) as team,
        (select string_agg(u.unit_id, '\n') from case_unit u where u.case_id = c.id) as units",
        columns.join(", ")
    )
});

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

/// A row of [`SELECTED`].
pub(crate) fn read(row: &Row) -> Result<Case, StoreError> {
    let f = &mut Fields::of("surgical_case", row);
    let mut case = Case {
        id: f.parse(CaseId::parse)?,
        version: f.number()?,
        details: details(f)?,
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
    case.details.team = team(f)?;
    case.details.units = units(f)?;
    case.check()
        .map_err(|error| StoreError::Corrupt(format!("surgical_case: {error}")))
}

/// What is asked for, but for team and units, which are rows of their own.
fn details(f: &mut Fields<'_>) -> Result<CaseDetails, StoreError> {
    Ok(CaseDetails {
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
        blood_units: {
            let units = BloodUnits::new(f.number()?);
            units.map_err(|error| f.damaged(&error))?
        },
    })
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
    let mut team = lines(f, |f, line| {
        let (role, staff) = line.split_once(' ').ok_or_else(|| f.damaged(&"no role"))?;
        Ok(TeamMember {
            staff: StaffId::parse(staff).map_err(|error| f.damaged(&error))?,
            role: TeamRole::named(role).map_err(|error| f.damaged(&error))?,
        })
    })?;
    team.sort_by(|a, b| (a.role, &a.staff).cmp(&(b.role, &b.staff)));
    Ok(team)
}

fn units(f: &mut Fields<'_>) -> Result<Vec<UnitId>, StoreError> {
    let mut units = lines(f, |f, line| {
        UnitId::parse(line).map_err(|error| f.damaged(&error))
    })?;
    units.sort();
    Ok(units)
}

/// A text with something on each line; nothing where there is no text.
fn lines<T>(
    f: &mut Fields<'_>,
    read: impl Fn(&Fields<'_>, &str) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let text = f.opt_text()?;
    let lines = text.iter().flat_map(|text| text.split('\n'));
    lines.map(|line| read(f, line)).collect()
}

fn override_row(overridden: &Override) -> OverrideRow {
    OverrideRow {
        rule: overridden.rule.as_str().to_owned(),
        reason: overridden.reason.clone(),
        author: overridden.author.clone(),
        at_us: overridden.at.as_microsecond(),
    }
}

/// Adds the row of a case; team and units are rows of their own.
pub(crate) fn insert(case: &Case) -> Sql {
    let names: Vec<_> = written().map(|(name, _)| name).collect();
    let mut sql = Sql::new("insert into surgical_case (id, ");
    sql.push(&names.join(", "))
        .push(") values (")
        .arg(case.id.as_str());
    for (_, value) in written() {
        sql.push(", ").arg(value(case));
    }
    sql.push(")");
    sql
}

/// Replaces the row of a case that is still in version `before`.
pub(crate) fn update(case: &Case, before: u64) -> Sql {
    let mut sql = Sql::new("update surgical_case set ");
    for (index, (name, value)) in written().enumerate() {
        let separator = if index == 0 { "" } else { ", " };
        sql.push(separator).push(name).push(" = ").arg(value(case));
    }
    sql.push(" where id = ").arg(case.id.as_str());
    sql.push(" and version = ").arg(before);
    sql
}
