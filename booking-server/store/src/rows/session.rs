//! Sessions, the templates they come from, closures and absences.

use booking_domain::{
    Recurrence, ResourceKind, Session, SessionFlags, SessionId, SessionOwner, SessionTemplate,
    Specialty, StaffId, Subject, TemplateId, TheatreId, Unavailability, UnavailabilityId, UnitId,
};
use jiff::{SignedDuration, civil::Date};

use super::{
    json::json,
    record::{Record, Table},
};
use crate::{
    ChangeKind, PlannedSlot, StoreError,
    db::{Fields, Sql},
    names::{Named, weekday},
};

impl Record for Session {
    const TABLE: Table = Table {
        what: "the session",
        name: "session",
        kind: ChangeKind::Session,
        columns: "id, version, theatre_id, start_us, end_us, owner_kind, owner_surgeon, \
                  owner_specialty, anaesthetist, general_anaesthesia, paediatric, \
                  release_at_us, state, template_id, template_date, note",
    };

    const TAKES_THEATRE: bool = true;

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
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

    fn bind(&self, sql: Sql) -> Sql {
        let sql = sql
            .bind(self.id.as_str())
            .bind(self.version)
            .bind(self.theatre.as_str())
            .bind(self.range.start().as_microsecond())
            .bind(self.range.end().as_microsecond());
        let sql = bind_flags(bind_owner(sql, &self.owner), self.flags);
        let template = self.template.as_ref();
        sql.bind(self.release_at.map(|at| at.as_microsecond()))
            .bind(self.state.name())
            .bind(template.map(|(id, _)| id.as_str()))
            .bind(template.map(|(_, date)| date.to_string()))
            .bind(self.note.as_str())
    }

    fn slot(&self) -> Option<PlannedSlot> {
        Some(PlannedSlot {
            theatre: self.theatre.clone(),
            range: self.range,
        })
    }
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

impl Record for SessionTemplate {
    const TABLE: Table = Table {
        what: "the session template",
        name: "session_template",
        kind: ChangeKind::SessionTemplate,
        columns: "id, version, theatre_id, owner_kind, owner_surgeon, owner_specialty, \
                  anaesthetist, general_anaesthesia, paediatric, weekday, start_minute, \
                  end_minute, every_weeks, weeks_of_month, first_date, last_date, \
                  release_before_us",
    };

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
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

    fn bind(&self, sql: Sql) -> Sql {
        let sql = sql
            .bind(self.id.as_str())
            .bind(self.version)
            .bind(self.theatre.as_str());
        let sql = bind_flags(bind_owner(sql, &self.owner), self.flags);
        let (every, weeks) = match &self.recurrence {
            Recurrence::EveryWeeks(every) => (Some(i64::from(*every)), None),
            Recurrence::WeeksOfMonth(weeks) => (None, Some(json(weeks))),
        };
        let release = self.release_before;
        sql.bind(i64::from(self.weekday.to_monday_one_offset()))
            .bind(self.start_minute)
            .bind(self.end_minute)
            .bind(every)
            .bind(weeks)
            .bind(self.first_date.to_string())
            .bind(self.last_date.map(|date| date.to_string()))
            // Whole microseconds; i64 holds 292,000 years of them.
            .bind(release.map(|before| i64::try_from(before.as_micros()).unwrap_or(i64::MAX)))
    }
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

impl Record for Unavailability {
    const TABLE: Table = Table {
        what: "the closure or absence",
        name: "unavailability",
        kind: ChangeKind::Unavailability,
        columns: "id, version, kind, resource, start_us, end_us, reason",
    };

    const TAKES_THEATRE: bool = true;

    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(Self {
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

    fn bind(&self, sql: Sql) -> Sql {
        let (kind, resource) = subject_key(&self.subject);
        sql.bind(self.id.as_str())
            .bind(self.version)
            .bind(kind as i64)
            .bind(resource)
            .bind(self.range.start().as_microsecond())
            .bind(self.range.end().as_microsecond())
            .bind(self.reason.as_str())
    }

    /// Only a theatre's closure has one.
    fn slot(&self) -> Option<PlannedSlot> {
        match &self.subject {
            Subject::Theatre(theatre) => Some(PlannedSlot {
                theatre: theatre.clone(),
                range: self.range,
            }),
            Subject::Staff(_) | Subject::Unit(_) => None,
        }
    }
}
