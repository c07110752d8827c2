//! `ot.v1.ReportService`: figures, each with its definition beside it.

use std::sync::Arc;

use booking_domain::{
    Hospital, Session, Subject, TheatreId,
    report::{
        self, DEFAULT_IDLE_GAP_MIN, Definition, Period, ReportRow, Summary, TheatreDay, Window,
    },
};
use booking_proto::ot::v1::{self, report_service_server::ReportService};
use booking_store::{Reads, Scope, SessionQuery, StoreError, UnavailabilityQuery};
use tonic::Request;

use crate::{
    app::Refusal,
    grpc::{
        convert::{
            session::owner as session_owner,
            values::{minute_of_day, timestamp},
            words::number,
        },
        fields::{Fields, reading},
        shared::{
            GrpcServices, Reply,
            request::{dates, site, theatres, theatres_at},
        },
    },
    names::{name, optional},
};

/// The longest period: five years.
const MAX_DAYS: i64 = 1830;

/// The longest gap that can be called a turnover. Minutes.
const MAX_IDLE_GAP_MIN: i32 = 1440;

/// What a report is about.
struct Question {
    period: Period,
    /// All of the site's, or those of them that were named.
    theatres: Vec<TheatreId>,
    /// Nothing was left out: not even what has never had a theatre.
    whole_hospital: bool,
    window: Window,
    idle_gap_min: u16,
}

impl Question {
    fn read(fields: &mut Fields, hospital: &Hospital, wire: &v1::ReportRequest) -> Option<Self> {
        let site = site(fields, hospital, &wire.site);
        let dates = dates(fields, &wire.first_date, &wire.last_date, MAX_DAYS);
        let asked = theatres(fields, hospital, &wire.theatres);
        let window = fields.take("window_open_minute", to_window(wire));
        let gap = wire.idle_gap_min;
        let gap = gap.map_or(Ok(DEFAULT_IDLE_GAP_MIN), |gap| {
            let gap = u16::try_from(gap).ok().filter(|_| gap <= MAX_IDLE_GAP_MIN);
            gap.ok_or("must be 0 to 1440 minutes")
        });
        let idle_gap_min = fields.take("idle_gap_min", gap);
        let site = site?;
        let zone = hospital.sites.get(&site)?.zone.clone();
        let (first, last) = dates?;
        let asked = asked?;
        let whole_hospital = asked.is_empty() && hospital.sites.len() == 1;
        Some(Self {
            period: Period { first, last, zone },
            theatres: theatres_at(fields, hospital, &site, &asked)?,
            whole_hospital,
            window: window?,
            idle_gap_min: idle_gap_min?,
        })
    }

    async fn rows(&self, reads: &mut Reads) -> Result<Vec<ReportRow>, StoreError> {
        let scope = if self.whole_hospital {
            Scope::All
        } else {
            Scope::These(self.theatres.clone())
        };
        match self.period.range() {
            Some(range) => reads.report_rows(&scope, range).await,
            None => Ok(Vec::new()),
        }
    }

    /// What figures are measured against: theatre-days, and the sessions of owners.
    async fn measures(
        &self,
        reads: &mut Reads,
        hospital: &Hospital,
    ) -> Result<(Vec<TheatreDay>, Vec<Session>), StoreError> {
        // No theatre at all would be asked for as any.
        if self.theatres.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let range = self.period.range();
        let subjects = self.theatres.iter().cloned().map(Subject::Theatre);
        let closures = UnavailabilityQuery {
            subjects: subjects.collect(),
            range,
        };
        let closures = reads.unavailabilities(&closures).await?;
        let theatres = self.theatres.iter();
        let theatres = theatres.filter_map(|it| hospital.theatres.get(it));
        let days = report::theatre_days(theatres, &closures, self.window, &self.period);
        let sessions = SessionQuery {
            theatres: self.theatres.clone(),
            range,
            ..SessionQuery::default()
        };
        Ok((days, reads.sessions(&sessions).await?))
    }
}

