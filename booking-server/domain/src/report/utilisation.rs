//! How much of their time theatres were in use.

use std::collections::BTreeMap;

use jiff::{SignedDuration, civil::Date};

use super::{
    rows::{Definition, Period, ReportRow, define},
    statistics::{minutes, sum},
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

/// The figures and how they were made.
#[derive(Clone, Debug, PartialEq)]
pub struct UtilisationReport {
    /// All theatres together, then each by number.
    pub rows: Vec<UtilisationRow>,
    /// How.
    pub definitions: Vec<Definition>,
}

/// Durations as they are added up.
#[derive(Clone, Copy, Default)]
struct Sums {
    days: u32,
    available: SignedDuration,
    in_room: SignedDuration,
    turnover: SignedDuration,
    overrun: SignedDuration,
    early: SignedDuration,
    pairs: u32,
}

/// Utilisation of the theatre-days, gaps above `idle_gap_min` being idle time and no turnover.
pub fn utilisation(
    rows: &[ReportRow],
    days: &[TheatreDay],
    window: Window,
    idle_gap_min: u16,
    period: &Period,
) -> UtilisationReport {
    let stays = stays(rows, period);
    let by_day: BTreeMap<(&TheatreId, Date), &[Stay<'_>]> = by_theatre_day(&stays)
        .filter_map(|day| day.first().map(|stay| ((stay.theatre, stay.date), day)))
        .collect();
    let mut theatres: BTreeMap<&TheatreId, Sums> = BTreeMap::new();
    let mut in_room: BTreeMap<&TheatreId, Vec<TimeRange>> = BTreeMap::new();
    for stays in stays.chunk_by(|a, b| a.theatre == b.theatre) {
        if let Some(stay) = stays.first() {
            theatres.entry(stay.theatre).or_default().pairs = overlapping_pairs(stays);
            let ranges = stays.iter().filter_map(Stay::range);
            in_room.insert(stay.theatre, union(ranges.collect()));
        }
    }
    for days in days.chunk_by(|a, b| a.theatre == b.theatre) {
        let Some(theatre) = days.first().map(|day| &day.theatre) else {
            continue;
        };
        let in_room = in_room.get(theatre).map_or(&[][..], Vec::as_slice);
        let sums = theatres.entry(theatre).or_default();
        for day in days {
            let stays = by_day
                .get(&(theatre, day.date))
                .copied()
                .unwrap_or_default();
            if stays.is_empty() && matches!(window, Window::Civil { .. }) {
                continue;
            }
            sums.add(day, stays, in_room, idle_gap_min);
        }
    }
    let mut all = Sums::default();
    for sums in theatres.values() {
        all.add_all(sums);
    }
    let mut rows = vec![all.row(None)];
    rows.extend(
        theatres
            .iter()
            .map(|(theatre, sums)| sums.row(Some((*theatre).clone()))),
    );
    UtilisationReport {
        rows,
        definitions: definitions(window, idle_gap_min),
    }
}

impl Sums {
    fn add(&mut self, day: &TheatreDay, stays: &[Stay<'_>], in_room: &[TimeRange], idle_min: u16) {
        self.days += 1;
        let available = sum(day.window.iter().map(TimeRange::duration));
        self.available = self.available.saturating_add(available);
        self.in_room = self.in_room.saturating_add(within(&day.window, in_room));
        let gaps = gaps(stays, idle_min);
        self.turnover = self.turnover.saturating_add(within(&day.window, &gaps));
        let end = day.window.last().map(TimeRange::end);
        let out = stays.iter().map(|stay| stay.wheels_out).max();
        if let (Some(end), Some(out)) = (end, out) {
            let over = end.duration_until(out);
            let (sum, by) = if over.is_negative() {
                (&mut self.early, -over)
            } else {
                (&mut self.overrun, over)
            };
            *sum = sum.saturating_add(by);
        }
    }

    fn add_all(&mut self, other: &Self) {
        self.days += other.days;
        self.available = self.available.saturating_add(other.available);
        self.in_room = self.in_room.saturating_add(other.in_room);
        self.turnover = self.turnover.saturating_add(other.turnover);
        self.overrun = self.overrun.saturating_add(other.overrun);
        self.early = self.early.saturating_add(other.early);
        self.pairs += other.pairs;
    }

    fn row(&self, theatre: Option<TheatreId>) -> UtilisationRow {
        let used = self.in_room.saturating_add(self.turnover);
        UtilisationRow {
            theatre,
            days: self.days,
            available_min: minutes(self.available),
            in_room_min: minutes(self.in_room),
            turnover_min: minutes(self.turnover),
            raw: fraction(self.in_room, self.available),
            adjusted: fraction(used, self.available),
            overrun_min: minutes(self.overrun),
            early_finish_min: minutes(self.early),
            overlapping_pairs: self.pairs,
        }
    }
}

fn fraction(part: SignedDuration, whole: SignedDuration) -> f64 {
    if whole.is_zero() {
        0.0
    } else {
        minutes(part) / minutes(whole)
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
        pairs += u32::try_from(inside.count()).unwrap_or(u32::MAX);
    }
    pairs
}

fn definitions(window: Window, idle_gap_min: u16) -> Vec<Definition> {
    vec![
        define("cases", STAY),
        define("days", window.definition()),
        define("available_min", "Sum of the windows of the theatre-days."),
        define(
            "in_room_min",
            "Minutes inside the windows with at least one patient of the theatre between wheels in \
             and wheels out; minutes with two patients count once.",
        ),
        define(
            "turnover_min",
            format!(
                "Minutes inside the windows between the first wheels in and the last wheels out of \
                 a theatre-day with no patient in the room, gaps longer than {idle_gap_min} minutes \
                 left out as idle time."
            ),
        ),
        define(
            "raw",
            "in_room_min ÷ available_min; 0 when nothing was available.",
        ),
        define(
            "adjusted",
            "(in_room_min + turnover_min) ÷ available_min; 0 when nothing was available.",
        ),
        define(
            "overrun_min",
            "Sum over theatre-days of the minutes from the end of the window to the last wheels \
             out of the day's cases, where that is later.",
        ),
        define(
            "early_finish_min",
            "Sum over theatre-days with a case of the minutes from the last wheels out of the \
             day's cases to the end of the window, where that is later.",
        ),
        define(
            "overlapping_pairs",
            "Pairs of cases that share a minute between wheels in and wheels out in one theatre, \
             whether inside a window or not: errors in the data, counted and kept.",
        ),
    ]
}
