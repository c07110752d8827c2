//! Questions in SQL, answers in domain types: the only file that knows both.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use sqlx::SqlitePool;

use super::blame;
use crate::{
    domain::{CaseId, DoctorId, PatientId, Plan, Slot, SurgicalCase, TeamRole},
    store::StoreError,
};

/// One row per case, though a doctor may have both roles in it.
const CASES_OF: &str = "
    select c.id, c.procedure, c.condition, c.state, c.decided_at_us, c.start_us,
           c.setup_min + c.procedure_min + c.cleanup_min as footprint_min, s.time_zone
    from surgical_case c
    left join theatre t on t.id = c.theatre_id
    left join site s on s.id = t.site_id
    where c.patient_id = ?1
      and exists (select 1 from case_team m
                  where m.case_id = c.id and m.staff_id = ?2 and m.role in (?3, ?4))";

#[derive(sqlx::FromRow)]
struct CaseRow {
    id: String,
    procedure: String,
    condition: String,
    state: String,
    decided_at_us: i64,
    start_us: Option<i64>,
    footprint_min: i64,
    time_zone: Option<String>,
}

/// Every case of `patient` in which `doctor` operates.
pub(super) async fn cases_of(
    pool: &SqlitePool,
    patient: &PatientId,
    doctor: &DoctorId,
) -> Result<Vec<SurgicalCase>, StoreError> {
    let [primary, assistant] = TeamRole::SURGICAL;
    let rows: Vec<CaseRow> = sqlx::query_as(CASES_OF)
        .bind(patient.as_str())
        .bind(doctor.as_str())
        .bind(primary.as_str())
        .bind(assistant.as_str())
        .fetch_all(pool)
        .await
        .map_err(blame::read)?;
    rows.into_iter().map(case).collect()
}

/// Reads the one row that every database of ours has.
pub(super) async fn probe(pool: &SqlitePool) -> Result<(), StoreError> {
    let found: Option<i64> = sqlx::query_scalar("select only_row from seeding")
        .fetch_optional(pool)
        .await
        .map_err(blame::read)?;
    found
        .map(drop)
        .ok_or_else(|| StoreError::Corrupt("the row of table seeding is gone".into()))
}

/// The schema's checks make every refusal here a sign of damage, or of a hand that went around them.
fn case(row: CaseRow) -> Result<SurgicalCase, StoreError> {
    let damaged = |column: &str, why: &dyn std::fmt::Display| {
        StoreError::Corrupt(format!("surgical_case {:?}: {column}: {why}", row.id))
    };
    let instant =
        |column: &str, us| Timestamp::from_microsecond(us).map_err(|error| damaged(column, &error));

    let id = CaseId::parse(&row.id).map_err(|error| damaged("id", &error))?;
    let state = row
        .state
        .parse()
        .map_err(|error| damaged("state", &error))?;
    let decided_at = instant("decided_at_us", row.decided_at_us)?;
    let plan = match (row.start_us, &row.time_zone) {
        (None, _) => None,
        (Some(_), None) => return Err(damaged("theatre_id", &"no such theatre or site")),
        (Some(start_us), Some(zone)) => {
            let start = instant("start_us", start_us)?;
            let end = SignedDuration::try_from_mins(row.footprint_min)
                .and_then(|footprint| start.checked_add(footprint).ok())
                .ok_or_else(|| damaged("footprint", &"beyond all time"))?;
            let slot = Slot::new(start, end).map_err(|error| damaged("footprint", &error))?;
            let zone = TimeZone::get(zone).map_err(|error| damaged("site.time_zone", &error))?;
            Some(Plan { slot, zone })
        }
    };
    SurgicalCase::new(id, &row.procedure, &row.condition, state, decided_at, plan)
        .map_err(|error| damaged("state", &error))
}