fn to_window(wire: &v1::ReportRequest) -> Result<Window, &'static str> {
    match (wire.window_open_minute, wire.window_close_minute) {
        (None, None) => Ok(Window::OpeningHours),
        (Some(open), Some(close)) => Ok(Window::Civil {
            open_minute: minute_of_day(open)?,
            close_minute: minute_of_day(close)?,
        }),
        _ => Err("and window_close_minute are given together or not at all"),
    }
}

fn definitions(definitions: &[Definition]) -> Vec<v1::Definition> {
    let each = definitions.iter().map(|it| v1::Definition {
        figure: it.figure.to_owned(),
        text: it.text.clone(),
    });
    each.collect()
}

fn count(count: u32) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

impl GrpcServices {
    /// What is asked, and the rows to answer it from.
    async fn report(
        &self,
        wire: &v1::ReportRequest,
    ) -> Result<(Question, Vec<ReportRow>, Arc<Hospital>), Refusal> {
        let mut reads = self.app.read().await?;
        let hospital = reads.hospital().await?;
        let question = reading(|fields| Question::read(fields, &hospital, wire))?;
        let rows = question.rows(&mut reads).await?;
        Ok((question, rows, hospital))
    }
}

#[tonic::async_trait]
impl ReportService for GrpcServices {
    async fn query_utilisation(
        &self,
        request: Request<v1::ReportRequest>,
    ) -> Reply<v1::UtilisationReport> {
        self.read(request, |_, wire| async move {
            let (asked, rows, hospital) = self.report(&wire).await?;
            let mut reads = self.app.read().await?;
            let (days, sessions) = asked.measures(&mut reads, &hospital).await?;
            drop(reads);
            let figures = self.compute(move || {
                let (window, gap) = (asked.window, asked.idle_gap_min);
                let used = report::session_use(&rows, &sessions, &asked.period);
                let found = report::utilisation(&rows, &days, window, gap, &asked.period);
                (found, used)
            });
            let (found, used) = figures.await?;
            let owner = |it: &report::SessionUseRow| v1::utilisation_report::OwnerRow {
                owner: it.owner.as_ref().map(session_owner),
                sessions: count(it.sessions),
                planned_min: it.planned_min,
                in_room_min: it.in_room_min,
                session_utilisation: it.session_utilisation,
                capped: it.capped,
                uncapped: it.uncapped,
            };
            let row = |it: &report::UtilisationRow| v1::utilisation_report::Row {
                theatre: optional(it.theatre.as_ref()),
                days: count(it.days),
                available_min: it.available_min,
                in_room_min: it.in_room_min,
                turnover_min: it.turnover_min,
                raw: it.raw,
                adjusted: it.adjusted,
                overrun_min: it.overrun_min,
                early_finish_min: it.early_finish_min,
                overlapping_pairs: count(it.overlapping_pairs),
            };
            Ok(v1::UtilisationReport {
                rows: found.rows.iter().map(row).collect(),
                definitions: definitions(&[found.definitions, used.definitions].concat()),
                owners: used.rows.iter().map(owner).collect(),
            })
        })
        .await
    }

    async fn query_on_time_starts(
        &self,
        request: Request<v1::ReportRequest>,
    ) -> Reply<v1::OnTimeStartsReport> {
        self.read(request, |_, wire| async move {
            let (asked, rows, _) = self.report(&wire).await?;
            let found = self
                .compute(move || report::on_time_starts(&rows, &asked.period))
                .await?;
            let row = |it: &report::OnTimeRow| v1::on_time_starts_report::Row {
                theatre: optional(it.theatre.as_ref()),
                first_cases: count(it.first_cases),
                on_time_0: count(it.on_time[0]),
                on_time_5: count(it.on_time[1]),
                on_time_10: count(it.on_time[2]),
                on_time_15: count(it.on_time[3]),
                mean_delay_min: it.mean_delay_min,
            };
            Ok(v1::OnTimeStartsReport {
                rows: found.rows.iter().map(row).collect(),
                definitions: definitions(&found.definitions),
            })
        })
        .await
    }

