//! `/print`: the operating list of a day, for paper: each theatre on its own page, with the list's
//! version and time, for a superseded list must not be used.

use askama::Template;
use axum::response::Response;
use booking_proto::{
    contract::resource::shown_id,
    ot::v1::{Case, DaySchedule},
};

use super::{board::day, context::Ctx, frame::Frame};
use crate::{
    backend::Refusal,
    view::{
        civil::{Civil, between, long_date},
        directory::Directory,
        wording,
    },
};

#[derive(Template)]
#[template(path = "print.html")]
struct PrintPage {
    frame: Frame,
    date: String,
    lists: Vec<List>,
    printed: String,
}

struct List {
    date: String,
    theatre: String,
    sessions: Vec<String>,
    lines: Vec<Line>,
}

struct Line {
    time: String,
    patient: String,
    procedure: String,
    condition: String,
    urgency: &'static str,
    anaesthesia: &'static str,
    team: Vec<String>,
    equipment: String,
    notes: String,
}

/// `GET /print?date=&theatre=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    ctx.show(load(&ctx).await)
}

async fn load(ctx: &Ctx) -> Result<PrintPage, Refusal> {
    let (day, staff) = tokio::try_join!(day(ctx, ctx.query.date("date")), ctx.staff())?;
    let names = Directory::default().staff(&staff);
    let civil = Civil::of(&day.time_zone);
    Ok(PrintPage {
        frame: ctx.frame(),
        date: long_date(day.date.parse().map_err(|_| Refusal::not_understood())?),
        lists: lists(&day, ctx.query.get("theatre"), &names, &civil),
        printed: civil.exactly(ctx.now),
    })
}

fn lists(day: &DaySchedule, only: &str, names: &Directory, civil: &Civil) -> Vec<List> {
    let lists = day.theatres.iter().filter_map(|one| {
        let theatre = one.theatre.as_ref()?;
        if !only.is_empty() && theatre.name != only {
            return None;
        }
        let cases = one.cases.iter().filter_map(|one| one.case.as_ref());
        let sessions = one.sessions.iter().filter_map(|session| {
            let (start, end) = between(session.start_time, session.end_time)?;
            let (span, owner) = (civil.span(start, end), names.owner(session));
            Some(format!("{span}, {owner}"))
        });
        let lines = cases.filter_map(|case| Line::of(case, names, civil));
        Some(List {
            date: day.date.clone(),
            theatre: theatre.display_name.clone(),
            sessions: sessions.collect(),
            lines: lines.collect(),
        })
    });
    lists.collect()
}

impl List {
    /// FNV-1a over all that is printed: two lists of one version say the same. It is on paper, so it
    /// must never depend on what prints it.
    fn version(&self) -> String {
        let heads = [&self.date, &self.theatre].into_iter();
        let heads = heads.chain(&self.sessions).map(String::as_str);
        let lines = self.lines.iter().flat_map(|line| {
            let team = line.team.iter().map(String::as_str);
            [
                &line.time,
                &line.patient,
                &line.procedure,
                &line.condition,
                line.urgency,
                line.anaesthesia,
                &line.equipment,
                &line.notes,
            ]
            .into_iter()
            .chain(team)
        });
        // Each text ends with a byte that no text has, so that none runs into the next.
        let bytes = heads
            .chain(lines)
            .flat_map(|text| text.bytes().chain([0xff]));
        let hash = bytes.fold(0x811c_9dc5_u32, |hash, byte| {
            (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
        });
        format!("{hash:08x}")
    }
}

impl Line {
    fn of(case: &Case, names: &Directory, civil: &Civil) -> Option<Self> {
        let plan = case.plan.as_ref()?;
        let (start, end) = between(plan.start_time, plan.end_time)?;
        let team = case.team.iter();
        let ready = [
            wording::shown_ids(&case.equipment),
            wording::blood(case.blood_units),
        ];
        let ready = ready.into_iter().filter(|one| !one.is_empty());
        Some(Self {
            time: civil.span(start, end),
            patient: shown_id(&case.patient),
            procedure: wording::procedure(&case.procedure, case.laterality()),
            condition: case.condition.clone(),
            urgency: wording::urgency(case.urgency()).word,
            anaesthesia: wording::anaesthesia(case.anaesthesia()),
            team: team
                .map(|one| format!("{}: {}", wording::role(one.role()), names.name(&one.staff)))
                .collect(),
            equipment: ready.collect::<Vec<_>>().join(", "),
            notes: case.notes.clone(),
        })
    }
}
