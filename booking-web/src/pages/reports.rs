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
    fields::Form,
    frame::Frame,
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

/// A report of these rows, called as their first column says. `bar` is how long a row's bar is, what
/// stands beside it, and whether it is bad; a full one is as long as `full`, or the longest.
fn report<R>(
    title: &'static str,
    chart_words: String,
    full: Option<f64>,
    rows: &[R],
    bar: impl Fn(&R) -> Option<(f64, String, bool)>,
    columns: &[Column<'_, R>],
    definitions: Vec<Definition>,
) -> Report {
    let cells = |row| columns.iter().map(|(_, cell)| cell(row)).collect();
    let labelled = |row| bar(row).map(|(value, words, bad)| (columns[0].1(row), value, words, bad));
    Report {
        title,
        chart_words,
        bars: bars(rows.iter().filter_map(labelled), full),
        head: columns.iter().map(|(head, _)| *head).collect(),
        rows: rows.iter().map(cells).collect(),
        definitions,
    }
}

/// `GET /reports?first=&last=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    ctx.show(load(&ctx).await)
}

async fn load(ctx: &Ctx) -> Result<ReportsPage, Refusal> {
    let (civil, names, reasons) = tokio::try_join!(ctx.civil(), ctx.names(), ctx.reasons())?;
    let names = names.reasons(&reasons);
    let today = civil.date(ctx.now);
    let mut form = Form::from(ctx.query.clone());
    let last = form.optional_date("last").unwrap_or(today);
    let first = form.optional_date("first");
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
        field.value(date.to_string()).wrong(&form)
    };
    Ok(ReportsPage {
        frame: ctx.frame(),
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

/// Rows for all theatres together come with an empty name.
fn named(names: &Directory, name: &str) -> String {
    match name {
        "" => "All theatres".to_owned(),
        name => names.name(name).to_owned(),
    }
}

fn utilisation(found: UtilisationReport, names: &Directory) -> Report {
    use utilisation_report::Row;
    report(
        "Utilisation",
        "Raw utilisation; a full bar is 100 %".to_owned(),
        Some(1.0),
        &found.rows,
        |row| Some((row.raw, percent(row.raw), row.raw > 1.0)),
        &[
            ("Theatre", &|row: &Row| named(names, &row.theatre)),
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
    let share = |row: &Row, part: i32| match row.first_cases {
        0 => 0.0,
        all => f64::from(part) / f64::from(all),
    };
    let shown = |row: &Row, part: i32| percent(share(row, part));
    report(
        "First cases on time",
        "Share that started within 5 minutes of the plan; a full bar is 100 %".to_owned(),
        Some(1.0),
        &found.rows,
        |row| Some((share(row, row.on_time_5), shown(row, row.on_time_5), false)),
        &[
            ("Theatre", &|row: &Row| named(names, &row.theatre)),
            ("First cases", &|row| row.first_cases.to_string()),
            ("Grace 0", &|row| shown(row, row.on_time_0)),
            ("Grace 5", &|row| shown(row, row.on_time_5)),
            ("Grace 10", &|row| shown(row, row.on_time_10)),
            ("Grace 15", &|row| shown(row, row.on_time_15)),
            ("Mean delay, min", &|row| decimal(row.mean_delay_min)),
        ],
        found.definitions,
    )
}

fn turnover(found: TurnoverReport, names: &Directory) -> Report {
    use turnover_report::Row;
    report(
        "Turnover",
        "Median minutes from wheels out to the next wheels in".to_owned(),
        None,
        &found.rows,
        |row| Some((row.median_min, format!("{:.1} min", row.median_min), false)),
        &[
            ("Theatre", &|row: &Row| named(names, &row.theatre)),
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
    let single = |row: &Row| !row.reason.is_empty();
    let count = |row: &Row| row.cancelled.to_string();
    report(
        "Cancellations",
        format!(
            "{} of {} cases, {}; on the day {}. Red: avoidable",
            found.cancelled,
            found.completed + found.cancelled + found.aborted,
            percent(found.cancellation_rate),
            percent(found.day_of_surgery_rate)
        ),
        None,
        &found.rows,
        |row| single(row).then(|| (row.cancelled.into(), count(row), row.avoidable)),
        &[
            ("Reason", &|row| match single(row) {
                true => named(names, &row.reason),
                false => "All reasons".to_owned(),
            }),
            ("Group", &|row| wording::group(row.group()).to_owned()),
            ("Avoidable", &|row| {
                if row.avoidable { "Yes" } else { "No" }.to_owned()
            }),
            ("Cancelled", &count),
            ("On the day", &|row| row.day_of_surgery.to_string()),
            ("Aborted", &|row| row.aborted.to_string()),
        ],
        found.definitions,
    )
}

fn waiting(found: WaitingReport) -> Report {
    use waiting_report::Row;
    let count = |row: &Row| row.waiting.to_string();
    report(
        "Waiting now",
        "Cases waiting. Red: some are past their target".to_owned(),
        None,
        &found.rows,
        |row| Some((row.waiting.into(), count(row), row.past_target > 0)),
        &[
            ("Urgency", &|row| match row.urgency {
                0 => "All".to_owned(),
                _ => wording::urgency(row.urgency()).word.to_owned(),
            }),
            ("Waiting", &count),
            ("Past target", &|row| row.past_target.to_string()),
            ("Mean wait, days", &|row| decimal(row.mean_wait_days)),
            ("Longest, days", &|row| decimal(row.max_wait_days)),
        ],
        found.definitions,
    )
}
