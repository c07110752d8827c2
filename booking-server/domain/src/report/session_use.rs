//! How the owners of sessions used them.

use std::collections::BTreeMap;

use jiff::SignedDuration;

use super::{
    rows::{Period, Report, ReportRow, all_then_each, definitions},
    statistics::{count, fraction, minutes, sum},
};
use crate::{
    Session, SessionOwner, SessionState, TheatreId, TimeRange,
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

/// A patient's time in a theatre, and from when on somebody's hands were on them.
struct Touch {
    in_room: TimeRange,
    touch: TimeRange,
}

/// How one session was used.
#[derive(Clone, Copy)]
struct Use {
    planned: SignedDuration,
    in_room: SignedDuration,
    touch: SignedDuration,
    beyond: SignedDuration,
}

/// Use of the sessions: all owners together, then surgeons and specialties by name, emergencies, open
/// ones. Without sessions there are no rows.
pub fn session_use(
    rows: &[ReportRow],
    sessions: &[Session],
    period: &Period,
) -> Report<SessionUseRow> {
    let mut touched: BTreeMap<&TheatreId, Vec<Touch>> = BTreeMap::new();
    for (theatre, touch) in rows.iter().filter_map(touch) {
        touched.entry(theatre).or_default().push(touch);
    }
    for of_theatre in touched.values_mut() {
        of_theatre.sort_by_key(|touch| touch.in_room);
    }
    let counted = sessions.iter().filter(|session| {
        session.state == SessionState::Planned && period.has(session.range.start())
    });
    let used = counted.map(|session| {
        let touched = touched.get(&session.theatre);
        let touched = touched.map_or(&[][..], Vec::as_slice);
        (&session.owner, Use::of(&session.range, touched))
    });
    let mut rows = all_then_each(used, row);
    rows.retain(|row| row.sessions > 0);
    Report {
        rows,
        definitions: definitions(DEFINITIONS, &[]),
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

impl Use {
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
            planned: session.duration(),
            in_room: inside(near.iter().map(|touch| touch.in_room).collect()),
            touch: inside(near.iter().map(|touch| touch.touch).collect()),
            beyond: sum(union(beyond.collect()).iter().map(TimeRange::duration)),
        }
    }
}

fn row(owner: Option<&SessionOwner>, used: &[Use]) -> SessionUseRow {
    let total = |of: fn(&Use) -> SignedDuration| sum(used.iter().map(of));
    let (planned, in_room) = (total(|it| it.planned), total(|it| it.in_room));
    let (touch, beyond) = (total(|it| it.touch), total(|it| it.beyond));
    SessionUseRow {
        owner: owner.cloned(),
        sessions: count(used.len()),
        planned_min: minutes(planned),
        in_room_min: minutes(in_room),
        session_utilisation: fraction(in_room, planned),
        capped: fraction(touch, planned),
        uncapped: fraction(touch.saturating_add(beyond), planned),
    }
}

const DEFINITIONS: &str = "\
sessions: Sessions that are PLANNED and begin on a civil date of the period, by the site's \
    clock; those released by hand or cancelled leave the figures. Each counts for its owner.
planned_min: Sum of the sessions' minutes, end minus start.
in_room_min (sessions): Minutes inside the sessions with at least one patient of the theatre \
    between wheels in and wheels out; minutes with two patients count once.
session_utilisation: in_room_min ÷ planned_min.
capped: Minutes of touch time inside the sessions ÷ planned_min. Touch time is from \
    anaesthesia ready, or from wheels in where that was not recorded, to wheels out.
uncapped: The same with the touch time after the end of a session, of cases whose wheels in \
    was in it, added before the division.";
