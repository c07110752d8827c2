//! `/reports`: what happened, each figure as a chart and as a table, with its definition.

use askama::Template;
use axum::response::Response;
use booking_proto::ot::v1::{
    CancellationsReport, Definition, OnTimeStartsReport, ReportRequest, TurnoverReport,
    UtilisationReport, WaitingReport, cancellations_report, on_time_starts_report, turnover_report,
    utilisation_report, waiting_report,
};

use super::{
    context::{Ctx, permitted},
    field::{Field, Kind},
    fields::Problems,
    frame::{Frame, Here},
};
use crate::{
    backend::Refusal,
    view::{
        chart::{Bar, LINE, bars},
        civil::days_later,
        directory::Directory,
        wording,
    },
};

/// The days that are reported on when none are given.
const DAYS: i64 = 28;
const ALL_THEATRES: &str = "All theatres";

#[derive(Template)]
#[template(path = "reports.html")]
struct ReportsPage {
    frame: Frame,
    first: Field,
    last: Field,
    reports: Vec<Report>,
}

/// One report: chart, table, definitions.
struct Report {
    title: &'static str,
    /// What the bars mean.
    chart_words: String,
    bars: Vec<Bar>,
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    definitions: Vec<Definition>,
}

impl Report {
    fn height(&self) -> usize {
        self.bars.len() * LINE
    }
}

/// A column of a report's table: its head, and what it says of a row.
type Column<'a, R> = (&'static str, &'a dyn Fn(&R) -> String);

fn report<R>(
    title: &'static str,
    chart_words: String,
    bars: Vec<Bar>,
    rows: &[R],
    columns: &[Column<'_, R>],
    definitions: Vec<Definition>,
) -> Report {
    let cells = |row| columns.iter().map(|(_, cell)| cell(row)).collect();
    Report {
        title,
        chart_words,
        bars,
        head: columns.iter().map(|(head, _)| *head).collect(),
        rows: rows.iter().map(cells).collect(),
        definitions,
    }
}

/// `GET /reports?first=&last=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    ctx.show(Here::Reports, load(&ctx).await)
}

