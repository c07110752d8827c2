//! Sessions, and the templates they recur by.

use booking_domain::{
    Recurrence, Session, SessionFlags, SessionOwner, SessionState, SessionTemplate, Specialty,
};
use booking_proto::ot::v1::{self, session_owner::Owner};
use jiff::SignedDuration;

use super::{
    super::fields::Fields,
    item::{ItemMessage, Known},
    values::{
        MAX_LIST, date, duration, length, minute, minute_of_day, note, text, timestamp,
        unless_empty, weekday,
    },
    words::number,
};
use crate::names::{etag, name, optional, parse};

/// The longest session: the store looks for overlaps no further back.
const MAX_SESSION: SignedDuration = SignedDuration::from_hours(48);

impl ItemMessage for v1::Session {
    type Item = Session;

    fn of(session: &Session) -> Self {
        Self {
            name: name(&session.id),
            theatre: name(&session.theatre),
            start_time: Some(timestamp(session.range.start())),
            end_time: Some(timestamp(session.range.end())),
            owner: Some(owner(&session.owner)),
            flags: Some(flags(session.flags)),
            release_time: session.release_at.map(timestamp),
            state: number(session.state),
            template: optional(session.template.as_ref().map(|(template, _)| template)),
            note: session.note.clone(),
            etag: etag(session.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Session>) -> Option<Session> {
        let theatre = fields.take("session.theatre", parse(&self.theatre));
        let (start, end) = (self.start_time.as_ref(), self.end_time.as_ref());
        let range = fields.range("session.", start, end, minute);
        if range.is_some_and(|range| range.duration() > MAX_SESSION) {
            fields.refuse("session.end_time", "is more than 48 hours after start_time");
        }
        let owner = fields.take("session.owner", to_owner(self.owner.as_ref()));
        let release_at = fields.moment("session.release_time", &self.release_time);
        let note = fields.take("session.note", note(&self.note));
        Some(Session {
            id: known.id?,
            version: 1,
            theatre: theatre?,
            range: range?,
            owner: owner?,
            flags: to_flags(self.flags.as_ref()),
            release_at: release_at?,
            state: known.before.map_or(SessionState::Planned, |it| it.state),
            template: known.before.and_then(|it| it.template.clone()),
            note: note?,
        })
    }
}

impl ItemMessage for v1::SessionTemplate {
    type Item = SessionTemplate;

    fn of(template: &SessionTemplate) -> Self {
        let (interval_weeks, weeks_of_month) = match &template.recurrence {
            Recurrence::EveryWeeks(weeks) => (i32::from(*weeks), Vec::new()),
            Recurrence::WeeksOfMonth(weeks) => (0, weeks.iter().map(|&it| it.into()).collect()),
        };
        Self {
            name: name(&template.id),
            theatre: name(&template.theatre),
            owner: Some(owner(&template.owner)),
            flags: Some(flags(template.flags)),
            weekday: template.weekday.to_monday_one_offset().into(),
            start_minute: template.start_minute.into(),
            end_minute: template.end_minute.into(),
            interval_weeks,
            weeks_of_month,
            first_date: template.first_date.to_string(),
            last_date: text(template.last_date.as_ref()),
            release_before: template.release_before.map(duration),
            etag: etag(template.version),
        }
    }

    fn read(&self, fields: &mut Fields, known: Known<'_, Self::Item>) -> Option<Self::Item> {
        let at = |field: &str| format!("session_template.{field}");
        let theatre = fields.take(at("theatre"), parse(&self.theatre));
        let owner = fields.take(at("owner"), to_owner(self.owner.as_ref()));
        let weekday = fields.take(at("weekday"), weekday(self.weekday));
        let start_minute = fields.take(at("start_minute"), minute_of_day(self.start_minute));
        let end_minute = fields.take(at("end_minute"), minute_of_day(self.end_minute));
        let recurrence = fields.take(at("interval_weeks"), to_recurrence(self));
        let first_date = fields.take(at("first_date"), date(&self.first_date));
        let last_date = fields.take(at("last_date"), unless_empty(&self.last_date, date));
        let release_before = self.release_before.as_ref().map(length).transpose();
        let release_before = fields.take(at("release_before"), release_before);
        if let (Some(first), Some(Some(last))) = (first_date, last_date)
            && last < first
        {
            fields.refuse(at("last_date"), "is before first_date");
        }
        Some(SessionTemplate {
            id: known.id?,
            version: 1,
            theatre: theatre?,
            owner: owner?,
            flags: to_flags(self.flags.as_ref()),
            weekday: weekday?,
            start_minute: start_minute?,
            end_minute: end_minute?,
            recurrence: recurrence?,
            first_date: first_date?,
            last_date: last_date?,
            release_before: release_before?,
        })
    }
}

pub(in crate::grpc) fn owner(owner: &SessionOwner) -> v1::SessionOwner {
    let owner = match owner {
        SessionOwner::Surgeon(staff) => Owner::Surgeon(name(staff)),
        SessionOwner::Specialty(specialty) => Owner::Specialty(specialty.to_string()),
        SessionOwner::Emergency => Owner::Emergency(true),
        SessionOwner::Open => Owner::Open(true),
    };
    v1::SessionOwner { owner: Some(owner) }
}

fn flags(flags: SessionFlags) -> v1::SessionFlags {
    v1::SessionFlags {
        anaesthetist: flags.anaesthetist,
        general_anaesthesia: flags.general_anaesthesia,
        paediatric: flags.paediatric,
    }
}

fn to_owner(wire: Option<&v1::SessionOwner>) -> Result<SessionOwner, String> {
    let owner = wire.and_then(|wire| wire.owner.as_ref());
    match owner.ok_or("must be given: surgeon, specialty, emergency or open")? {
        Owner::Surgeon(staff) => parse(staff)
            .map(SessionOwner::Surgeon)
            .map_err(|why| format!("surgeon {why}")),
        Owner::Specialty(specialty) => Specialty::parse(specialty)
            .map(SessionOwner::Specialty)
            .map_err(|why| format!("specialty {why}")),
        Owner::Emergency(true) => Ok(SessionOwner::Emergency),
        Owner::Open(true) => Ok(SessionOwner::Open),
        Owner::Emergency(false) | Owner::Open(false) => Err("must be true where it is set".into()),
    }
}

fn to_flags(wire: Option<&v1::SessionFlags>) -> SessionFlags {
    let wire = wire.copied().unwrap_or_default();
    SessionFlags {
        anaesthetist: wire.anaesthetist,
        general_anaesthesia: wire.general_anaesthesia,
        paediatric: wire.paediatric,
    }
}

fn to_recurrence(wire: &v1::SessionTemplate) -> Result<Recurrence, &'static str> {
    let small = |number: i32, max: u8| {
        let number = u8::try_from(number).ok();
        number.filter(|number| (1..=max).contains(number))
    };
    if wire.weeks_of_month.is_empty() {
        // What most templates are: every week.
        let weeks = if wire.interval_weeks == 0 {
            1
        } else {
            wire.interval_weeks
        };
        let weeks = small(weeks, 4).ok_or("must be 1 to 4")?;
        return Ok(Recurrence::EveryWeeks(weeks));
    }
    if wire.interval_weeks != 0 || wire.weeks_of_month.len() > MAX_LIST {
        return Err("cannot be given together with weeks_of_month, which are 1 to 5, once each");
    }
    let weeks = wire.weeks_of_month.iter().map(|&week| small(week, 5));
    let mut weeks: Vec<u8> = weeks
        .collect::<Option<_>>()
        .ok_or("weeks_of_month must be 1 to 5")?;
    weeks.sort_unstable();
    weeks.dedup();
    Ok(Recurrence::WeeksOfMonth(weeks))
}
