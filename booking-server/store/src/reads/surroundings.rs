//! What is in and around a place that a case is meant for.

use std::collections::BTreeSet;

use booking_domain::{
    CaseId, Claim, HeldClaim, Resource, ResourceKind, Session, Surroundings, TheatreId, TimeRange,
    Unavailability,
};

use super::snapshot::Reads;
use crate::{
    StoreError,
    db::{Fields, Row, Sql},
    rows::{Record as _, values::subject},
};

/// No claim and no session lasts longer, which bounds the stretch of an index that is searched.
const MAX_HELD_US: i64 = 48 * 60 * 60 * 1_000_000;

/// Whatever lasts through some instant of `range`, of a table that the question knows as `of`.
pub(super) fn push_overlapping(sql: &mut Sql, of: &str, range: TimeRange) {
    let earliest = range.start().as_microsecond() - MAX_HELD_US;
    sql.push(" and ").push(of).push("start_us > ").arg(earliest);
    sql.push(" and ")
        .push(of)
        .push("start_us < ")
        .arg(range.end());
    sql.push(" and ")
        .push(of)
        .push("end_us > ")
        .arg(range.start());
}

/// What a row of the one question is.
const SESSION_ROW: i64 = 1;
const HELD_ROW: i64 = 2;
const UNAVAILABLE_ROW: i64 = 3;

impl Reads {
    /// All that overlaps `claims`: what others hold, the sessions in `theatre`, the closures and
    /// absences of what is claimed. What the cases in `except` hold is left out.
    ///
    /// One question, since every booking asks it: three selects whose columns are those of a
    /// session, with what the other two have in their place.
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
        let mut found = Surroundings::default();
        let Some(hull) = hull(claims) else {
            return Ok(found);
        };
        let ranges = self.conn.is_postgres();
        for row in &self
            .rows(around(claims, theatre, hull, except, ranges))
            .await?
        {
            let f = &mut Fields::of("surroundings", row);
            match f.int()? {
                SESSION_ROW => found.sessions.push(f.take()?),
                HELD_ROW => found.held.push(f.take()?),
                UNAVAILABLE_ROW => found.unavailable.push(unavailable(f)?),
                _ => return Err(f.damaged(&"no such row")),
            }
        }
        Ok(found)
    }

    /// What of `resources` is held at some instant of `range`, but by the case `except`: for who
    /// looks for a place, and needs to know of nothing else.
    ///
    /// # Errors
    ///
    /// [`StoreError`] when it cannot be read.
    pub async fn held(
        &mut self,
        resources: &BTreeSet<Resource>,
        range: TimeRange,
        except: &CaseId,
    ) -> Result<Vec<HeldClaim>, StoreError> {
        // A question a kind, each along the index.
        let questions: Vec<_> = ResourceKind::ALL
            .into_iter()
            .filter_map(|kind| holders(kind, resources, range, except))
            .collect();
        let mut held = Vec::new();
        for question in questions {
            for row in &self.rows(question).await? {
                held.push(read_held(row)?);
            }
        }
        Ok(held)
    }
}

/// Who holds those of `resources` that are of `kind`; nothing to ask when none is.
fn holders(
    kind: ResourceKind,
    resources: &BTreeSet<Resource>,
    range: TimeRange,
    except: &CaseId,
) -> Option<Sql> {
    let of_kind = resources.iter().filter(|resource| resource.kind == kind);
    let ids: Vec<_> = of_kind.map(|resource| resource.id.as_str()).collect();
    if ids.is_empty() {
        return None;
    }
    let mut sql = Sql::new(
        "select o.case_id, o.kind, o.resource, o.start_us, o.end_us from occupancy o
         where o.kind = ",
    );
    sql.arg(kind as i64).push(" and o.resource in ").list(ids);
    push_overlapping(&mut sql, "o.", range);
    sql.push(" and o.case_id <> ").arg(except.as_str());
    Some(sql)
}

