//! `booking-client report …`: the figures, and below them what each means.

use booking_proto::ot::v1::{
    CancellationsReport, Definition, DurationAccuracyReport, OnTimeStartsReport, ReportRequest,
    TurnoverReport, Urgency, UtilisationReport, WaitingReport, cancellations_report,
    duration_accuracy_report, on_time_starts_report, turnover_report, utilisation_report,
    waiting_report,
};
use clap::{Args, Subcommand};

use super::sessions::parts::owner;
use crate::{
    connection::{Answer, Service},
    failure::Failure,
    printable::Printable,
    printing::{Column, Printer, date_time, table, when},
    reading::{Day, Hours, SiteTime, UsageError, id_of, resources, shown},
};

/// Which figures.
#[derive(Debug, Subcommand)]
#[command(after_help = MANUAL)]
pub enum Report {
    /// How much of their open time theatres were used
    Utilisation(ReportArgs),
    /// Whether first cases began on time
    OnTimeStarts(ReportArgs),
    /// From one patient out to the next in
    Turnover(ReportArgs),
    /// What was cancelled, and why
    Cancellations(ReportArgs),
    /// How long cases took against what was booked
    DurationAccuracy(ReportArgs),
    /// Who waits, and for how long
    Waiting(ReportArgs),
}

const MANUAL: &str = "\
Examples:
  booking-client report utilisation --from 2026-11-01 --to 2026-11-30
  booking-client report turnover --from -7 --to yesterday --theatre OT-1 --idle-gap 60
  booking-client report utilisation --from -30 --window 08:00-17:00 --output json";

/// Which days and theatres.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// The first day
    #[arg(long, value_name = "DAY", default_value = "-28")]
    from: Day,
    /// The last day
    #[arg(long, value_name = "DAY", default_value = "yesterday")]
    to: Day,
    /// Only this theatre; repeat it for several
    #[arg(long)]
    theatre: Vec<String>,
    /// The same civil hours for every day instead of the theatres' opening hours, as in 08:00-17:00
    #[arg(long, value_name = "HOURS")]
    window: Option<Hours>,
    /// Gaps above this many minutes are idle time, not turnover; 90 unless told
    #[arg(long, value_name = "MIN")]
    idle_gap: Option<u16>,
}

impl ReportArgs {
    fn request(&self, site: String, at: &SiteTime) -> Result<ReportRequest, UsageError> {
        Ok(ReportRequest {
            site,
            first_date: self.from.resolve(at)?.to_string(),
            last_date: self.to.resolve(at)?.to_string(),
            theatres: resources("theatres", &self.theatre),
            window_open_minute: self.window.map(|hours| hours.from_minute),
            window_close_minute: self.window.map(|hours| hours.to_minute),
            idle_gap_min: self.idle_gap.map(i32::from),
        })
    }
}

impl Report {
    /// Asks for the figures and prints them.
    pub async fn run(self, service: &Service, printer: &mut Printer) -> Result<(), Failure> {
        let at = &service.site_time().await?;
        let site = service.site().await?;
        let (Self::Utilisation(args)
        | Self::OnTimeStarts(args)
        | Self::Turnover(args)
        | Self::Cancellations(args)
        | Self::DurationAccuracy(args)
        | Self::Waiting(args)) = &self;
        let request = args.request(site, at)?;
        let to = (service, printer);
        match self {
            Self::Utilisation(_) => tell(request, utilisation, to).await,
            Self::OnTimeStarts(_) => tell(request, on_time_starts, to).await,
            Self::Turnover(_) => tell(request, turnover, to).await,
            Self::Cancellations(_) => tell(request, cancellations, to).await,
            Self::DurationAccuracy(_) => tell(request, accuracy, to).await,
            Self::Waiting(_) => tell(request, |report| waiting(report, at), to).await,
        }
    }
}

