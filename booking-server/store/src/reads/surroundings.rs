//! What is in and around a place that a case is meant for.

use booking_domain::{
    CaseId, Claim, HeldClaim, Resource, ResourceKind, Surroundings, TheatreId, TimeRange,
};

use super::Reads;
use crate::{
    StoreError,
    db::{Fields, Row, Sql},
    rows::session::{SESSION, UNAVAILABILITY, read_session, read_unavailability},
};

/// No claim and no session lasts longer, which bounds the stretch of an index that is searched.
pub(crate) const MAX_HELD_US: i64 = 48 * 60 * 60 * 1_000_000;

impl Reads {
    /// All that overlaps `claims`: what others hold, the sessions in `theatre`, the closures and
    /// absences of what is claimed. What the cases in `except` hold is left out.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn surroundings(
        &mut self,
        claims: &[Claim],
        theatre: &TheatreId,
        except: &[CaseId],
    ) -> Result<Surroundings, StoreError> {
        let Some(hull) = hull(claims) else {
            return Ok(Surroundings::default());
        };
        let held = self.rows(held(claims, except)).await?;
        let sessions = self.rows(sessions(theatre, hull)).await?;
        let unavailable = self.rows(unavailable(claims, hull)).await?;
        Ok(Surroundings {
            held: held.iter().map(read_held).collect::<Result<_, _>>()?,
            sessions: sessions
                .iter()
                .map(read_session)
                .collect::<Result<_, _>>()?,
            unavailable: unavailable
                .iter()
                .map(read_unavailability)
                .collect::<Result<_, _>>()?,
        })
    }
}

/// From the first claim's start to the last one's end.
fn hull(claims: &[Claim]) -> Option<TimeRange> {
    let start = claims.iter().map(|claim| claim.range.start()).min()?;
    let end = claims.iter().map(|claim| claim.range.end()).max()?;
    TimeRange::new(start, end).ok()
}

fn held(claims: &[Claim], except: &[CaseId]) -> Sql {
    let mut sql = Sql::new(
        "select o.case_id, o.kind, o.resource, o.start_us, o.end_us from occupancy o where (",
    );
    for (index, claim) in claims.iter().enumerate() {
        let start = claim.range.start().as_microsecond();
        let end = claim.range.end().as_microsecond();
        sql.push(if index == 0 { "" } else { " or " });
        sql.push("o.kind = ").arg(claim.resource.kind as i64);
        sql.push(" and o.resource = ")
            .arg(claim.resource.id.as_str());
        sql.push(" and o.start_us > ").arg(start - MAX_HELD_US);
        sql.push(" and o.start_us < ").arg(end);
        sql.push(" and o.end_us > ").arg(start);
    }
    sql.push(")");
    if !except.is_empty() {
        sql.push(" and o.case_id not in ")
            .list(except.iter().map(CaseId::as_str));
    }
    sql.push(" order by o.kind, o.start_us, o.case_id");
    sql
}

fn sessions(theatre: &TheatreId, hull: TimeRange) -> Sql {
    let start = hull.start().as_microsecond();
    let mut sql = Sql::new("select ");
    sql.push(SESSION)
        .push(" from session s where s.theatre_id = ")
        .arg(theatre.as_str());
    sql.push(" and s.start_us > ").arg(start - MAX_HELD_US);
    sql.push(" and s.start_us < ")
        .arg(hull.end().as_microsecond());
    sql.push(" and s.end_us > ").arg(start);
    sql.push(" order by s.start_us, s.id");
    sql
}

fn unavailable(claims: &[Claim], hull: TimeRange) -> Sql {
    let mut sql = Sql::new("select ");
    sql.push(UNAVAILABILITY)
        .push(" from unavailability n where (");
    for (index, claim) in claims.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " or " });
        sql.push("n.kind = ").arg(claim.resource.kind as i64);
        sql.push(" and n.resource = ")
            .arg(claim.resource.id.as_str());
        sql.push(" and n.end_us > ")
            .arg(hull.start().as_microsecond());
    }
    sql.push(") and n.start_us < ")
        .arg(hull.end().as_microsecond());
    sql.push(" order by n.start_us, n.id");
    sql
}

/// Five columns of `occupancy`: case, kind, resource, start, end.
pub(crate) fn read_held(row: &Row) -> Result<HeldClaim, StoreError> {
    let f = &mut Fields::of("occupancy", row);
    Ok(HeldClaim {
        case: f.parse(CaseId::parse)?,
        claim: Claim {
            resource: Resource {
                kind: match f.int()? {
                    1 => ResourceKind::Theatre,
                    2 => ResourceKind::Staff,
                    3 => ResourceKind::Patient,
                    4 => ResourceKind::Equipment,
                    _ => return Err(f.damaged(&"no such kind")),
                },
                id: f.text()?,
            },
            range: f.range()?,
        },
    })
}