    async fn query_turnover(
        &self,
        request: Request<v1::ReportRequest>,
    ) -> Reply<v1::TurnoverReport> {
        self.read(request, |_, wire| async move {
            let (asked, rows, _) = self.report(&wire).await?;
            let found = self
                .compute(move || report::turnover(&rows, asked.idle_gap_min, &asked.period))
                .await?;
            let row = |it: &report::TurnoverRow| {
                let figure = |of: fn(&Summary) -> f64| it.summary.as_ref().map_or(0.0, of);
                v1::turnover_report::Row {
                    theatre: optional(it.theatre.as_ref()),
                    count: count(it.count),
                    mean_min: figure(|it| it.mean_min),
                    median_min: figure(|it| it.median_min),
                    p90_min: figure(|it| it.p90_min),
                    min_min: figure(|it| it.min_min),
                    max_min: figure(|it| it.max_min),
                    negatives: count(it.negatives),
                    idle_gaps: count(it.idle_gaps),
                }
            };
            Ok(v1::TurnoverReport {
                rows: found.rows.iter().map(row).collect(),
                definitions: definitions(&found.definitions),
            })
        })
        .await
    }

    async fn query_cancellations(
        &self,
        request: Request<v1::ReportRequest>,
    ) -> Reply<v1::CancellationsReport> {
        self.read(request, |_, wire| async move {
            let (asked, rows, hospital) = self.report(&wire).await?;
            let found = self
                .compute(move || report::cancellations(&rows, &hospital, &asked.period))
                .await?;
            let row = |it: &report::CancellationRow| v1::cancellations_report::Row {
                reason: name(&it.reason),
                group: it.group.map_or(0, number),
                avoidable: it.avoidable,
                cancelled: count(it.cancelled),
                day_of_surgery: count(it.day_of_surgery),
                aborted: count(it.aborted),
            };
            Ok(v1::CancellationsReport {
                rows: found.rows.iter().map(row).collect(),
                completed: count(found.completed),
                cancelled: count(found.cancelled),
                aborted: count(found.aborted),
                postponed: count(found.postponed),
                cancellation_rate: found.cancellation_rate,
                day_of_surgery_rate: found.day_of_surgery_rate,
                definitions: definitions(&found.definitions),
            })
        })
        .await
    }

    async fn query_duration_accuracy(
        &self,
        request: Request<v1::ReportRequest>,
    ) -> Reply<v1::DurationAccuracyReport> {
        self.read(request, |_, wire| async move {
            let (asked, rows, _) = self.report(&wire).await?;
            let found = self
                .compute(move || report::durations(&rows, &asked.period))
                .await?;
            let row = |it: &report::DurationRow| v1::duration_accuracy_report::Row {
                procedure: it.procedure.clone().unwrap_or_default(),
                cases: count(it.cases),
                mean_booked_min: it.mean_booked_min,
                mean_actual_min: it.mean_actual_min,
                bias_min: it.bias_min,
                mean_absolute_error_min: it.mean_absolute_error_min,
                within_15_percent: it.within_15_percent,
                suggested_median_min: it.suggested_median_min,
                suggested_p80_min: it.suggested_p80_min,
            };
            Ok(v1::DurationAccuracyReport {
                rows: found.rows.iter().map(row).collect(),
                definitions: definitions(&found.definitions),
            })
        })
        .await
    }

    /// The list as it is now: dates and theatres say nothing about who waits for one.
    async fn query_waiting(&self, request: Request<v1::ReportRequest>) -> Reply<v1::WaitingReport> {
        self.read(request, |_, _| async move {
            let rows = self.app.read().await?.waiting_rows().await?;
            let now = self.app.now();
            let found = self.compute(move || report::waiting(&rows, now)).await?;
            let row = |it: &report::WaitingRow| v1::waiting_report::Row {
                urgency: it.urgency.map_or(0, number),
                waiting: count(it.waiting),
                past_target: count(it.past_target),
                mean_wait_days: it.mean_wait_days,
                max_wait_days: it.max_wait_days,
            };
            Ok(v1::WaitingReport {
                read_time: Some(timestamp(now)),
                rows: found.rows.iter().map(row).collect(),
                definitions: definitions(&found.definitions),
            })
        })
        .await
    }
}
