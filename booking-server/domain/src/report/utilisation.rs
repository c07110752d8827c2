//! How much of their time theatres were in use.

use std::collections::BTreeMap;

use jiff::{SignedDuration, civil::Date};

use super::{
    rows::{Period, Report, ReportRow, all_then_each, definitions},
    statistics::{count, fraction, minutes, sum},
    stays::{STAY, Stay, by_theatre_day, stays},
    windows::{TheatreDay, Window},
};
use crate::{
    TheatreId, TimeRange,
    time_range::{subtract, union},
};

/// One theatre, or all.
#[derive(Clone, Debug, PartialEq)]
pub struct UtilisationRow {
    /// `None`: all together.
    pub theatre: Option<TheatreId>,
    /// Theatre-days that count.
    pub days: u32,
    /// Their windows.
    pub available_min: f64,
    /// With a patient in the room, in the windows.
    pub in_room_min: f64,
    /// Between patients, in the windows.
    pub turnover_min: f64,
    /// In room ÷ available; 0 to 1.
    pub raw: f64,
    /// In room and turnover ÷ available; 0 to 1.
    pub adjusted: f64,
    /// Beyond the windows' ends.
    pub overrun_min: f64,
    /// Left of the windows after the last patient.
    pub early_finish_min: f64,
    /// Pairs of patients in one theatre at once: errors in the data.
    pub overlapping_pairs: u32,
}

/// How a theatre was used, on one day or beyond the days.
#[derive(Clone, Copy, Default)]
struct Use {
    days: u32,
    available: SignedDuration,
    in_room: SignedDuration,
    turnover: SignedDuration,
    overrun: SignedDuration,
    early: SignedDuration,
    pairs: u32,
}

