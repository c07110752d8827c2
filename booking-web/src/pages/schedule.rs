//! `/schedule`: a day as a board, a week as a table, a day as a list; by theatre or by surgeon.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use booking_proto::ot::v1::DaySchedule;
use jiff::civil::Date;

use super::{
    board::{day, load},
    context::Ctx,
    frame::Frame,
};
use crate::{
    backend::Refusal,
    view::{
        board::Board,
        card::Card,
        civil::{Civil, between, days_later, long_date, minutes, monday},
        directory::Directory,
    },
};

#[derive(Template)]
#[template(path = "schedule.html")]
struct SchedulePage {
    frame: Frame,
    date: Date,
    view: View,
    by: By,
    board: Option<Board>,
    /// Cases under headings.
    groups: Vec<(String, Vec<Card>)>,
    week: Option<Week>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum View {
    Day,
    Week,
    List,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Theatre,
    Surgeon,
}

/// As addresses and the page call them.
const VIEWS: [(View, &str, &str); 3] = [
    (View::Day, "day", "Day"),
    (View::Week, "week", "Week"),
    (View::List, "list", "List"),
];
const BYS: [(By, &str, &str); 2] = [
    (By::Theatre, "theatre", "By theatre"),
    (By::Surgeon, "surgeon", "By surgeon"),
];

/// The one of that name in an address, or the first.
fn chosen<T: Copy>(all: &[(T, &str, &str)], word: &str) -> T {
    let found = all.iter().find(|(_, one, _)| *one == word);
    found.unwrap_or(&all[0]).0
}

/// Seven days: a line for each theatre or surgeon.
struct Week {
    days: [Date; 7],
    today: Date,
    rows: Vec<(String, [Cell; 7])>,
}

/// One day of one line.
#[derive(Clone, Copy, Default)]
struct Cell {
    cases: usize,
    planned_min: i64,
    open_min: i64,
}

impl Cell {
    fn percent(self) -> i64 {
        match self.open_min {
            0 => 0,
            open_min => (self.planned_min * 100 / open_min).min(999),
        }
    }
}

impl SchedulePage {
    fn title(&self) -> String {
        match self.view {
            View::Week => format!("Week of {}", long_date(monday(self.date))),
            View::Day | View::List => long_date(self.date),
        }
    }

    fn link(&self, date: Date, view: View, by: By) -> String {
        let view = VIEWS.iter().find(|(one, ..)| *one == view);
        let by = BYS.iter().find(|(one, ..)| *one == by);
        let (view, by) = (view.map_or("", |one| one.1), by.map_or("", |one| one.1));
        format!("/schedule?date={date}&view={view}&by={by}")
    }

    /// The same so many pages later.
    fn later(&self, pages: i64) -> String {
        let step = if self.view == View::Week { 7 } else { 1 };
        self.link(days_later(self.date, step * pages), self.view, self.by)
    }

    /// The ways to look at it: address, label, whether it is this one.
    fn choices(&self) -> Vec<(String, &'static str, bool)> {
        let (date, view, by) = (self.date, self.view, self.by);
        let views = VIEWS.map(|(one, _, label)| (self.link(date, one, by), label, one == view));
        let bys = BYS.map(|(one, _, label)| (self.link(date, view, one), label, one == by));
        views.into_iter().chain(bys).collect()
    }
}

/// `GET /schedule?date=&view=day|week|list&by=theatre|surgeon`
pub(crate) async fn schedule(ctx: Ctx) -> Response {
    let view = chosen(&VIEWS, ctx.query.get("view"));
    let by = chosen(&BYS, ctx.query.get("by"));
    ctx.show(put_together(&ctx, view, by).await)
}

async fn put_together(ctx: &Ctx, view: View, by: By) -> Result<SchedulePage, Refusal> {
    let (mut board, mut groups) = (None, Vec::new());
    let (date, week) = if view == View::Week {
        let (date, week) = week(ctx, by).await?;
        (date, Some(week))
    } else {
        let (day, ..) = load(ctx, ctx.query.date("date")).await?;
        let date = day.date;
        if view == View::List || by == By::Surgeon {
            groups = self::groups(&day, by);
        } else {
            board = Some(day);
        }
        (date, None)
    };
    Ok(SchedulePage {
        frame: ctx.frame(),
        date,
        view,
        by,
        board,
        groups,
        week,
    })
}

/// The day's cases under headings; a theatre without cases is there too, a surgeon is not.
fn groups(board: &Board, by: By) -> Vec<(String, Vec<Card>)> {
    let mut groups: BTreeMap<(usize, &str), Vec<Card>> = BTreeMap::new();
    for (place, row) in board.rows.iter().enumerate() {
        if by == By::Theatre {
            groups.insert((place, &row.name), row.cards().cloned().collect());
            continue;
        }
        for card in row.cards() {
            let group = groups.entry((0, &card.surgeon)).or_default();
            group.push(card.clone());
        }
    }
    let groups = groups.into_iter().map(|((_, name), mut cards)| {
        cards.sort_by_key(|card| card.start);
        (heading(name, by), cards)
    });
    groups.collect()
}

/// What a theatre's or a surgeon's line or list is called.
fn heading(name: &str, by: By) -> String {
    match (by, name) {
        (By::Surgeon, "") => "No surgeon yet".to_owned(),
        _ => name.to_owned(),
    }
}

async fn week(ctx: &Ctx, by: By) -> Result<(Date, Week), Refusal> {
    let (civil, staff) = tokio::try_join!(ctx.civil(), ctx.staff())?;
    let today = civil.date(ctx.now);
    let date = ctx.query.date("date").unwrap_or(today);
    let first = monday(date);
    let days: [Date; 7] = std::array::from_fn(|index| days_later(first, index as i64));
    let [a, b, c, d, e, f, g] = days.map(|date| day(ctx, Some(date)));
    let (a, b, c, d, e, f, g) = tokio::try_join!(a, b, c, d, e, f, g)?;
    let names = Directory::default().staff(&staff);
    let mut rows = BTreeMap::new();
    for (index, day) in [a, b, c, d, e, f, g].iter().enumerate() {
        add(day, index, by, &names, &civil, &mut rows);
    }
    let rows = rows.into_iter();
    let rows = rows.map(|((_, name), cells)| (heading(&name, by), cells));
    let rows = rows.collect();
    Ok((date, Week { days, today, rows }))
}

/// Lines by the theatre's place and name, or by surgeon.
type Lines = BTreeMap<(i32, String), [Cell; 7]>;

/// Adds a day of the week, counted from 0, to the lines.
fn add(day: &DaySchedule, index: usize, by: By, names: &Directory, civil: &Civil, to: &mut Lines) {
    for theatre_day in &day.theatres {
        let Some(theatre) = &theatre_day.theatre else {
            continue;
        };
        let line = (theatre.list_order, theatre.display_name.clone());
        if by == By::Theatre {
            let open = theatre_day.open.iter();
            let open = open.filter_map(|one| between(one.start_time, one.end_time));
            let cell = &mut to.entry(line.clone()).or_default()[index];
            cell.open_min = open.map(|(from, to)| minutes(from, to)).sum();
        }
        let cards = theatre_day.cases.iter();
        for card in cards.filter_map(|one| Card::of(one, names, civil)) {
            let line = match by {
                By::Theatre => line.clone(),
                By::Surgeon => (0, card.surgeon.clone()),
            };
            let cell = &mut to.entry(line).or_default()[index];
            cell.cases += 1;
            cell.planned_min += minutes(card.start, card.end);
        }
    }
}
