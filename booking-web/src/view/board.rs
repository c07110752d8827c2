//! One day of all theatres as a board: from the day's schedule to rows of placed bars.

use std::collections::BTreeSet;

use booking_proto::ot::v1::{
    Conflict, DaySchedule, TheatreDay, session::State as SessionState, theatre,
};
use jiff::{Timestamp, civil::Date};

use super::{
    attention::{self, Attention},
    card::Card,
    civil::{Civil, instant, long_date},
    directory::Directory,
    grid::{COLUMN_MIN, Hour, Place, Window},
    lanes::lanes,
    theatre_state::{TheatreNow, theatre_now},
};

/// The board.
#[derive(Clone, Debug)]
pub(crate) struct Board {
    pub(crate) date: Date,
    pub(crate) civil: Civil,
    pub(crate) hours: i64,
    pub(crate) minutes: i64,
    pub(crate) axis: Vec<Hour>,
    /// Where now is, if it is in the window: column, minutes, `10:42`.
    pub(crate) now: Option<Now>,
    /// The window's first instant, for moving bars.
    pub(crate) from: Timestamp,
    pub(crate) rows: Vec<Row>,
    pub(crate) attention: Vec<Attention>,
    pub(crate) cases: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Now {
    pub(crate) column: i64,
    pub(crate) minute: i64,
    pub(crate) label: String,
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
    pub(crate) place: Place,
    pub(crate) from_minute: i64,
    pub(crate) minutes: i64,
    pub(crate) label: String,
}

/// A placed case.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub(crate) card: Card,
    pub(crate) place: Place,
    pub(crate) lane: usize,
    /// Columns of setup at its beginning and of cleanup at its end; zero for none to show.
    pub(crate) setup: i64,
    pub(crate) cleanup: i64,
    pub(crate) actual: Option<Place>,
    pub(crate) projected: Option<Place>,
    pub(crate) conflict: bool,
    /// It began before, or goes on after, the hours that are shown.
    pub(crate) begins_before: bool,
    pub(crate) goes_on: bool,
    /// Minutes after the window's start, for moving it.
    pub(crate) offset_min: i64,
    pub(crate) length_min: i64,
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
        let bounds = (
            instant(day.start_time.as_ref())?,
            instant(day.end_time.as_ref())?,
        );
        let names = names
            .clone()
            .theatres(day.theatres.iter().filter_map(|one| one.theatre.as_ref()));
        let all: Vec<Vec<Card>> = day
            .theatres
            .iter()
            .map(|one| cards(one, &names, &civil))
            .collect();
        let is_today = bounds.0 <= now && now < bounds.1;
        let window = Window::of(bounds, spans(&all), is_today.then_some(now));
        let against: BTreeSet<&str> = conflicts.iter().map(|one| one.case.as_str()).collect();
        let mut found = Vec::new();
        let mut rows = Vec::new();
        for (theatre_day, cards) in day.theatres.iter().zip(&all) {
            let Some(row) = Row::of(
                theatre_day,
                cards,
                &names,
                &window,
                &against,
                is_today.then_some(now),
                &civil,
            ) else {
                continue;
            };
            if is_today {
                found.extend(attention::of_theatre(&row.name, cards, now));
            }
            rows.push(row);
        }
        found.extend(attention::of_conflicts(conflicts, &all.concat(), &names));
        Some(Self {
            date,
            hours: window.hours(),
            minutes: window.minutes(),
            axis: window.axis(&civil),
            now: (window.from <= now && now < window.to).then(|| Now {
                column: window.offset(now) / COLUMN_MIN + 1,
                minute: window.offset(now),
                label: civil.time(now),
            }),
            from: window.from,
            rows,
            attention: attention::worst_first(found),
            cases: all.iter().map(Vec::len).sum(),
            civil,
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
        (1..self.hours)
            .map(|hour| format!("M{} 0V100", hour * 60))
            .collect()
    }
}

/// Everything that has to be in the window: cases. A session of the whole day does not make the day
/// longer than what happens in it.
fn spans(cards: &[Vec<Card>]) -> impl Iterator<Item = (Timestamp, Timestamp)> {
    cards.iter().flatten().map(|card| {
        let end = card
            .projected
            .map_or(card.end, |(_, end)| end.max(card.end));
        (card.start, end)
    })
}

fn cards(day: &TheatreDay, names: &Directory, civil: &Civil) -> Vec<Card> {
    let mut cards: Vec<Card> = day
        .cases
        .iter()
        .filter_map(|one| Card::of(one, names, civil))
        .collect();
    cards.sort_by_key(|card| card.start);
    cards
}

impl Row {
    fn of(
        day: &TheatreDay,
        cards: &[Card],
        names: &Directory,
        window: &Window,
        against: &BTreeSet<&str>,
        now: Option<Timestamp>,
        civil: &Civil,
    ) -> Option<Self> {
        let theatre = day.theatre.as_ref()?;
        let open: Vec<_> = day
            .open
            .iter()
            .filter_map(|range| {
                instant(range.start_time.as_ref()).zip(instant(range.end_time.as_ref()))
            })
            .collect();
        let places: Vec<(i64, i64)> = cards
            .iter()
            .map(|card| (window.offset(card.start), window.offset(card.end)))
            .collect();
        let (bars, elsewhere): (Vec<_>, Vec<_>) = cards
            .iter()
            .zip(lanes(&places))
            .partition(|(card, _)| window.shows(card.start, card.end));
        let bars = bars
            .into_iter()
            .map(|(card, lane)| Bar::of(card, lane, window, against, now));
        let sessions = day
            .sessions
            .iter()
            .filter(|session| session.state() != SessionState::Cancelled);
        let sessions = sessions.filter_map(|session| {
            let released = if session.state() == SessionState::Released {
                ", released"
            } else {
                ""
            };
            band(
                window,
                instant(session.start_time.as_ref())?,
                instant(session.end_time.as_ref())?,
                format!("{}{released}", names.owner(session)),
            )
        });
        let closures = day.closures.iter().filter_map(|closure| {
            let label = if closure.reason.is_empty() {
                "Closed".to_owned()
            } else {
                format!("Closed: {}", closure.reason)
            };
            band(
                window,
                instant(closure.start_time.as_ref())?,
                instant(closure.end_time.as_ref())?,
                label,
            )
        });
        let state = match theatre.state() {
            theatre::State::Maintenance => Some(TheatreNow {
                words: "Maintenance".to_owned(),
                inside: false,
            }),
            _ => now.map(|now| theatre_now(cards, &open, now, civil)),
        };
        let closures: Vec<Band> = closures.collect();
        let mut closed = closed(window, &open);
        closed.extend(closures.iter().map(|one| (one.from_minute, one.minutes)));
        Some(Self {
            theatre: theatre.name.clone(),
            name: names.name(&theatre.name).to_owned(),
            now: state,
            bars: bars.collect(),
            elsewhere: elsewhere
                .into_iter()
                .map(|(card, _)| card.clone())
                .collect(),
            sessions: sessions.collect(),
            closed,
            closures,
        })
    }

