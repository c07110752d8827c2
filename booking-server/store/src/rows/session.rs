//! Sessions, the templates they come from, closures and absences.

use booking_domain::{
    Recurrence, ResourceKind, Session, SessionFlags, SessionId, SessionOwner, SessionTemplate,
    Specialty, StaffId, Subject, TemplateId, TheatreId, Unavailability, UnavailabilityId, UnitId,
};
use jiff::{SignedDuration, civil::Date};

use super::json;
use crate::{
    StoreError,
    db::{Fields, Row, Sql},
    names::{Named, weekday},
};

/// What [`read_session`] reads, from `session s`.
pub(crate) const SESSION: &str = "
    s.id, s.version, s.theatre_id, s.start_us, s.end_us, s.owner_kind, s.owner_surgeon,
    s.owner_specialty, s.anaesthetist, s.general_anaesthesia, s.paediatric, s.release_at_us,
    s.state, s.template_id, s.template_date, s.note";

/// What [`read_template`] reads, from `session_template t`.
pub(crate) const TEMPLATE: &str = "
    t.id, t.version, t.theatre_id, t.owner_kind, t.owner_surgeon, t.owner_specialty,
    t.anaesthetist, t.general_anaesthesia, t.paediatric, t.weekday, t.start_minute, t.end_minute,
    t.every_weeks, t.weeks_of_month, t.first_date, t.last_date, t.release_before_us";

/// What [`read_unavailability`] reads, from `unavailability n`.
pub(crate) const UNAVAILABILITY: &str =
    "n.id, n.version, n.kind, n.resource, n.start_us, n.end_us, n.reason";

pub(crate) fn read_session(row: &Row) -> Result<Session, StoreError> {
    session(&mut Fields::of("session", row))
}

/// The columns of [`SESSION`], from where `f` stands.
pub(crate) fn session(f: &mut Fields<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        id: f.parse(SessionId::parse)?,
        version: f.number()?,
        theatre: f.parse(TheatreId::parse)?,
        range: f.range()?,
        owner: owner(f)?,
        flags: flags(f)?,
        release_at: f.opt_instant()?,
        state: f.parse(Named::named)?,
        template: {
            let template = f.opt_parse(TemplateId::parse)?;
            template.zip(f.opt_parse(str::parse::<Date>)?)
        },
        note: f.text()?,
    })
}

fn owner(f: &mut Fields<'_>) -> Result<SessionOwner, StoreError> {
    let kind = f.text()?;
    let surgeon = f.opt_parse(StaffId::parse)?;
    let specialty = f.opt_parse(Specialty::parse)?;
    match (&*kind, surgeon, specialty) {
        ("SURGEON", Some(surgeon), None) => Ok(SessionOwner::Surgeon(surgeon)),
        ("SPECIALTY", None, Some(specialty)) => Ok(SessionOwner::Specialty(specialty)),
        ("EMERGENCY", None, None) => Ok(SessionOwner::Emergency),
        ("OPEN", None, None) => Ok(SessionOwner::Open),
        _ => Err(f.damaged(&"no owner that there can be")),
    }
}

/// Three values: the kind, the surgeon, the branch of surgery.
fn bind_owner(sql: Sql, owner: &SessionOwner) -> Sql {
    let (kind, surgeon, specialty) = match owner {
        SessionOwner::Surgeon(surgeon) => ("SURGEON", Some(surgeon.as_str()), None),
        SessionOwner::Specialty(specialty) => ("SPECIALTY", None, Some(specialty.as_str())),
        SessionOwner::Emergency => ("EMERGENCY", None, None),
        SessionOwner::Open => ("OPEN", None, None),
    };
    sql.bind(kind).bind(surgeon).bind(specialty)
}

fn flags(f: &mut Fields<'_>) -> Result<SessionFlags, StoreError> {
    Ok(SessionFlags {
        anaesthetist: f.flag()?,
        general_anaesthesia: f.flag()?,
        paediatric: f.flag()?,
    })
}

fn bind_flags(sql: Sql, flags: SessionFlags) -> Sql {
    sql.bind(flags.anaesthetist)
        .bind(flags.general_anaesthesia)
        .bind(flags.paediatric)
}

/// Sixteen columns in the order of [`SESSION`].
pub(crate) fn bind_session(sql: Sql, session: &Session) -> Sql {
    let sql = sql
        .bind(session.id.as_str())
        .bind(session.version)
        .bind(session.theatre.as_str())
        .bind(session.range.start().as_microsecond())
        .bind(session.range.end().as_microsecond());
    let sql = bind_flags(bind_owner(sql, &session.owner), session.flags);
    let template = session.template.as_ref();
    sql.bind(session.release_at.map(|at| at.as_microsecond()))
        .bind(session.state.name())
        .bind(template.map(|(id, _)| id.as_str()))
        .bind(template.map(|(_, date)| date.to_string()))
        .bind(session.note.as_str())
}

