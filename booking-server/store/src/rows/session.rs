//! Sessions, the templates they come from, closures and absences.

use booking_domain::{
    Recurrence, Session, SessionOwner, SessionTemplate, Specialty, StaffId, Subject, TemplateId,
    Unavailability,
};
use jiff::{SignedDuration, civil::Date};

use super::record::record;
use crate::{
    PlannedSlot, StoreError,
    db::{Column, Fields, Value, json},
};

record!(Session, "the session" in "session", told of as Session {
    id, version, theatre in "theatre_id", range in "start_us, end_us",
    owner in "owner_kind, owner_surgeon, owner_specialty",
    flags in "anaesthetist, general_anaesthesia, paediatric",
    release_at in "release_at_us", state, template in "template_id, template_date", note,
}
    const TAKES_THEATRE: bool = true;

    fn slot(&self) -> Option<PlannedSlot> {
        Some(PlannedSlot {
            theatre: self.theatre.clone(),
            range: self.range,
        })
    }
);

record!(SessionTemplate, "the session template" in "session_template", told of as SessionTemplate {
    id, version, theatre in "theatre_id",
    owner in "owner_kind, owner_surgeon, owner_specialty",
    flags in "anaesthetist, general_anaesthesia, paediatric",
    weekday, start_minute, end_minute, recurrence in "every_weeks, weeks_of_month",
    first_date, last_date, release_before in "release_before_us",
});

record!(Unavailability, "the closure or absence" in "unavailability", told of as Unavailability {
    id, version, subject in "kind, resource", range in "start_us, end_us", reason,
}
    const TAKES_THEATRE: bool = true;

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
);

/// Three columns: the kind, the surgeon, the branch of surgery.
impl Column for SessionOwner {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let kind = f.text()?;
        let surgeon: Option<StaffId> = f.take()?;
        let specialty: Option<Specialty> = f.take()?;
        match (&*kind, surgeon, specialty) {
            ("SURGEON", Some(surgeon), None) => Ok(Self::Surgeon(surgeon)),
            ("SPECIALTY", None, Some(specialty)) => Ok(Self::Specialty(specialty)),
            ("EMERGENCY", None, None) => Ok(Self::Emergency),
            ("OPEN", None, None) => Ok(Self::Open),
            _ => Err(f.damaged(&"no owner that there can be")),
        }
    }

    fn write(&self, values: &mut Vec<Value>) {
        let (kind, surgeon, specialty) = match self {
            Self::Surgeon(surgeon) => ("SURGEON", Some(surgeon.as_str()), None),
            Self::Specialty(specialty) => ("SPECIALTY", None, Some(specialty.as_str())),
            Self::Emergency => ("EMERGENCY", None, None),
            Self::Open => ("OPEN", None, None),
        };
        values.extend([kind.into(), surgeon.into(), specialty.into()]);
    }
}

/// Two columns: the template, and the date that a session was made for.
impl Column for Option<(TemplateId, Date)> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let template: Option<TemplateId> = f.take()?;
        Ok(template.zip(f.take()?))
    }

    fn write(&self, values: &mut Vec<Value>) {
        let (template, date) = self.clone().unzip();
        template.write(values);
        date.write(values);
    }
}

/// Two columns: every so many weeks, or the weeks of the month.
impl Column for Recurrence {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        let every = f.opt_int()?;
        let weeks = f.opt_parse(|text| serde_json::from_str::<Vec<u8>>(text))?;
        match (every.map(u8::try_from), weeks) {
            (Some(Ok(every)), None) => Ok(Self::EveryWeeks(every)),
            (None, Some(weeks)) => Ok(Self::WeeksOfMonth(weeks)),
            _ => Err(f.damaged(&"recurs in no way that there can be")),
        }
    }

    fn write(&self, values: &mut Vec<Value>) {
        let (every, weeks) = match self {
            Self::EveryWeeks(every) => (Some(i64::from(*every)), None),
            Self::WeeksOfMonth(weeks) => (None, Some(json(weeks))),
        };
        values.extend([every.into(), weeks.into()]);
    }
}

/// Whole microseconds; i64 holds 292,000 years of them.
impl Column for Option<SignedDuration> {
    fn read(f: &mut Fields<'_>) -> Result<Self, StoreError> {
        Ok(f.opt_int()?.map(SignedDuration::from_micros))
    }

    fn write(&self, values: &mut Vec<Value>) {
        let us = self.map(|before| i64::try_from(before.as_micros()).unwrap_or(i64::MAX));
        values.push(us.into());
    }
}
