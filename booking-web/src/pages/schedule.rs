//! `/schedule`: a day as a board, a week as a table, a day as a list; by theatre or by surgeon.

use std::collections::BTreeMap;

use askama::Template;
use axum::response::Response;
use booking_proto::ot::v1::DaySchedule;
use jiff::civil::Date;

use super::{
    board::{day, load},
    context::Ctx,
    frame::{Frame, Here},
};
use crate::{
    backend::Refusal,
    view::{
        board::{Board, Row},
        card::Card,
        civil::{Civil, between, days_later, long_date, minutes, monday, short_date},
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
    groups: Vec<Group>,
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

/// Cases under one heading.
struct Group {
    name: String,
    cards: Vec<Line>,
}

/// One case, and where it is.
struct Line {
    card: Card,
    theatre: String,
}

/// Seven days: a line for each theatre or surgeon.
struct Week {
    /// Address, label, whether it is today.
    days: Vec<(String, String, bool)>,
    rows: Vec<(String, Vec<Cell>)>,
}

/// One day of one line.
#[derive(Clone, Default)]
struct Cell {
    date: String,
    cases: usize,
    planned_min: i64,
    open_min: i64,
}

impl Cell {
    fn percent(&self) -> i64 {
        if self.open_min == 0 {
            0
        } else {
            (self.planned_min * 100 / self.open_min).min(999)
        }
    }

    /// Of a meter 100 wide.
    fn part(&self) -> i64 {
        self.percent().min(100)
    }
}

impl View {
    fn parse(word: &str) -> Self {
        match word {
            "week" => Self::Week,
            "list" => Self::List,
            _ => Self::Day,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::List => "list",
        }
    }
}

impl By {
    fn word(self) -> &'static str {
        match self {
            Self::Theatre => "theatre",
            Self::Surgeon => "surgeon",
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
        format!(
            "/schedule?date={date}&view={}&by={}",
            view.word(),
            by.word()
        )
    }

    fn step(&self) -> i64 {
        if self.view == View::Week { 7 } else { 1 }
    }

    fn before(&self) -> String {
        self.link(days_later(self.date, -self.step()), self.view, self.by)
    }

    fn after(&self) -> String {
        self.link(days_later(self.date, self.step()), self.view, self.by)
    }

    /// The ways to look at it: address, label, whether it is this one.
    fn choices(&self) -> Vec<(String, &'static str, bool)> {
        let views = [
            (View::Day, "Day"),
            (View::Week, "Week"),
            (View::List, "List"),
        ];
        let bys = [(By::Theatre, "By theatre"), (By::Surgeon, "By surgeon")];
        let (date, view, by) = (self.date, self.view, self.by);
        let views = views.map(|(one, label)| (self.link(date, one, by), label, one == view));
        let bys = bys.map(|(one, label)| (self.link(date, view, one), label, one == by));
        views.into_iter().chain(bys).collect()
    }

    fn line_word(&self) -> &'static str {
        match self.by {
            By::Theatre => "Theatre",
            By::Surgeon => "Surgeon",
        }
    }
}

/// `GET /schedule?date=&view=day|week|list&by=theatre|surgeon`
pub(crate) async fn schedule(ctx: Ctx) -> Response {
    let view = View::parse(ctx.query.get("view"));
    let by = if ctx.query.get("by") == "surgeon" {
        By::Surgeon
    } else {
        By::Theatre
    };
    ctx.show(Here::Schedule, put_together(&ctx, view, by).await)
}

async fn put_together(ctx: &Ctx, view: View, by: By) -> Result<SchedulePage, Refusal> {
    let (mut board, mut groups) = (None, Vec::new());
    let (date, week) = if view == View::Week {
        let (date, week) = week(ctx, by).await?;
        (date, Some(week))
    } else {
        let day = load(ctx, ctx.query.date("date")).await?;
        let date = day.board.date;
        if view == View::List || by == By::Surgeon {
            groups = self::groups(&day.board, by, &day.names);
        } else {
            board = Some(day.board);
        }
        (date, None)
    };
    Ok(SchedulePage {
        frame: ctx.frame(Here::Schedule),
        date,
        view,
        by,
        board,
        groups,
        week,
    })
}

/// The day's cases under headings; a theatre without cases is there too, a surgeon is not.
fn groups(board: &Board, by: By, names: &Directory) -> Vec<Group> {
    let line = |card: &Card| Line {
        card: card.clone(),
        theatre: names.name(&card.theatre).to_owned(),
    };
    let group = |name: &str, mut cards: Vec<Line>| {
        cards.sort_by_key(|line| line.card.start);
        Group {
            name: name.to_owned(),
            cards,
        }
    };
    if by == By::Theatre {
        let rows = board.rows.iter();
        return rows
            .map(|row| group(&row.name, row.cards().map(line).collect()))
            .collect();
    }
    let mut surgeons: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for card in board.rows.iter().flat_map(Row::cards) {
        surgeons.entry(&card.surgeon).or_default().push(line(card));
    }
    let surgeons = surgeons.into_iter().map(|(name, cards)| match name {
        "" => group("No surgeon yet", cards),
        name => group(name, cards),
    });
    surgeons.collect()
}

async fn week(ctx: &Ctx, by: By) -> Result<(Date, Week), Refusal> {
    let (civil, staff) = tokio::try_join!(ctx.civil(), ctx.staff())?;
    let today = civil.date(ctx.now);
    let date = ctx.query.date("date").unwrap_or(today);
    let first = monday(date);
    let dates: [Date; 7] = std::array::from_fn(|index| days_later(first, index as i64));
    let [a, b, c, d, e, f, g] = dates.map(|date| day(ctx, Some(date)));
    let (a, b, c, d, e, f, g) = tokio::try_join!(a, b, c, d, e, f, g)?;
    let names = Directory::default().staff(&staff);
    let mut rows: BTreeMap<(i32, String), Vec<Cell>> = BTreeMap::new();
    for (index, day) in [a, b, c, d, e, f, g].iter().enumerate() {
        for (line, cell) in cells(day, by, &names, &civil) {
            rows.entry(line).or_insert_with(|| vec![Cell::default(); 7])[index] = cell;
        }
    }
    for cells in rows.values_mut() {
        for (cell, date) in cells.iter_mut().zip(dates) {
            cell.date = date.to_string();
        }
    }
    let link = |date| format!("/schedule?date={date}&view=day&by={}", by.word());
    let days = dates
        .map(|date| (link(date), short_date(date), date == today))
        .to_vec();
    let rows = rows
        .into_iter()
        .map(|((_, name), cells)| (name, cells))
        .collect();
    Ok((date, Week { days, rows }))
}

/// A day's cells by line: by the theatre's place and name, or by surgeon.
fn cells(
    day: &DaySchedule,
    by: By,
    names: &Directory,
    civil: &Civil,
) -> BTreeMap<(i32, String), Cell> {
    let mut cells: BTreeMap<(i32, String), Cell> = BTreeMap::new();
    for theatre_day in &day.theatres {
        let Some(theatre) = &theatre_day.theatre else {
            continue;
        };
        let line = (theatre.list_order, theatre.display_name.clone());
        if by == By::Theatre {
            let open = theatre_day.open.iter();
            let open =
                open.filter_map(|one| between(one.start_time.as_ref(), one.end_time.as_ref()));
            let cell = cells.entry(line.clone()).or_default();
            cell.open_min = open.map(|(from, to)| minutes(from, to)).sum();
        }
        let cards = theatre_day.cases.iter();
        for card in cards.filter_map(|one| Card::of(one, names, civil)) {
            let (start, end) = (card.start, card.end);
            let cell = cells.entry(match by {
                By::Theatre => line.clone(),
                By::Surgeon => (0, card.surgeon),
            });
            let cell = cell.or_default();
            cell.cases += 1;
            cell.planned_min += minutes(start, end);
        }
    }
    cells
}
