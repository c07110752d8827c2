//! One day of all theatres as a board: from the day's schedule to rows of placed bars.

use std::collections::BTreeSet;

use booking_proto::ot::v1::{
    Conflict, DaySchedule, TheatreDay, session::State as SessionState, theatre,
};
use jiff::{Timestamp, civil::Date};

use super::{
    attention::{self, Attention},
    card::Card,
    civil::{Civil, between, long_date, minutes},
    directory::Directory,
    grid::{COLUMN_MIN, GridSpan, Window},
    lanes::lanes,
    theatre_state::{TheatreNow, theatre_now},
};

/// The board.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    pub(crate) date: Date,
    pub(crate) is_today: bool,
    pub(crate) civil: Civil,
    /// The hours that are shown.
    pub(crate) window: Window,
    /// Now, if it is in the window.
    pub(crate) now: Option<Timestamp>,
    pub(crate) rows: Vec<Row>,
    pub(crate) attention: Vec<Attention>,
    pub(crate) cases: usize,
}

/// One theatre.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) theatre: String,
    pub(crate) name: String,
    pub(crate) now: Option<TheatreNow>,
    pub(crate) bars: Vec<Bar>,
    /// Cases outside the hours that are shown.
    pub(crate) elsewhere: Vec<Card>,
    pub(crate) sessions: Vec<Band>,
    /// Closed stretches, in minutes of the window: from and how many.
    pub(crate) closed: Vec<(i64, i64)>,
    /// Closures with a reason in words.
    pub(crate) closures: Vec<Band>,
}

/// A labelled stretch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Band {
    pub(crate) place: GridSpan,
    pub(crate) from_minute: i64,
    pub(crate) minutes: i64,
    pub(crate) label: String,
}

/// A placed case.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) card: Card,
    pub(crate) place: GridSpan,
    pub(crate) lane: usize,
    /// Columns of setup at its beginning and of cleanup at its end; zero for none to show.
    pub(crate) setup: i64,
    pub(crate) cleanup: i64,
    pub(crate) actual: Option<GridSpan>,
    pub(crate) projected: Option<GridSpan>,
    pub(crate) conflict: bool,
    /// It began before, or goes on after, the hours that are shown.
    pub(crate) begins_before: bool,
    pub(crate) goes_on: bool,
    /// Minutes after the window's start, for moving it.
    pub(crate) offset_min: i64,
    pub(crate) length_min: i64,
}

/// What it takes to put a day on a board.
struct Drawing<'a> {
    names: &'a Directory,
    civil: Civil,
    window: Window,
    /// Cases that something stands against.
    against: BTreeSet<&'a str>,
    /// For today.
    now: Option<Timestamp>,
}

impl Board {
    /// What a day looks like at `now`. None when the backend's day is no day.
    pub(crate) fn of(
        day: &DaySchedule,
        names: &Directory,
        conflicts: &[Conflict],
        now: Timestamp,
    ) -> Option<Self> {
        let civil = Civil::of(&day.time_zone);
        let date: Date = day.date.parse().ok()?;
        let (start, end) = between(day.start_time, day.end_time)?;
        let today = (start <= now && now < end).then_some(now);
        let theatres = day.theatres.iter();
        let all: Vec<Vec<Card>> = theatres.map(|one| cards(one, names, &civil)).collect();
        let window = Window::of((start, end), spans(&all), today);
        let drawing = Drawing {
            names,
            civil,
            window,
            against: conflicts.iter().map(|one| one.case.as_str()).collect(),
            now: today,
        };
        let rows = day.theatres.iter().zip(&all);
        let rows = rows.filter_map(|(theatre, cards)| drawing.row(theatre, cards));
        let today_of = |cards| today.map(|now| attention::of_theatre(cards, now));
        let found = all.iter().filter_map(|cards| today_of(cards)).flatten();
        let against = attention::of_conflicts(conflicts, &all.concat());
        Some(Self {
            date,
            is_today: today.is_some(),
            window,
            now: (window.from <= now && now < window.to).then_some(now),
            rows: rows.collect(),
            attention: attention::worst_first(found.chain(against).collect()),
            cases: all.iter().map(Vec::len).sum(),
            civil: drawing.civil,
        })
    }

    /// `Thursday 26 November 2026`
    pub(crate) fn date_words(&self) -> String {
        long_date(self.date)
    }

    /// Forgets who the patients are, and every way to where it is said.
    pub(crate) fn anonymise(&mut self) {
        for row in &mut self.rows {
            let bars = row.bars.iter_mut().map(|bar| &mut bar.card);
            for card in bars.chain(&mut row.elsewhere) {
                card.patient.clear();
                card.link.clear();
                card.can_move = false;
            }
        }
    }

    /// Attention that is shown, and how much more there is.
    pub(crate) fn shown_attention(&self) -> &[Attention] {
        &self.attention[..self.attention.len().min(attention::MAX_SHOWN)]
    }

    pub(crate) fn more_attention(&self) -> usize {
        self.attention.len().saturating_sub(attention::MAX_SHOWN)
    }

    /// The path of the vertical lines at full hours, in minutes by hundredths of a row.
    pub(crate) fn hour_lines(&self) -> String {
        let hours = 1..self.window.hours();
        hours.map(|hour| format!("M{} 0V100", hour * 60)).collect()
    }
}

/// Everything that has to be in the window: cases. A session of the whole day does not make the day
/// longer than what happens in it.
fn spans(cards: &[Vec<Card>]) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    cards.iter().flatten().map(|card| {
        let projected = card.projected.map_or(card.end, |(_, end)| end);
        (card.start, projected.max(card.end))
    })
}

