//! Narrow rows for reports: what figures are made of, and nothing of the patient.
//!
//! A year of a large hospital is some hundred thousand rows of two dozen columns, and what they
//! cost is the handing over of each value from the database. So the database packs them: a theatre's
//! rows come as one text, rows and columns set apart by control characters.
//!
//! ```text
//!   theatre ␟ start ␟ setup ␟ … ␟ procedure ␞ theatre ␟ start ␟ …          ␟ U+001F, ␞ U+001E
//! ```

use booking_domain::{
    ReasonCode, TheatreId, TimeRange,
    report::{ReportRow, RowCancellation},
};

use super::snapshot::Reads;
use crate::{
    Scope, StoreError,
    db::{Fields, Sql},
};

/// Between the columns of a row: no identifier and no number holds it.
const COLUMN: char = '\u{1f}';

/// Between rows.
const ROW: char = '\u{1e}';

/// What [`read`] reads, in its order; empty for what is not there. A case from a log has no type for
/// its procedure: its words stand for one, without what would set them apart.
const COLUMNS: &str = "
    coalesce(c.theatre_id, ''), coalesce(cast(c.start_us as text), ''), c.setup_min, c.procedure_min, c.cleanup_min,
    coalesce(cast(c.wheels_in_us as text), ''), coalesce(cast(c.anaesthesia_ready_us as text), ''),
    coalesce(cast(c.knife_to_skin_us as text), ''), coalesce(cast(c.closed_us as text), ''), coalesce(cast(c.wheels_out_us as text), ''),
    coalesce(cast(c.recovery_out_us as text), ''), coalesce(cast(c.theatre_clean_us as text), ''), c.state,
    coalesce(c.cancel_reason, ''), coalesce(cast(c.cancelled_at_us as text), ''), coalesce(cast(c.day_of_surgery as text), ''),
    coalesce(cast(c.aborted as text), ''), c.postponements, c.urgency, c.decided_at_us,
    coalesce(cast(c.target_at_us as text), ''), c.import_key is not null,
    coalesce(c.procedure_type_id, replace(replace(c.procedure, $1, ' '), $2, ' '))";

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
        let theatres: Vec<_> = match scope {
            Scope::All => {
                let hospital = self.hospital().await?;
                hospital.theatres.keys().cloned().collect()
            }
            Scope::These(theatres) => theatres.clone(),
        };
        self.packed_rows(period(&theatres, *scope == Scope::All, range))
            .await
    }

    /// The rows of the waiting list, in no particular order.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when they cannot be read.
    pub async fn waiting_rows(&mut self) -> Result<Vec<ReportRow>, StoreError> {
        let mut sql = question();
        push_select(&mut sql);
        sql.push("c.state in ('REQUESTED', 'POSTPONED')");
        self.packed_rows(sql).await
    }

    async fn packed_rows(&mut self, sql: Sql) -> Result<Vec<ReportRow>, StoreError> {
        let mut rows = Vec::new();
        for packed in &self.rows(sql).await? {
            // Nothing at all is packed as null.
            let text = Fields::of("surgical_case", packed).opt_text()?;
            for row in text.iter().flat_map(|text| text.split(ROW)) {
                rows.push(read(&mut Fields::packed("surgical_case", row, COLUMN))?);
            }
        }
        Ok(rows)
    }
}

/// The question behind [`Reads::report_rows`]; `nowhere` for what was cancelled before it had a place.
pub(super) fn period(theatres: &[TheatreId], nowhere: bool, range: TimeRange) -> Sql {
    let mut sql = question();
    // Four questions that share no row, so that each goes by an index of its own.
    in_theatres(&mut sql, theatres);
    within(&mut sql, "c.start_us", range);
    by_theatre(&mut sql);
    sql.push(" union all ");
    in_theatres(&mut sql, theatres);
    within(&mut sql, "c.wheels_in_us", range);
    outside(&mut sql, "c.start_us", range);
    by_theatre(&mut sql);
    sql.push(" union all ");
    in_theatres(&mut sql, theatres);
    within(&mut sql, "c.cancelled_at_us", range);
    outside(&mut sql, "c.start_us", range);
    outside(&mut sql, "c.wheels_in_us", range);
    by_theatre(&mut sql);
    if nowhere {
        // What was cancelled before it had a place counts for the whole hospital alone.
        sql.push(" union all ");
        push_select(&mut sql);
        sql.push("c.theatre_id is null");
        within(&mut sql, "c.cancelled_at_us", range);
    }
    sql
}

/// What stands between columns, and between rows, are its first two values.
fn question() -> Sql {
    Sql::default()
        .bind(COLUMN.to_string())
        .bind(ROW.to_string())
}

fn push_select(sql: &mut Sql) {
    sql.push("select string_agg(concat_ws($1, ")
        .push(COLUMNS)
        .push("), $2) from surgical_case c where ");
}

fn in_theatres(sql: &mut Sql, theatres: &[TheatreId]) {
    push_select(sql);
    sql.push("c.theatre_id in ")
        .list(theatres.iter().map(TheatreId::as_str));
}

/// One text for each theatre: none grows beyond what the database can hold in one.
fn by_theatre(sql: &mut Sql) {
    sql.push(" group by c.theatre_id");
}

fn within(sql: &mut Sql, key: &str, range: TimeRange) {
    sql.push(" and ").push(key).push(" >= ").arg(range.start());
    sql.push(" and ").push(key).push(" < ").arg(range.end());
}

/// Before or after the range, or never.
fn outside(sql: &mut Sql, key: &str, range: TimeRange) {
    sql.push(" and (").push(key).push(" is null or ");
    sql.push(key).push(" < ").arg(range.start()).push(" or ");
    sql.push(key).push(" >= ").arg(range.end()).push(")");
}

fn read(f: &mut Fields<'_>) -> Result<ReportRow, StoreError> {
    Ok(ReportRow {
        theatre: f.take()?,
        planned_start: f.take()?,
        footprint: f.take()?,
        milestones: f.take()?,
        state: f.take()?,
        cancellation: cancellation(f)?,
        postponements: f.take()?,
        urgency: f.take()?,
        decided_at: f.take()?,
        target_at: f.take()?,
        imported: f.take()?,
        procedure: f.take()?,
    })
}

fn cancellation(f: &mut Fields<'_>) -> Result<Option<RowCancellation>, StoreError> {
    let reason: Option<ReasonCode> = f.take()?;
    match (reason, f.opt_instant()?, f.opt_flag()?, f.opt_flag()?) {
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