/// Asks for a report and prints it.
async fn tell<R: Answer>(
    request: ReportRequest,
    text: impl FnOnce(&R) -> String,
    (service, printer): (&Service, &mut Printer),
) -> Result<(), Failure> {
    Ok(printer.message(&service.report(request).await?, text)?)
}

/// A table, and below it what each figure means.
fn figures<R>(columns: &[Column<R, ()>], rows: &[R], meanings: &[Definition]) -> String {
    table(columns, rows, &()) + &definitions(meanings)
}

fn definitions(definitions: &[Definition]) -> String {
    let lines = definitions.iter().map(|each| {
        let (figure, text) = (Printable(&each.figure), Printable(&each.text));
        format!("  {figure}: {text}\n")
    });
    "\nWhat the figures mean:\n".to_owned() + &lines.collect::<String>()
}

/// Empty names stand for all together.
fn or_all(name: &str) -> String {
    match name {
        "" => "all".to_owned(),
        name => id_of(name),
    }
}

fn percent(fraction: f64) -> String {
    format!("{:.1}%", fraction * 100.0)
}

/// Minutes or days.
fn decimal(figure: f64) -> String {
    format!("{figure:.1}")
}

/// A fraction of a number of cases; nothing of none.
fn share(part: i32, whole: i32) -> String {
    if whole == 0 {
        String::new()
    } else {
        percent(f64::from(part) / f64::from(whole))
    }
}

/// How much of their open time theatres were used.
fn utilisation(report: &UtilisationReport) -> String {
    let mut text = table(UTILISATION, &report.rows, &());
    if !report.owners.is_empty() {
        text.push_str(&format!("\n{}", table(OWNERS, &report.owners, &())));
    }
    text + &definitions(&report.definitions)
}

const UTILISATION: &[Column<utilisation_report::Row, ()>] = &[
    ("theatre", |row, ()| or_all(&row.theatre)),
    ("days", |row, ()| row.days.to_string()),
    ("available min", |row, ()| decimal(row.available_min)),
    ("in room", |row, ()| decimal(row.in_room_min)),
    ("turnover", |row, ()| decimal(row.turnover_min)),
    ("raw", |row, ()| percent(row.raw)),
    ("adjusted", |row, ()| percent(row.adjusted)),
    ("overrun", |row, ()| decimal(row.overrun_min)),
    ("early finish", |row, ()| decimal(row.early_finish_min)),
    ("overlaps", |row, ()| row.overlapping_pairs.to_string()),
];

const OWNERS: &[Column<utilisation_report::OwnerRow, ()>] = &[
    ("owner", |row, ()| match &row.owner {
        Some(who) => owner(Some(who)),
        None => "all".to_owned(),
    }),
    ("sessions", |row, ()| row.sessions.to_string()),
    ("planned min", |row, ()| decimal(row.planned_min)),
    ("in room", |row, ()| decimal(row.in_room_min)),
    ("session use", |row, ()| percent(row.session_utilisation)),
    ("capped", |row, ()| percent(row.capped)),
    ("uncapped", |row, ()| percent(row.uncapped)),
];

/// Whether first cases began on time.
fn on_time_starts(report: &OnTimeStartsReport) -> String {
    figures(ON_TIME_STARTS, &report.rows, &report.definitions)
}

const ON_TIME_STARTS: &[Column<on_time_starts_report::Row, ()>] = &[
    ("theatre", |row, ()| or_all(&row.theatre)),
    ("first cases", |row, ()| row.first_cases.to_string()),
    ("on time", |row, ()| row.on_time_0.to_string()),
    ("", |row, ()| share(row.on_time_0, row.first_cases)),
    ("within 5", |row, ()| row.on_time_5.to_string()),
    ("", |row, ()| share(row.on_time_5, row.first_cases)),
    ("within 10", |row, ()| row.on_time_10.to_string()),
    ("", |row, ()| share(row.on_time_10, row.first_cases)),
    ("within 15", |row, ()| row.on_time_15.to_string()),
    ("", |row, ()| share(row.on_time_15, row.first_cases)),
    ("mean delay min", |row, ()| decimal(row.mean_delay_min)),
];