/// A theatre's cases, by start.
fn cards(day: &TheatreDay, names: &Directory, civil: &Civil) -> Vec<Card> {
    let cases = day.cases.iter();
    let mut cards: Vec<Card> = cases
        .filter_map(|one| Card::of(one, names, civil))
        .collect();
    cards.sort_by_key(|card| card.start);
    cards
}

impl Drawing<'_> {
    fn row(&self, day: &TheatreDay, cards: &[Card]) -> Option<Row> {
        let theatre = day.theatre.as_ref()?;
        let window = &self.window;
        let open = day.open.iter();
        let open: Vec<_> = open
            .filter_map(|range| between(range.start_time, range.end_time))
            .collect();
        let minutes = cards.iter();
        let minutes: Vec<(i64, i64)> = minutes
            .map(|card| (window.offset(card.start), window.offset(card.end)))
            .collect();
        let placed = cards.iter().zip(lanes(&minutes));
        let (shown, elsewhere): (Vec<_>, Vec<_>) =
            placed.partition(|(card, _)| window.shows(card.start, card.end));
        let sessions = day.sessions.iter().filter_map(|session| {
            let released = match session.state() {
                SessionState::Cancelled => return None,
                SessionState::Released => ", released",
                _ => "",
            };
            let span = between(session.start_time, session.end_time)?;
            self.band(span, format!("{}{released}", self.names.owner(session)))
        });
        let closures = day.closures.iter().filter_map(|closure| {
            let label = match closure.reason.as_str() {
                "" => "Closed".to_owned(),
                reason => format!("Closed: {reason}"),
            };
            self.band(between(closure.start_time, closure.end_time)?, label)
        });
        let closures: Vec<Band> = closures.collect();
        let mut closed = closed(window, &open);
        closed.extend(closures.iter().map(|one| (one.from_minute, one.minutes)));
        let elsewhere = elsewhere.into_iter().map(|(card, _)| card.clone());
        Some(Row {
            theatre: theatre.name.clone(),
            name: self.names.name(&theatre.name).to_owned(),
            now: match theatre.state() {
                theatre::State::Maintenance => Some(TheatreNow {
                    words: "Maintenance".to_owned(),
                    inside: false,
                }),
                _ => self
                    .now
                    .map(|now| theatre_now(cards, &open, now, &self.civil)),
            },
            bars: shown
                .into_iter()
                .map(|(card, lane)| self.bar(card, lane))
                .collect(),
            elsewhere: elsewhere.collect(),
            sessions: sessions.collect(),
            closed,
            closures,
        })
    }

    fn band(&self, (from, to): (Timestamp, Timestamp), label: String) -> Option<Band> {
        let from_minute = self.window.offset(from);
        Some(Band {
            place: self.span((from, to))?,
            from_minute,
            minutes: self.window.offset(to) - from_minute,
            label,
        })
    }

    /// Where a stretch of time stands, if any of it can be seen.
    fn span(&self, (from, to): (Timestamp, Timestamp)) -> Option<GridSpan> {
        let shown = self.window.shows(from, to);
        shown.then(|| self.window.place(from, to))
    }

    fn bar(&self, card: &Card, lane: usize) -> Bar {
        let window = &self.window;
        let place = window.place(card.start, card.end);
        let begins_before = card.start < window.from;
        let goes_on = card.end > window.to;
        let columns = |min: i32| match begins_before || goes_on {
            true => 0,
            false => (i64::from(min) / COLUMN_MIN).clamp(0, place.columns),
        };
        let ongoing = || self.now.filter(|_| card.has_begun());
        let out = card.wheels_out.or_else(ongoing);
        let actual = card.wheels_in.zip(out).filter(|(from, to)| from < to);
        Bar {
            place,
            lane,
            setup: columns(card.durations.setup_min),
            cleanup: columns(card.durations.cleanup_min),
            actual: actual.and_then(|actual| self.span(actual)),
            projected: card.projected.and_then(|projected| self.span(projected)),
            begins_before,
            goes_on,
            conflict: self.against.contains(card.name.as_str()),
            offset_min: minutes(window.from, card.start),
            length_min: minutes(card.start, card.end),
            card: card.clone(),
        }
    }
}

impl Row {
    /// All its cases, also those that the board has no room for.
    pub(crate) fn cards(&self) -> impl Iterator<Item = &Card> {
        self.bars.iter().map(|bar| &bar.card).chain(&self.elsewhere)
    }
}

/// The stretches of the window outside opening hours.
fn closed(window: &Window, open: &[(Timestamp, Timestamp)]) -> Vec<(i64, i64)> {
    let mut closed = Vec::new();
    let mut until = 0;
    let end = (window.to, window.to);
    for (from, to) in open.iter().chain([&end]) {
        let (from, to) = (window.offset(*from), window.offset(*to));
        if from > until {
            closed.push((until, from - until));
        }
        until = until.max(to);
    }
    closed
}

impl Bar {
    /// What the bar tells by its letter, its shape and its place, for whoever cannot see them.
    pub(crate) fn unseen(&self) -> String {
        let mut words = self.card.urgency.word.to_owned();
        if self.card.delay_min > 0 {
            words += ", projected late";
        }
        if self.begins_before || self.goes_on {
            words += ", longer than the hours shown";
        }
        if self.conflict {
            words += ", against a rule";
        }
        words
    }
}
