//! What the domain's values are in columns.

use booking_domain::{
    Anaesthesia, Capability, CaseId, CaseState, Claim, EquipmentKind, Footprint, HeldClaim,
    Laterality, Milestones, PatientId, ProcedureTypeId, ReasonCode, ReasonGroup, Resource,
    ResourceKind, SessionFlags, SessionId, SessionState, SiteId, Specialty, StaffId, Subject,
    TeamRole, TemplateId, TheatreId, TheatreState, UnavailabilityId, UnitId, Urgency,
};
use jiff::{
    civil::{Date, Weekday},
    tz::TimeZone,
};

use crate::{
    ChangeKind, Outcome, PlannedSlot, StoreError,
    db::{Column, Fields, Text, Value, columns},
};

/// What is kept as its text: an identifier, or one of the words of a choice.
macro_rules! texts {
    (identifiers: $($id:ident)*; words: $($word:ident)*) => {
        $(impl Text for $id {
            fn parse(text: &str) -> Result<Self, String> {
                Self::parse(text).map_err(|error| error.to_string())
            }

            fn text(&self) -> String {
                self.as_str().to_owned()
            }
        })*

        $(impl Text for $word {
            fn parse(text: &str) -> Result<Self, String> {
                let word = text.parse::<Self>();
                word.map_err(|error| error.to_string())
            }

            fn text(&self) -> String {
                self.as_str().to_owned()
            }
        })*
    };
}

texts! {
    identifiers:
        Capability CaseId EquipmentKind PatientId ProcedureTypeId ReasonCode SessionId SiteId
        Specialty StaffId TemplateId TheatreId UnavailabilityId UnitId;
    words:
        Anaesthesia CaseState ChangeKind Laterality Outcome ReasonGroup SessionState TeamRole
        TheatreState
}

impl Text for Date {
    fn parse(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: jiff::Error| error.to_string())
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl Text for TimeZone {
    fn parse(text: &str) -> Result<Self, String> {
        Self::get(text).map_err(|error| error.to_string())
    }

    fn text(&self) -> String {
        self.iana_name().unwrap_or("UTC").to_owned()
    }
}

/// What is kept as a number: how it is found by it, and which it is.
macro_rules! numbers {
    ($($type:ty: |$number:ident| $read:expr, |$value:ident| $write:expr;)*) => {$(
        impl Column for $type {
            fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
                let $number: i64 = f.int()?;
                $read.ok_or_else(|| f.damaged(&"no such number"))
            }

            fn write(&self, values: &mut Vec<Value>) {
                let $value = self;
                values.push(i64::from($write).into());
            }
        }
    )*};
}

numbers! {
    // As they are listed: NCEPOD's numbers.
    Urgency: |number| Self::ALL.into_iter().find(|it| urgency_number(*it) == number), |it| urgency_number(*it);
    ResourceKind: |number| Self::ALL.into_iter().find(|it| *it as i64 == number), |it| *it as i64;
    // 1 for Monday to 7 for Sunday, as ISO 8601 counts.
    Weekday: |day| i8::try_from(day).ok().and_then(|it| Self::from_monday_one_offset(it).ok()),
        |it| it.to_monday_one_offset();
}

pub(super) use numbers;

/// The urgency by NCEPOD's number: its place among all.
pub(crate) fn urgency_number(urgency: Urgency) -> i64 {
    urgency as i64 + 1
}

/// Three columns: setup, procedure, cleanup.
impl Column for Footprint {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let (setup, procedure, cleanup) = (f.take()?, f.take()?, f.take()?);
        Self::new(setup, procedure, cleanup).map_err(|error| f.damaged(&error))
    }

    fn write(&self, values: &mut Vec<Value>) {
        let parts = [self.setup_min(), self.procedure_min(), self.cleanup_min()];
        values.extend(parts.map(Value::from));
    }
}

/// Two columns: the kind's number and the resource's.
impl Column for Subject {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let (kind, resource) = (f.take()?, f.text()?);
        subject(f, kind, &resource)
    }

    fn write(&self, values: &mut Vec<Value>) {
        let (kind, resource) = subject_key(self);
        values.extend([(kind as i64).into(), resource.into()]);
    }
}

/// A subject as the schema has it.
pub(crate) fn subject_key(subject: &Subject) -> (ResourceKind, &str) {
    match subject {
        Subject::Theatre(theatre) => (ResourceKind::Theatre, theatre.as_str()),
        Subject::Staff(staff) => (ResourceKind::Staff, staff.as_str()),
        Subject::Unit(unit) => (ResourceKind::Equipment, unit.as_str()),
    }
}

/// The other way round.
pub(crate) fn subject(
    f: &Fields<'_>,
    kind: ResourceKind,
    resource: &str,
) -> Result<Subject, StoreError> {
    let subject = match kind {
        ResourceKind::Theatre => TheatreId::parse(resource).map(Subject::Theatre),
        ResourceKind::Staff => StaffId::parse(resource).map(Subject::Staff),
        ResourceKind::Equipment => UnitId::parse(resource).map(Subject::Unit),
        ResourceKind::Patient => return Err(f.damaged(&"no such kind")),
    };
    subject.map_err(|error| f.damaged(&error))
}

/// Three columns: theatre, start, end; all or none of them.
impl Column for Option<PlannedSlot> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let theatre: Option<TheatreId> = f.take()?;
        let (start, end) = (f.opt_instant()?, f.opt_instant()?);
        let (Some(theatre), Some(start), Some(end)) = (theatre, start, end) else {
            return Ok(None);
        };
        let range = booking_domain::TimeRange::new(start, end);
        let range = range.map_err(|error| f.damaged(&error))?;
        Ok(Some(PlannedSlot { theatre, range }))
    }

    fn write(&self, values: &mut Vec<Value>) {
        let slot = self.as_ref();
        values.push(slot.map(|slot| slot.theatre.as_str()).into());
        values.push(slot.map(|slot| slot.range.start()).into());
        values.push(slot.map(|slot| slot.range.end()).into());
    }
}

columns!(SessionFlags {
    anaesthetist,
    general_anaesthesia,
    paediatric
});
columns!(Milestones {
    wheels_in,
    anaesthesia_ready,
    knife_to_skin,
    closed,
    wheels_out,
    recovery_out,
    theatre_clean,
});
columns!(Resource { kind, id });
columns!(Claim { resource, range });
columns!(HeldClaim { case, claim });