    /// All its cases, also those that the board has no room for.
    pub(crate) fn cards(&self) -> impl Iterator<Item = &Card> {
        self.bars.iter().map(|bar| &bar.card).chain(&self.elsewhere)
    }
}

fn band(window: &Window, from: Timestamp, to: Timestamp, label: String) -> Option<Band> {
    let from_minute = window.offset(from);
    window.shows(from, to).then(|| Band {
        place: window.place(from, to),
        from_minute,
        minutes: window.offset(to) - from_minute,
        label,
    })
}

/// The stretches of the window outside opening hours.
fn closed(window: &Window, open: &[(Timestamp, Timestamp)]) -> Vec<(i64, i64)> {
    let mut closed = Vec::new();
    let mut until = 0;
    for (from, to) in open {
        let (from, to) = (window.offset(*from), window.offset(*to));
        if from > until {
            closed.push((until, from - until));
        }
        until = until.max(to);
    }
    if until < window.minutes() {
        closed.push((until, window.minutes() - until));
    }
    closed
}

impl Bar {
    fn of(
        card: &Card,
        lane: usize,
        window: &Window,
        against: &BTreeSet<&str>,
        now: Option<Timestamp>,
    ) -> Self {
        let place = window.place(card.start, card.end);
        let columns = |min: i32| (i64::from(min) / COLUMN_MIN).clamp(0, place.columns);
        let whole = card.start >= window.from && card.end <= window.to;
        let ends = card.wheels_out.or_else(|| now.filter(|_| card.has_begun()));
        let actual = card
            .wheels_in
            .zip(ends)
            .filter(|(from, to)| from < to && window.shows(*from, *to));
        Self {
            place,
            lane,
            setup: if whole {
                columns(card.durations.setup_min)
            } else {
                0
            },
            cleanup: if whole {
                columns(card.durations.cleanup_min)
            } else {
                0
            },
            actual: actual.map(|(from, to)| window.place(from, to)),
            projected: card
                .projected
                .filter(|(from, to)| window.shows(*from, *to))
                .map(|(from, to)| window.place(from, to)),
            begins_before: card.start < window.from,
            goes_on: card.end > window.to,
            conflict: against.contains(card.name.as_str()),
            offset_min: super::civil::minutes(window.from, card.start),
            length_min: super::civil::minutes(card.start, card.end),
            card: card.clone(),
        }
    }

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