/// From the first claim's start to the last one's end.
fn hull(claims: &[Claim]) -> Option<TimeRange> {
    let start = claims.iter().map(|claim| claim.range.start()).min()?;
    let end = claims.iter().map(|claim| claim.range.end()).max()?;
    TimeRange::new(start, end).ok()
}

/// The question behind [`Reads::surroundings`], for a database that knows ranges or one that does not.
pub(super) fn around(
    claims: &[Claim],
    theatre: &TheatreId,
    hull: TimeRange,
    except: &[CaseId],
    ranges: bool,
) -> Sql {
    let mut sql = Sql::default();
    push_sessions(&mut sql, theatre, hull);
    sql.push(" union all ");
    push_held(&mut sql, claims, except, ranges);
    sql.push(" union all ");
    push_unavailable(&mut sql, claims, hull);
    sql.push(" order by 5, 2");
    sql
}

fn push_sessions(sql: &mut Sql, theatre: &TheatreId, hull: TimeRange) {
    sql.push(&format!(
        "select cast({SESSION_ROW} as bigint), {} from session s where s.theatre_id = ",
        Session::TABLE.columns
    ));
    sql.arg(theatre.as_str());
    push_overlapping(sql, "s.", hull);
}

/// A question for each claim, along an index: one that joined them by `or` would be answered from all that their resources were
/// ever held for. So would one that tells PostgreSQL the times as numbers alone: it may choose the index of the constraint
/// `occupancy_no_overlap`, where they are ranges.
fn push_held(sql: &mut Sql, claims: &[Claim], except: &[CaseId], ranges: bool) {
    for (index, claim) in claims.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " union all " });
        sql.push(&format!(
            "select cast({HELD_ROW} as bigint), o.case_id, o.kind, o.resource, o.start_us, o.end_us,
                    '', null, null, false, false, false, null, '', null, null, ''
             from occupancy o where o.kind = "
        ));
        sql.arg(claim.resource.kind as i64)
            .push(" and o.resource = ")
            .arg(claim.resource.id.as_str());
        push_overlapping(sql, "o.", claim.range);
        if ranges {
            sql.push(" and int8range(o.start_us, o.end_us) && int8range(")
                .arg(claim.range.start());
            sql.push(", ").arg(claim.range.end()).push(")");
        }
        if !except.is_empty() {
            sql.push(" and o.case_id not in ")
                .list(except.iter().map(CaseId::as_str));
        }
    }
}

fn push_unavailable(sql: &mut Sql, claims: &[Claim], hull: TimeRange) {
    sql.push(&format!(
        "select cast({UNAVAILABLE_ROW} as bigint), n.id, n.version, n.resource, n.start_us, n.end_us,
                n.reason, null, null, false, false, false, n.kind, '', null, null, ''
         from unavailability n where ("
    ));
    for (index, claim) in claims.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " or " });
        sql.push("n.kind = ").arg(claim.resource.kind as i64);
        sql.push(" and n.resource = ")
            .arg(claim.resource.id.as_str());
        sql.push(" and n.end_us > ").arg(hull.start());
    }
    sql.push(") and n.start_us < ").arg(hull.end());
}

/// Five columns of `occupancy`: case, kind, resource, start, end.
pub(crate) fn read_held(row: &Row) -> Result<HeldClaim, StoreError> {
    Fields::of("occupancy", row).take()
}

/// As [`push_unavailable`] has it: the kind stands where a session has its release.
fn unavailable(f: &mut Fields<'_>) -> Result<Unavailability, StoreError> {
    let (id, version, resource) = (f.take()?, f.take()?, f.text()?);
    let (range, reason) = (f.take()?, f.text()?);
    f.skip(5);
    let kind = f.take()?;
    Ok(Unavailability {
        id,
        version,
        subject: subject(f, kind, &resource)?,
        range,
        reason,
    })
}