async fn load(ctx: &Ctx) -> Result<ReportsPage, Refusal> {
    let (civil, names, reasons) = tokio::try_join!(ctx.civil(), ctx.names(), ctx.reasons())?;
    let names = names.reasons(&reasons);
    let today = civil.date(ctx.now);
    let mut problems = Problems::default();
    let last = problems.optional_date(&ctx.query, "last").unwrap_or(today);
    let first = problems.optional_date(&ctx.query, "first");
    let first = first.unwrap_or_else(|| days_later(last, 1 - DAYS));
    let request = || ReportRequest {
        first_date: first.to_string(),
        last_date: last.to_string(),
        ..Default::default()
    };
    let (utilisation, on_time, turnover, cancellations, waiting) = tokio::join!(
        ctx.client.query_utilisation(request()),
        ctx.client.query_on_time_starts(request()),
        ctx.client.query_turnover(request()),
        ctx.client.query_cancellations(request()),
        ctx.client.query_waiting(request()),
    );
    let reports = [
        permitted(utilisation)?.map(|one| self::utilisation(one, &names)),
        permitted(on_time)?.map(|one| on_time_starts(one, &names)),
        permitted(turnover)?.map(|one| self::turnover(one, &names)),
        permitted(cancellations)?.map(|one| self::cancellations(one, &names)),
        permitted(waiting)?.map(self::waiting),
    ];
    let day = |name, label, date: jiff::civil::Date| {
        let field = Field::line(name, label).kind(Kind::Date);
        field.value(date.to_string()).wrong(&ctx.query, &problems)
    };
    Ok(ReportsPage {
        frame: ctx.frame(Here::Reports),
        first: day("first", "From", first),
        last: day("last", "To, included", last),
        reports: reports.into_iter().flatten().collect(),
    })
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

fn decimal(value: f64) -> String {
    format!("{value:.1}")
}

/// Rows for everything together come with an empty name.
fn named(names: &Directory, name: &str, all: &str) -> String {
    match name {
        "" => all.to_owned(),
        name => names.name(name).to_owned(),
    }
}

fn utilisation(found: UtilisationReport, names: &Directory) -> Report {
    use utilisation_report::Row;
    let theatre = |row: &Row| named(names, &row.theatre, ALL_THEATRES);
    let bar = |row: &Row| (theatre(row), row.raw, percent(row.raw), row.raw > 1.0);
    report(
        "Utilisation",
        "Raw utilisation; a full bar is 100 %".to_owned(),
        bars(found.rows.iter().map(bar), Some(1.0)),
        &found.rows,
        &[
            ("Theatre", &theatre),
            ("Days", &|row| row.days.to_string()),
            ("Available, min", &|row| decimal(row.available_min)),
            ("In room, min", &|row| decimal(row.in_room_min)),
            ("Raw", &|row| percent(row.raw)),
            ("Adjusted", &|row| percent(row.adjusted)),
            ("Overrun, min", &|row| decimal(row.overrun_min)),
            ("Early finish, min", &|row| decimal(row.early_finish_min)),
        ],
        found.definitions,
    )
}

fn on_time_starts(found: OnTimeStartsReport, names: &Directory) -> Report {
    use on_time_starts_report::Row;
    let theatre = |row: &Row| named(names, &row.theatre, ALL_THEATRES);
    let share = |row: &Row, part: i32| match row.first_cases {
        0 => 0.0,
        all => f64::from(part) / f64::from(all),
    };
    let bar = |row: &Row| {
        let share = share(row, row.on_time_5);
        (theatre(row), share, percent(share), false)
    };
    report(
        "First cases on time",
        "Share that started within 5 minutes of the plan; a full bar is 100 %".to_owned(),
        bars(found.rows.iter().map(bar), Some(1.0)),
        &found.rows,
        &[
            ("Theatre", &theatre),
            ("First cases", &|row| row.first_cases.to_string()),
            ("Grace 0", &|row| percent(share(row, row.on_time_0))),
            ("Grace 5", &|row| percent(share(row, row.on_time_5))),
            ("Grace 10", &|row| percent(share(row, row.on_time_10))),
            ("Grace 15", &|row| percent(share(row, row.on_time_15))),
            ("Mean delay, min", &|row| decimal(row.mean_delay_min)),
        ],
        found.definitions,
    )
}

fn turnover(found: TurnoverReport, names: &Directory) -> Report {
    use turnover_report::Row;
    let theatre = |row: &Row| named(names, &row.theatre, ALL_THEATRES);
    let bar = |row: &Row| {
        let median = format!("{} min", decimal(row.median_min));
        (theatre(row), row.median_min, median, false)
    };
    report(
        "Turnover",
        "Median minutes from wheels out to the next wheels in".to_owned(),
        bars(found.rows.iter().map(bar), None),
        &found.rows,
        &[
            ("Theatre", &theatre),
            ("Gaps", &|row| row.count.to_string()),
            ("Mean", &|row| decimal(row.mean_min)),
            ("Median", &|row| decimal(row.median_min)),
            ("90th", &|row| decimal(row.p90_min)),
            ("Least", &|row| decimal(row.min_min)),
            ("Most", &|row| decimal(row.max_min)),
            ("Negative", &|row| row.negatives.to_string()),
            ("Idle", &|row| row.idle_gaps.to_string()),
        ],
        found.definitions,
    )
}

fn cancellations(found: CancellationsReport, names: &Directory) -> Report {
    use cancellations_report::Row;
    let reason = |row: &Row| named(names, &row.reason, "All reasons");
    let bar = |row: &Row| {
        let cancelled = f64::from(row.cancelled);
        (
            reason(row),
            cancelled,
            row.cancelled.to_string(),
            row.avoidable,
        )
    };
    let single = found.rows.iter().filter(|row| !row.reason.is_empty());
    report(
        "Cancellations",
        format!(
            "{} of {} cases, {}; on the day {}. Red: avoidable",
            found.cancelled,
            found.completed + found.cancelled + found.aborted,
            percent(found.cancellation_rate),
            percent(found.day_of_surgery_rate)
        ),
        bars(single.map(bar), None),
        &found.rows,
        &[
            ("Reason", &reason),
            ("Group", &|row| wording::group(row.group()).to_owned()),
            ("Avoidable", &|row| {
                if row.avoidable { "Yes" } else { "No" }.to_owned()
            }),
            ("Cancelled", &|row| row.cancelled.to_string()),
            ("On the day", &|row| row.day_of_surgery.to_string()),
            ("Aborted", &|row| row.aborted.to_string()),
        ],
        found.definitions,
    )
}

fn waiting(found: WaitingReport) -> Report {
    use waiting_report::Row;
    let urgency = |row: &Row| match row.urgency {
        0 => "All".to_owned(),
        _ => wording::urgency(row.urgency()).word.to_owned(),
    };
    let bar = |row: &Row| {
        let waiting = f64::from(row.waiting);
        (
            urgency(row),
            waiting,
            row.waiting.to_string(),
            row.past_target > 0,
        )
    };
    report(
        "Waiting now",
        "Cases waiting. Red: some are past their target".to_owned(),
        bars(found.rows.iter().map(bar), None),
        &found.rows,
        &[
            ("Urgency", &urgency),
            ("Waiting", &|row| row.waiting.to_string()),
            ("Past target", &|row| row.past_target.to_string()),
            ("Mean wait, days", &|row| decimal(row.mean_wait_days)),
            ("Longest, days", &|row| decimal(row.max_wait_days)),
        ],
        found.definitions,
    )
}