/// Utilisation of the theatre-days, gaps above `idle_gap_min` being idle time and no turnover: all
/// theatres together, then each by number.
pub fn utilisation(
    rows: &[ReportRow],
    days: &[TheatreDay],
    window: Window,
    idle_gap_min: u16,
    period: &Period,
) -> Report<UtilisationRow> {
    let stays = stays(rows, period);
    let by_day: BTreeMap<(&TheatreId, Date), &[Stay<'_>]> = by_theatre_day(&stays)
        .filter_map(|day| day.first().map(|stay| ((stay.theatre, stay.date), day)))
        .collect();
    let mut used: Vec<(&TheatreId, Use)> = Vec::with_capacity(days.len());
    let mut in_room: BTreeMap<&TheatreId, Vec<TimeRange>> = BTreeMap::new();
    for stays in stays.chunk_by(|a, b| a.theatre == b.theatre) {
        if let Some(stay) = stays.first() {
            let pairs = overlapping_pairs(stays);
            let beyond_days = Use {
                pairs,
                ..Use::default()
            };
            used.push((stay.theatre, beyond_days));
            let ranges = stays.iter().filter_map(Stay::range);
            in_room.insert(stay.theatre, union(ranges.collect()));
        }
    }
    for day in days {
        let stays = by_day.get(&(&day.theatre, day.date));
        let stays = stays.copied().unwrap_or_default();
        let in_room = in_room.get(&day.theatre).map_or(&[][..], Vec::as_slice);
        let counts = !stays.is_empty() || window == Window::OpeningHours;
        let of_day = counts.then(|| Use::of(day, stays, in_room, idle_gap_min));
        used.push((&day.theatre, of_day.unwrap_or_default()));
    }
    let values = [
        ("{stay}", STAY),
        ("{window}", &window.definition()),
        ("{idle_gap_min}", &idle_gap_min.to_string()),
    ];
    Report {
        rows: all_then_each(used, row),
        definitions: definitions(DEFINITIONS, &values),
    }
}

impl Use {
    fn of(day: &TheatreDay, stays: &[Stay<'_>], in_room: &[TimeRange], idle_min: u16) -> Self {
        let end = day.window.last().map(TimeRange::end);
        let out = stays.iter().map(|stay| stay.wheels_out).max();
        let over = end.zip(out).map(|(end, out)| end.duration_until(out));
        let over = over.unwrap_or_default();
        Self {
            days: 1,
            available: sum(day.window.iter().map(TimeRange::duration)),
            in_room: within(&day.window, in_room),
            turnover: within(&day.window, &gaps(stays, idle_min)),
            overrun: over.max(SignedDuration::ZERO),
            early: (-over).max(SignedDuration::ZERO),
            pairs: 0,
        }
    }
}

fn row(theatre: Option<&TheatreId>, used: &[Use]) -> UtilisationRow {
    let total = |of: fn(&Use) -> SignedDuration| sum(used.iter().map(of));
    let (available, in_room) = (total(|it| it.available), total(|it| it.in_room));
    let turnover = total(|it| it.turnover);
    UtilisationRow {
        theatre: theatre.cloned(),
        days: used.iter().map(|it| it.days).sum(),
        available_min: minutes(available),
        in_room_min: minutes(in_room),
        turnover_min: minutes(turnover),
        raw: fraction(in_room, available),
        adjusted: fraction(in_room.saturating_add(turnover), available),
        overrun_min: minutes(total(|it| it.overrun)),
        early_finish_min: minutes(total(|it| it.early)),
        overlapping_pairs: used.iter().map(|it| it.pairs).sum(),
    }
}

/// How long the sorted, separate `ranges` last inside the window.
fn within(window: &[TimeRange], ranges: &[TimeRange]) -> SignedDuration {
    sum(window.iter().flat_map(|open| {
        let first = ranges.partition_point(|range| range.end() <= open.start());
        ranges[first..]
            .iter()
            .map_while(|range| range.intersection(open))
            .map(|part| part.duration())
    }))
}

/// The gaps between patients of one theatre-day, idle ones left out; sorted and apart.
fn gaps(stays: &[Stay<'_>], idle_gap_min: u16) -> Vec<TimeRange> {
    let in_room = union(stays.iter().filter_map(Stay::range).collect());
    let (Some(first), Some(last)) = (in_room.first(), in_room.last()) else {
        return Vec::new();
    };
    let idle_gap = SignedDuration::from_mins(idle_gap_min.into());
    let mut gaps = subtract(vec![first.hull(last)], in_room);
    gaps.retain(|gap| gap.duration() <= idle_gap);
    gaps
}

/// How many pairs of stays, sorted by wheels in, share an instant.
fn overlapping_pairs(stays: &[Stay<'_>]) -> u32 {
    let mut ranges: Vec<TimeRange> = stays.iter().filter_map(Stay::range).collect();
    ranges.sort_unstable();
    let mut pairs = 0;
    for (index, range) in ranges.iter().enumerate() {
        let later = ranges[index + 1..].iter();
        let inside = later.take_while(|other| other.start() < range.end());
        pairs += count(inside.count());
    }
    pairs
}

const DEFINITIONS: &str = "\
cases: {stay}
days: {window}
available_min: Sum of the windows of the theatre-days.
in_room_min: Minutes inside the windows with at least one patient of the theatre between \
    wheels in and wheels out; minutes with two patients count once.
turnover_min: Minutes inside the windows between the first wheels in and the last wheels out \
    of a theatre-day with no patient in the room, gaps longer than {idle_gap_min} minutes left out \
    as idle time.
raw: in_room_min ÷ available_min; 0 when nothing was available.
adjusted: (in_room_min + turnover_min) ÷ available_min; 0 when nothing was available.
overrun_min: Sum over theatre-days of the minutes from the end of the window to the last \
    wheels out of the day's cases, where that is later.
early_finish_min: Sum over theatre-days with a case of the minutes from the last wheels out of \
    the day's cases to the end of the window, where that is later.
overlapping_pairs: Pairs of cases that share a minute between wheels in and wheels out in one \
    theatre, whether inside a window or not: errors in the data, counted and kept.";
