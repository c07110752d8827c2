//! `/reports`: what happened, each figure as a chart and as a table, with its definition.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use booking_proto::ot::v1::{
    CancellationsReport, Definition, OnTimeStartsReport, ReportRequest, TurnoverReport,
    UtilisationReport, WaitingReport,
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

/// `GET /reports?first=&last=`
pub(crate) async fn show(ctx: Ctx) -> Response {
    match load(&ctx).await {
        Ok(page) => super::page(StatusCode::OK, &page),
        Err(refusal) => ctx.trouble(Here::Reports, &refusal),
    }
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
        ctx.desk.query_utilisation(request()),
        ctx.desk.query_on_time_starts(request()),
        ctx.desk.query_turnover(request()),
        ctx.desk.query_cancellations(request()),
        ctx.desk.query_waiting(request()),
    );
    let reports = [
        permitted(utilisation)?.map(|one| self::utilisation(one, &names)),
        permitted(on_time)?.map(|one| on_time_starts(one, &names)),
        permitted(turnover)?.map(|one| self::turnover(one, &names)),
        permitted(cancellations)?.map(|one| self::cancellations(one, &names)),
        permitted(waiting)?.map(self::waiting),
    ];
    Ok(ReportsPage {
        frame: ctx.frame(Here::Reports),
        first: Field::line("first", "From")
            .kind(Kind::Date)
            .value(first.to_string())
            .wrong(&ctx.query, &problems),
        last: Field::line("last", "To, included")
            .kind(Kind::Date)
            .value(last.to_string())
            .wrong(&ctx.query, &problems),
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
fn theatre(names: &Directory, name: &str) -> String {
    if name.is_empty() {
        "All theatres".to_owned()
    } else {
        names.name(name).to_owned()
    }
}

fn utilisation(report: UtilisationReport, names: &Directory) -> Report {
    let bar = report.rows.iter().map(|row| {
        (
            theatre(names, &row.theatre),
            row.raw,
            percent(row.raw),
            row.raw > 1.0,
        )
    });
    let rows = report.rows.iter().map(|row| {
        vec![
            theatre(names, &row.theatre),
            row.days.to_string(),
            decimal(row.available_min),
            decimal(row.in_room_min),
            percent(row.raw),
            percent(row.adjusted),
            decimal(row.overrun_min),
            decimal(row.early_finish_min),
        ]
    });
    Report {
        title: "Utilisation",
        chart_words: "Raw utilisation; a full bar is 100 %".to_owned(),
        bars: bars(bar, Some(1.0)),
        head: vec![
            "Theatre",
            "Days",
            "Available, min",
            "In room, min",
            "Raw",
            "Adjusted",
            "Overrun, min",
            "Early finish, min",
        ],
        rows: rows.collect(),
        definitions: report.definitions,
    }
}

fn on_time_starts(report: OnTimeStartsReport, names: &Directory) -> Report {
    let share = |part: i32, all: i32| {
        if all == 0 {
            0.0
        } else {
            f64::from(part) / f64::from(all)
        }
    };
    let bar = report.rows.iter().map(|row| {
        let share = share(row.on_time_5, row.first_cases);
        (theatre(names, &row.theatre), share, percent(share), false)
    });
    let rows = report.rows.iter().map(|row| {
        let of = |part| percent(share(part, row.first_cases));
        vec![
            theatre(names, &row.theatre),
            row.first_cases.to_string(),
            of(row.on_time_0),
            of(row.on_time_5),
            of(row.on_time_10),
            of(row.on_time_15),
            decimal(row.mean_delay_min),
        ]
    });
    Report {
        title: "First cases on time",
        chart_words: "Share that started within 5 minutes of the plan; a full bar is 100 %"
            .to_owned(),
        bars: bars(bar, Some(1.0)),
        head: vec![
            "Theatre",
            "First cases",
            "Grace 0",
            "Grace 5",
            "Grace 10",
            "Grace 15",
            "Mean delay, min",
        ],
        rows: rows.collect(),
        definitions: report.definitions,
    }
}

fn turnover(report: TurnoverReport, names: &Directory) -> Report {
    let bar = report.rows.iter().map(|row| {
        (
            theatre(names, &row.theatre),
            row.median_min,
            format!("{} min", decimal(row.median_min)),
            false,
        )
    });
    let rows = report.rows.iter().map(|row| {
        vec![
            theatre(names, &row.theatre),
            row.count.to_string(),
            decimal(row.mean_min),
            decimal(row.median_min),
            decimal(row.p90_min),
            decimal(row.min_min),
            decimal(row.max_min),
            row.negatives.to_string(),
            row.idle_gaps.to_string(),
        ]
    });
    Report {
        title: "Turnover",
        chart_words: "Median minutes from wheels out to the next wheels in".to_owned(),
        bars: bars(bar, None),
        head: vec![
            "Theatre", "Gaps", "Mean", "Median", "90th", "Least", "Most", "Negative", "Idle",
        ],
        rows: rows.collect(),
        definitions: report.definitions,
    }
}

fn cancellations(report: CancellationsReport, names: &Directory) -> Report {
    let reason = |name: &str| {
        if name.is_empty() {
            "All reasons".to_owned()
        } else {
            names.name(name).to_owned()
        }
    };
    let bar = report.rows.iter().filter(|row| !row.reason.is_empty());
    let bar = bar.map(|row| {
        (
            reason(&row.reason),
            f64::from(row.cancelled),
            row.cancelled.to_string(),
            row.avoidable,
        )
    });
    let rows = report.rows.iter().map(|row| {
        vec![
            reason(&row.reason),
            wording::group(row.group()).to_owned(),
            if row.avoidable { "Yes" } else { "No" }.to_owned(),
            row.cancelled.to_string(),
            row.day_of_surgery.to_string(),
            row.aborted.to_string(),
        ]
    });
    Report {
        title: "Cancellations",
        chart_words: format!(
            "{} of {} cases, {}; on the day {}. Red: avoidable",
            report.cancelled,
            report.completed + report.cancelled + report.aborted,
            percent(report.cancellation_rate),
            percent(report.day_of_surgery_rate)
        ),
        bars: bars(bar, None),
        head: vec![
            "Reason",
            "Group",
            "Avoidable",
            "Cancelled",
            "On the day",
            "Aborted",
        ],
        rows: rows.collect(),
        definitions: report.definitions,
    }
}

fn waiting(report: WaitingReport) -> Report {
    let name = |row: &booking_proto::ot::v1::waiting_report::Row| match row.urgency {
        0 => "All".to_owned(),
        _ => wording::urgency(row.urgency()).word.to_owned(),
    };
    let bar = report.rows.iter().map(|row| {
        (
            name(row),
            f64::from(row.waiting),
            row.waiting.to_string(),
            row.past_target > 0,
        )
    });
    let rows = report.rows.iter().map(|row| {
        vec![
            name(row),
            row.waiting.to_string(),
            row.past_target.to_string(),
            decimal(row.mean_wait_days),
            decimal(row.max_wait_days),
        ]
    });
    Report {
        title: "Waiting now",
        chart_words: "Cases waiting. Red: some are past their target".to_owned(),
        bars: bars(bar, None),
        head: vec![
            "Urgency",
            "Waiting",
            "Past target",
            "Mean wait, days",
            "Longest, days",
        ],
        rows: rows.collect(),
        definitions: report.definitions,
    }
}
