//! One record of a log → one row of the contract, or a sentence saying what is wrong with it.

use booking_proto::ot::v1::ImportRow;
use csv::ByteRecord;
use jiff::{SignedDuration, Timestamp, ToSpan as _, civil::Date, tz::TimeZone};

use super::{
    columns::Columns,
    field::Field,
    form::{Forms, Said},
};
use crate::civil::{instant, stamp};

/// The longest footprint that the service takes.
const MAX_BOOKED_MIN: i64 = 24 * 60;
/// The procedure of a row that names neither one nor a specialty.
const UNNAMED: &str = "Not named in the log";
/// How much of a cell an error quotes.
const MAX_QUOTED_CHARS: usize = 40;

/// How to read a record.
#[derive(Clone, Debug)]
pub(super) struct RowForm {
    pub(super) columns: Columns,
    pub(super) forms: Forms,
    pub(super) zone: TimeZone,
}

impl RowForm {
    pub(super) fn read(&self, record: &ByteRecord, line: u64) -> Result<ImportRow, String> {
        if record.len() != self.columns.count {
            return Err(format!(
                "has {} cells and the header {}; look for a missing or extra separator or quote",
                record.len(),
                self.columns.count
            ));
        }
        let text = |field, name: &str| {
            let cell = std::str::from_utf8(self.columns.cell(record, field));
            cell.map_err(|_| format!("{name} is not UTF-8; save the file as UTF-8"))
        };
        let needed = |field, name: &str| match text(field, name)? {
            "" => Err(format!("{name} is empty")),
            cell => Ok(cell.to_owned()),
        };
        let encounter_id = needed(Field::EncounterId, "the encounter")?;
        let theatre = needed(Field::Theatre, "the theatre")?;
        let booked_min = booked(&needed(Field::BookedMin, "the booked time")?)?;
        let date = match text(Field::Date, "the date")? {
            "" => None,
            cell => Some(
                self.forms
                    .date(cell)
                    .ok_or_else(|| unknown("the date", cell))?,
            ),
        };
        let scheduled = needed(Field::ScheduledTime, "the schedule")?;
        let scheduled = self.instant("the schedule", &scheduled, date, None)?;
        let mut moments = [None; 4];
        let fields = [
            (Field::WheelsIn, "wheels in"),
            (Field::KnifeToSkin, "the start"),
            (Field::Closed, "the end"),
            (Field::WheelsOut, "wheels out"),
        ];
        let mut before = None;
        for (moment, (field, name)) in moments.iter_mut().zip(fields) {
            let cell = text(field, name)?;
            if !cell.is_empty() {
                *moment = Some(self.instant(name, cell, date, before)?);
                before = *moment;
            }
        }
        let specialty = text(Field::Specialty, "the specialty")?.to_owned();
        let procedure = match text(Field::Procedure, "the procedure")? {
            "" if specialty.is_empty() => UNNAMED.to_owned(),
            "" => specialty.clone(),
            said => said.to_owned(),
        };
        let [wheels_in, knife_to_skin, closed, wheels_out] =
            moments.map(|moment| moment.map(stamp));
        Ok(ImportRow {
            line: i32::try_from(line).unwrap_or(i32::MAX),
            encounter_id,
            theatre,
            specialty,
            procedure,
            scheduled_time: Some(stamp(scheduled)),
            booked_min,
            wheels_in,
            knife_to_skin,
            closed,
            wheels_out,
        })
    }

    /// The instant that a cell says. A time without a date is on `date`, or on the day after when it
    /// would otherwise lie half a day and more before the moment that comes before it.
    fn instant(
        &self,
        name: &str,
        cell: &str,
        date: Option<Date>,
        before: Option<Timestamp>,
    ) -> Result<Timestamp, String> {
        let civil = match self.forms.time(cell).ok_or_else(|| unknown(name, cell))? {
            Said::Instant(instant) => return Ok(instant),
            Said::Civil(civil) => civil,
            Said::Clock(time) => {
                let date = date.ok_or_else(|| {
                    format!(
                        "{name} is '{}' without a date, and no column has the date",
                        quoted(cell)
                    )
                })?;
                let same_day = self.resolve(name, date.to_datetime(time));
                let past_midnight = before.is_some_and(|before| {
                    let instant = self.zone.to_timestamp(date.to_datetime(time));
                    instant.is_ok_and(|instant| {
                        before.duration_since(instant) > SignedDuration::from_hours(12)
                    })
                });
                if !past_midnight {
                    return same_day;
                }
                let next = date
                    .checked_add(1.day())
                    .map_err(|_| format!("{name} is too far away"))?;
                next.to_datetime(time)
            }
        };
        self.resolve(name, civil)
    }

    fn resolve(&self, name: &str, civil: jiff::civil::DateTime) -> Result<Timestamp, String> {
        instant(&self.zone, civil).map_err(|error| format!("{name}: {error}"))
    }
}

/// Booked minutes: a whole number, perhaps with decimals that are zero, as spreadsheets write it.
fn booked(cell: &str) -> Result<i32, String> {
    let whole = cell
        .strip_suffix(".0")
        .or_else(|| cell.strip_suffix(".00"))
        .unwrap_or(cell);
    let minutes: i64 = whole.parse().map_err(|_| {
        format!(
            "the booked time '{}' is not a number of minutes",
            quoted(cell)
        )
    })?;
    match i32::try_from(minutes) {
        Ok(booked) if (1..=MAX_BOOKED_MIN).contains(&minutes) => Ok(booked),
        _ => Err(format!(
            "the booked time is {minutes} minutes; a case takes 1 to {MAX_BOOKED_MIN}"
        )),
    }
}

fn unknown(name: &str, cell: &str) -> String {
    format!(
        "{name} '{}' is in no form that is known; name its form in a --mapping file",
        quoted(cell)
    )
}

/// The beginning of a cell as it stands there, but for what a terminal or a page would obey: that is
/// spelt out.
fn quoted(cell: &str) -> String {
    // Rust escapes these three as well, which nobody obeys and names have.
    const PLAIN: [char; 3] = ['\'', '"', '\\'];
    let shown: String = cell.chars().take(MAX_QUOTED_CHARS).collect();
    let mut quoted = String::new();
    for piece in shown.split_inclusive(PLAIN) {
        let rest = piece.trim_end_matches(PLAIN);
        quoted.extend(rest.escape_debug());
        quoted.push_str(&piece[rest.len()..]);
    }
    quoted
}