/// From one patient out to the next in.
fn turnover(report: &TurnoverReport) -> String {
    figures(TURNOVER, &report.rows, &report.definitions)
}

const TURNOVER: &[Column<turnover_report::Row, ()>] = &[
    ("theatre", |row, ()| or_all(&row.theatre)),
    ("turnovers", |row, ()| row.count.to_string()),
    ("mean min", |row, ()| decimal(row.mean_min)),
    ("median", |row, ()| decimal(row.median_min)),
    ("90th pct", |row, ()| decimal(row.p90_min)),
    ("min", |row, ()| decimal(row.min_min)),
    ("max", |row, ()| decimal(row.max_min)),
    ("negative", |row, ()| row.negatives.to_string()),
    ("idle gaps", |row, ()| row.idle_gaps.to_string()),
];

/// What was cancelled, and why.
fn cancellations(report: &CancellationsReport) -> String {
    let mut text = table(CANCELLATIONS, &report.rows, &());
    text.push_str(&format!(
        "\ncompleted {}, cancelled {}, aborted {}, postponed {}\ncancellation rate {}, on the day of surgery {}\n",
        report.completed,
        report.cancelled,
        report.aborted,
        report.postponed,
        percent(report.cancellation_rate),
        percent(report.day_of_surgery_rate)
    ));
    text + &definitions(&report.definitions)
}

const CANCELLATIONS: &[Column<cancellations_report::Row, ()>] = &[
    ("reason", |row, ()| or_all(&row.reason)),
    ("group", |row, ()| match row.reason.as_str() {
        "" => String::new(),
        _ => shown(row.group().as_str_name()),
    }),
    ("", |row, ()| {
        when(row.avoidable && !row.reason.is_empty(), "avoidable")
    }),
    ("cancelled", |row, ()| row.cancelled.to_string()),
    ("on the day", |row, ()| row.day_of_surgery.to_string()),
    ("aborted", |row, ()| row.aborted.to_string()),
];

/// How long cases took against what was booked.
fn accuracy(report: &DurationAccuracyReport) -> String {
    figures(ACCURACY, &report.rows, &report.definitions)
}

const ACCURACY: &[Column<duration_accuracy_report::Row, ()>] = &[
    ("procedure", |row, ()| match row.procedure.as_str() {
        "" => "all".to_owned(),
        name => name.to_owned(),
    }),
    ("cases", |row, ()| row.cases.to_string()),
    ("booked min", |row, ()| decimal(row.mean_booked_min)),
    ("actual", |row, ()| decimal(row.mean_actual_min)),
    ("bias", |row, ()| decimal(row.bias_min)),
    ("mean abs error", |row, ()| {
        decimal(row.mean_absolute_error_min)
    }),
    ("within 15%", |row, ()| percent(row.within_15_percent)),
    ("median", |row, ()| {
        row.suggested_median_min.map(decimal).unwrap_or_default()
    }),
    ("80th pct", |row, ()| {
        row.suggested_p80_min.map(decimal).unwrap_or_default()
    }),
];

/// Who waits, and for how long.
fn waiting(report: &WaitingReport, site: &SiteTime) -> String {
    let as_of = format!("As of {}\n", date_time(report.read_time, site));
    as_of + &figures(WAITING, &report.rows, &report.definitions)
}

const WAITING: &[Column<waiting_report::Row, ()>] = &[
    ("urgency", |row, ()| match row.urgency() {
        Urgency::Unspecified => "all".to_owned(),
        urgency => shown(urgency.as_str_name()),
    }),
    ("waiting", |row, ()| row.waiting.to_string()),
    ("past target", |row, ()| row.past_target.to_string()),
    ("", |row, ()| share(row.past_target, row.waiting)),
    ("mean days", |row, ()| decimal(row.mean_wait_days)),
    ("longest", |row, ()| decimal(row.max_wait_days)),
];
