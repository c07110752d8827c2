//! Narrow rows for reports: what figures are made of, and nothing of the patient.

use booking_domain::{
    CaseState, Milestones, ReasonCode, TheatreId, TimeRange,
    report::{ReportRow, RowCancellation},
};

use super::{Reads, cases::START_KEY};
use crate::{
    Scope, StoreError,
    db::{Fields, Row, Sql},
    rows::case::{footprint, urgency},
};

/// What [`read`] reads, in its order. A case from a log has no type for its procedure; its words
/// stand for one.
const COLUMNS: &str = "
    c.theatre_id, c.start_us, c.setup_min, c.procedure_min, c.cleanup_min,
    c.wheels_in_us, c.anaesthesia_ready_us, c.knife_to_skin_us, c.closed_us, c.wheels_out_us,
    c.recovery_out_us, c.theatre_clean_us, c.state,
    c.cancel_reason, c.cancelled_at_us, c.day_of_surgery, c.aborted, c.postponements, c.urgency,
    c.decided_at_us, c.target_at_us, coalesce(c.procedure_type_id, c.procedure) as procedure,
    c.import_key is not null as imported";

impl Reads {
    /// The rows of a period: every case that was planned to start, went in, or was cancelled in it.
    /// In no particular order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn report_rows(
        &mut self,
        scope: &Scope,
        range: TimeRange,
    ) -> Result<Vec<ReportRow>, StoreError> {
        let start_key = match scope {
            Scope::All => START_KEY,
            Scope::These(_) => "c.start_us",
        };
        let (start, end) = (range.start().as_microsecond(), range.end().as_microsecond());
        let mut sql = Sql::new("select ");
        sql.push(COLUMNS).push(" from surgical_case c where (");
        for (index, key) in [start_key, "c.wheels_in_us", "c.cancelled_at_us"]
            .iter()
            .enumerate()
        {
            sql.push(if index == 0 { "" } else { " or " });
            sql.push(key).push(" >= ").arg(start);
            sql.push(" and ").push(key).push(" < ").arg(end);
            if let Scope::These(theatres) = scope {
                sql.push(" and c.theatre_id in ")
                    .list(theatres.iter().map(TheatreId::as_str));
            }
        }
        sql.push(")");
        self.rows(sql).await?.iter().map(read).collect()
    }

    /// The rows of the waiting list, in no particular order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn waiting_rows(&mut self) -> Result<Vec<ReportRow>, StoreError> {
        let mut sql = Sql::new("select ");
        sql.push(COLUMNS)
            .push(" from surgical_case c where c.state in ('REQUESTED', 'POSTPONED')");
        self.rows(sql).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<ReportRow, StoreError> {
    let f = &mut Fields::of("surgical_case", row);
    Ok(ReportRow {
        theatre: f.opt_parse(TheatreId::parse)?,
        planned_start: f.opt_instant()?,
        footprint: footprint(f)?,
        milestones: Milestones {
            wheels_in: f.opt_instant()?,
            anaesthesia_ready: f.opt_instant()?,
            knife_to_skin: f.opt_instant()?,
            closed: f.opt_instant()?,
            wheels_out: f.opt_instant()?,
            recovery_out: f.opt_instant()?,
            theatre_clean: f.opt_instant()?,
        },
        state: f.parse(str::parse::<CaseState>)?,
        cancellation: cancellation(f)?,
        postponements: f.number()?,
        urgency: urgency(f)?,
        decided_at: f.instant()?,
        target_at: f.opt_instant()?,
        procedure: f.text()?,
        imported: f.truth()?,
    })
}

fn cancellation(f: &mut Fields<'_>) -> Result<Option<RowCancellation>, StoreError> {
    let reason = f.opt_parse(ReasonCode::parse)?;
    let (at, day_of_surgery, aborted) = (f.opt_instant()?, f.opt_flag()?, f.opt_flag()?);
    match (reason, at, day_of_surgery, aborted) {
        (Some(reason), Some(at), Some(day_of_surgery), Some(aborted)) => {
            Ok(Some(RowCancellation {
                reason,
                at,
                day_of_surgery,
                aborted,
            }))
        }
        (None, None, None, None) => Ok(None),
        _ => Err(f.damaged(&"half a cancellation")),
    }
}