pub(crate) fn read_template(row: &Row) -> Result<SessionTemplate, StoreError> {
    let f = &mut Fields::of("session_template", row);
    Ok(SessionTemplate {
        id: f.parse(TemplateId::parse)?,
        version: f.number()?,
        theatre: f.parse(TheatreId::parse)?,
        owner: owner(f)?,
        flags: flags(f)?,
        weekday: {
            let number = f.number()?;
            weekday(number).map_err(|error| f.damaged(&error))?
        },
        start_minute: f.number()?,
        end_minute: f.number()?,
        recurrence: recurrence(f)?,
        first_date: f.parse(str::parse::<Date>)?,
        last_date: f.opt_parse(str::parse::<Date>)?,
        release_before: f.opt_int()?.map(SignedDuration::from_micros),
    })
}

fn recurrence(f: &mut Fields<'_>) -> Result<Recurrence, StoreError> {
    let every = f.opt_int()?;
    let weeks = f.opt_parse(|text| serde_json::from_str::<Vec<u8>>(text))?;
    match (every.map(u8::try_from), weeks) {
        (Some(Ok(every)), None) => Ok(Recurrence::EveryWeeks(every)),
        (None, Some(weeks)) => Ok(Recurrence::WeeksOfMonth(weeks)),
        _ => Err(f.damaged(&"recurs in no way that there can be")),
    }
}

/// Seventeen columns in the order of [`TEMPLATE`].
pub(crate) fn bind_template(sql: Sql, template: &SessionTemplate) -> Sql {
    let sql = sql
        .bind(template.id.as_str())
        .bind(template.version)
        .bind(template.theatre.as_str());
    let sql = bind_flags(bind_owner(sql, &template.owner), template.flags);
    let (every, weeks) = match &template.recurrence {
        Recurrence::EveryWeeks(every) => (Some(i64::from(*every)), None),
        Recurrence::WeeksOfMonth(weeks) => (None, Some(json(weeks))),
    };
    let release = template.release_before;
    sql.bind(i64::from(template.weekday.to_monday_one_offset()))
        .bind(template.start_minute)
        .bind(template.end_minute)
        .bind(every)
        .bind(weeks)
        .bind(template.first_date.to_string())
        .bind(template.last_date.map(|date| date.to_string()))
        // Whole microseconds; i64 holds 292,000 years of them.
        .bind(release.map(|before| i64::try_from(before.as_micros()).unwrap_or(i64::MAX)))
}

/// A subject as the schema has it: the kind's number and the resource's.
pub(crate) fn subject_key(subject: &Subject) -> (ResourceKind, &str) {
    match subject {
        Subject::Theatre(theatre) => (ResourceKind::Theatre, theatre.as_str()),
        Subject::Staff(staff) => (ResourceKind::Staff, staff.as_str()),
        Subject::Unit(unit) => (ResourceKind::Equipment, unit.as_str()),
    }
}

/// The other way round.
pub(crate) fn subject(f: &Fields<'_>, kind: i64, resource: &str) -> Result<Subject, StoreError> {
    let subject = match kind {
        1 => TheatreId::parse(resource).map(Subject::Theatre),
        2 => StaffId::parse(resource).map(Subject::Staff),
        4 => UnitId::parse(resource).map(Subject::Unit),
        _ => return Err(f.damaged(&"no such kind")),
    };
    subject.map_err(|error| f.damaged(&error))
}

pub(crate) fn read_unavailability(row: &Row) -> Result<Unavailability, StoreError> {
    let f = &mut Fields::of("unavailability", row);
    Ok(Unavailability {
        id: f.parse(UnavailabilityId::parse)?,
        version: f.number()?,
        subject: {
            let kind = f.int()?;
            let resource = f.text()?;
            subject(f, kind, &resource)?
        },
        range: f.range()?,
        reason: f.text()?,
    })
}

/// Seven columns in the order of [`UNAVAILABILITY`].
pub(crate) fn bind_unavailability(sql: Sql, unavailability: &Unavailability) -> Sql {
    let (kind, resource) = subject_key(&unavailability.subject);
    sql.bind(unavailability.id.as_str())
        .bind(unavailability.version)
        .bind(kind as i64)
        .bind(resource)
        .bind(unavailability.range.start().as_microsecond())
        .bind(unavailability.range.end().as_microsecond())
        .bind(unavailability.reason.as_str())
}
