//! How the owners of sessions used them.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    rows::{Definition, Period, ReportRow, define},
    statistics::{minutes, sum},
};
use crate::{
    Session, SessionOwner, SessionState, Specialty, StaffId, TheatreId, TimeRange,
    opening::civil_date,
    time_range::{later, union},
};

/// A patient may be in a room for two days; beyond that a stay is an error in the data.
const LONGEST_STAY_MIN: i64 = 2 * 24 * 60;

/// One owner, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionUseRow {
    /// `None`: all together.
    pub owner: Option<SessionOwner>,
    /// Sessions that count.
    pub sessions: u32,
    /// How long they were planned.
    pub planned_min: f64,
    /// With a patient in the room, in the sessions.
    pub in_room_min: f64,
    /// In room ÷ planned; 0 to 1.
    pub session_utilisation: f64,
    /// Touch time in the sessions ÷ planned; 0 to 1.
    pub capped: f64,
    /// Touch time in the sessions and beyond their ends ÷ planned.
    pub uncapped: f64,
}

/// The figures and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionUseReport {
    /// All owners together, then surgeons and specialties by name, emergencies, open ones. Empty
    /// without sessions.
    pub rows: Vec<SessionUseRow>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// Owners in the order of the report.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Key<'a> {
    Surgeon(&'a StaffId),
    Specialty(&'a Specialty),
    Emergency,
    Open,
}

impl<'a> From<&'a SessionOwner> for Key<'a> {
    fn from(owner: &'a SessionOwner) -> Self {
        match owner {
            SessionOwner::Surgeon(staff) => Self::Surgeon(staff),
            SessionOwner::Specialty(specialty) => Self::Specialty(specialty),
            SessionOwner::Emergency => Self::Emergency,
            SessionOwner::Open => Self::Open,
        }
    }
}

/// A patient's time in a theatre, and from when on somebody's hands were on them.
struct Touch {
    in_room: TimeRange,
    touch: TimeRange,
}

/// Durations as they are added up.
#[derive(Clone, Copy, Default)]
struct Sums {
    sessions: u32,
    planned: SignedDuration,
    in_room: SignedDuration,
    touch: SignedDuration,
    beyond: SignedDuration,
}

/// Use of the sessions, by owner.
pub fn session_use(rows: &[ReportRow], sessions: &[Session], period: &Period) -> SessionUseReport {
    let mut touched: BTreeMap<&TheatreId, Vec<Touch>> = BTreeMap::new();
    for (theatre, touch) in rows.iter().filter_map(touch) {
        touched.entry(theatre).or_default().push(touch);
    }
    for of_theatre in touched.values_mut() {
        of_theatre.sort_by_key(|touch| touch.in_room);
    }
    let mut owners: BTreeMap<Key<'_>, (&SessionOwner, Sums)> = BTreeMap::new();
    let mut all = Sums::default();
    let counted = sessions.iter().filter(|session| {
        let date = civil_date(session.range.start(), &period.zone);
        session.state == SessionState::Planned && period.first <= date && date <= period.last
    });
    for session in counted {
        let used = Sums::of(
            &session.range,
            touched.get(&session.theatre).map_or(&[][..], Vec::as_slice),
        );
        let owner = owners.entry(Key::from(&session.owner));
        owner
            .or_insert_with(|| (&session.owner, Sums::default()))
            .1
            .add(&used);
        all.add(&used);
    }
    let mut rows = Vec::with_capacity(owners.len() + 1);
    if all.sessions > 0 {
        rows.push(all.row(None));
    }
    rows.extend(
        owners
            .values()
            .map(|(owner, sums)| sums.row(Some((*owner).clone()))),
    );
    SessionUseReport {
        rows,
        definitions: definitions(),
    }
}

/// `None` for a row without both ends, or who went out as they came in.
fn touch(row: &ReportRow) -> Option<(&TheatreId, Touch)> {
    let (wheels_in, out) = (row.milestones.wheels_in?, row.milestones.wheels_out?);
    let in_room = TimeRange::new(wheels_in, out).ok()?;
    let ready = row.milestones.anaesthesia_ready;
    let touch = ready.and_then(|ready| TimeRange::new(ready, out).ok());
    let touch = touch.unwrap_or(in_room);
    Some((row.theatre.as_ref()?, Touch { in_room, touch }))
}

impl Sums {
    /// `touched` is sorted by wheels in, of one theatre.
    fn of(session: &TimeRange, touched: &[Touch]) -> Self {
        let begin = touched.partition_point(|touch| {
            touch.in_room.start() < later(session.start(), -LONGEST_STAY_MIN)
        });
        let end = touched.partition_point(|touch| touch.in_room.start() < session.end());
        let near = &touched[begin.min(end)..end];
        let inside = |ranges: Vec<TimeRange>| {
            let parts = ranges
                .iter()
                .filter_map(|range| range.intersection(session));
            sum(union(parts.collect()).iter().map(TimeRange::duration))
        };
        let beyond = near
            .iter()
            .filter(|touch| touch.in_room.start() >= session.start());
        let beyond = beyond.filter_map(|touch| {
            TimeRange::new(touch.touch.start().max(session.end()), touch.touch.end()).ok()
        });
        Self {
            sessions: 1,
            planned: session.duration(),
            in_room: inside(near.iter().map(|touch| touch.in_room).collect()),
            touch: inside(near.iter().map(|touch| touch.touch).collect()),
            beyond: sum(union(beyond.collect()).iter().map(TimeRange::duration)),
        }
    }

    fn add(&mut self, other: &Self) {
        self.sessions += other.sessions;
        let pairs = [
            (&mut self.planned, other.planned),
            (&mut self.in_room, other.in_room),
            (&mut self.touch, other.touch),
            (&mut self.beyond, other.beyond),
        ];
        for (sum, more) in pairs {
            *sum = sum.saturating_add(more);
        }
    }

    fn row(&self, owner: Option<SessionOwner>) -> SessionUseRow {
        let planned_min = minutes(self.planned);
        let of_planned = |duration: SignedDuration| {
            if self.planned.is_zero() {
                0.0
            } else {
                minutes(duration) / planned_min
            }
        };
        SessionUseRow {
            owner,
            sessions: self.sessions,
            planned_min,
            in_room_min: minutes(self.in_room),
            session_utilisation: of_planned(self.in_room),
            capped: of_planned(self.touch),
            uncapped: of_planned(self.touch.saturating_add(self.beyond)),
        }
    }
}

fn definitions() -> Vec<Definition> {
    vec![
        define(
            "sessions",
            "Sessions that are PLANNED and begin on a civil date of the period, by the site's \
             clock; those released by hand or cancelled leave the figures. Each counts for its owner.",
        ),
        define(
            "planned_min",
            "Sum of the sessions' minutes, end minus start.",
        ),
        define(
            "in_room_min (sessions)",
            "Minutes inside the sessions with at least one patient of the theatre between wheels in \
             and wheels out; minutes with two patients count once.",
        ),
        define("session_utilisation", "in_room_min ÷ planned_min."),
        define(
            "capped",
            "Minutes of touch time inside the sessions ÷ planned_min. Touch time is from \
             anaesthesia ready, or from wheels in where that was not recorded, to wheels out.",
        ),
        define(
            "uncapped",
            "The same with the touch time after the end of a session, of cases whose wheels in was \
             in it, added before the division.",
        ),
    ]
}
