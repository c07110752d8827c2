//! What is wrong in a store that opens and answers: `booking-server doctor`.
//!
//! | finding | what contradicts what |
//! |---|---|
//! | `UNREADABLE` | a row and what the domain says can be |
//! | `CLAIMS_DIFFER` | what a case holds, and what its plan implies |
//! | `HELD_BY_NOBODY` | something that is held, and no case that would hold it |
//! | `OVERLAP` | two that hold one resource at one time |
//! | `SESSIONS_OVERLAP` | two sessions in one theatre at one time |
//! | `DANGLING` | a reference, and nothing there |
//! | `AUDIT_BROKEN` | the audit and its chain |
//! | `CHANGES_GAP` | the change log and its count |

use std::collections::{BTreeMap, BTreeSet};

use booking_domain::{
    Case, CaseId, CaseOrder, CaseOrderKey, CaseQuery, Claim, HeldClaim, Hospital, SessionState,
    Subject, claims,
};

use crate::{
    Reads, SessionQuery, StoreError, UnavailabilityQuery, chain, db::Sql,
    reads::surroundings::read_held,
};

/// Cases that are in memory at once while all are looked at.
const PAGE: u32 = 500;

/// One thing that contradicts another.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Finding {
    /// A fixed word for programs, such as `CLAIMS_DIFFER`.
    pub kind: &'static str,
    /// What it is about, such as `cases/…`; empty where a row does not even say that.
    pub resource: String,
    /// A sentence for a person; holds nothing of a patient.
    pub description: String,
}

impl Finding {
    fn new(kind: &'static str, resource: String, description: impl Into<String>) -> Self {
        Self {
            kind,
            resource,
            description: description.into(),
        }
    }

    fn case(kind: &'static str, id: &CaseId, description: impl Into<String>) -> Self {
        Self::new(kind, format!("cases/{}", id.as_str()), description)
    }
}

/// Looks at everything in one snapshot.
pub(crate) async fn examine(reads: &mut Reads) -> Result<Vec<Finding>, StoreError> {
    let mut findings = Vec::new();
    let hospital = reads.hospital().await?;
    let held = held(reads).await?;
    overlaps(&held, &mut findings);
    cases(reads, &hospital, held, &mut findings).await?;
    sessions(reads, &mut findings).await?;
    unavailable(reads, &hospital, &mut findings).await?;
    logs(reads, &mut findings).await?;
    Ok(findings)
}

/// All that is held, by resource and start: as much as there are plans for the future.
async fn held(reads: &mut Reads) -> Result<Vec<HeldClaim>, StoreError> {
    let select = "select case_id, kind, resource, start_us, end_us from occupancy
                  order by kind, resource, start_us, end_us";
    let rows = reads.rows(Sql::new(select)).await?;
    rows.iter().map(read_held).collect()
}

fn overlaps(held: &[HeldClaim], findings: &mut Vec<Finding>) {
    // In the order of their starts: whatever ends last so far is what the next may run into.
    let mut last: Option<&HeldClaim> = None;
    for next in held {
        if let Some(before) = last.filter(|last| last.claim.resource == next.claim.resource) {
            if before.claim.range.overlaps(&next.claim.range) {
                let what = "it and another case hold one resource at one time";
                findings.push(Finding::case("OVERLAP", &next.case, what));
            }
            if before.claim.range.end() >= next.claim.range.end() {
                continue;
            }
        }
        last = Some(next);
    }
}

async fn cases(
    reads: &mut Reads,
    hospital: &Hospital,
    held: Vec<HeldClaim>,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let mut by_case: BTreeMap<CaseId, Vec<Claim>> = BTreeMap::new();
    for held in held {
        by_case.entry(held.case).or_default().push(held.claim);
    }
    let mut query = CaseQuery {
        order: CaseOrder {
            key: CaseOrderKey::Decided,
            descending: false,
        },
        limit: PAGE,
        ..CaseQuery::default()
    };
    loop {
        // Reading a case checks it against itself.
        let page = match reads.cases(&query).await {
            Ok(page) => page,
            Err(StoreError::Corrupt(why)) => {
                findings.push(Finding::new("UNREADABLE", "cases".to_owned(), why));
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        for case in page.iter().filter(|case| case.state.holds()) {
            let found = by_case.remove(&case.id).unwrap_or_default();
            compare(case, hospital, found, findings);
        }
        match page.last() {
            Some(last) => query.after = Some(query.order.cursor(last)),
            None => break,
        }
    }
    for case in by_case.keys() {
        let what = "resources are held for it, and it is not there or in no state to hold any";
        findings.push(Finding::case("HELD_BY_NOBODY", case, what));
    }
    Ok(())
}

fn compare(case: &Case, hospital: &Hospital, mut found: Vec<Claim>, findings: &mut Vec<Finding>) {
    let Some(plan) = &case.plan else {
        return;
    };
    let mut implied = claims(case, plan, hospital);
    let by_resource = |a: &Claim, b: &Claim| a.resource.cmp(&b.resource);
    implied.sort_by(by_resource);
    found.sort_by(by_resource);
    if implied != found {
        let what = "what it holds is not what its plan implies";
        findings.push(Finding::case("CLAIMS_DIFFER", &case.id, what));
    }
}

async fn sessions(reads: &mut Reads, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let mut sessions = match reads.sessions(&SessionQuery::default()).await {
        Ok(sessions) => sessions,
        Err(StoreError::Corrupt(why)) => {
            findings.push(Finding::new("UNREADABLE", "sessions".to_owned(), why));
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    sessions.retain(|session| session.state != SessionState::Cancelled);
    sessions.sort_by(|a, b| (&a.theatre, a.range).cmp(&(&b.theatre, b.range)));
    for pair in sessions.windows(2) {
        if pair[0].theatre == pair[1].theatre && pair[0].range.overlaps(&pair[1].range) {
            let resource = format!("sessions/{}", pair[1].id);
            let what = format!(
                "it and session {} are in one theatre at one time",
                pair[0].id
            );
            findings.push(Finding::new("SESSIONS_OVERLAP", resource, what));
        }
    }
    Ok(())
}

/// Closures and absences name what they are of without a reference that the schema would keep.
async fn unavailable(
    reads: &mut Reads,
    hospital: &Hospital,
    findings: &mut Vec<Finding>,
) -> Result<(), StoreError> {
    let all = reads
        .unavailabilities(&UnavailabilityQuery::default())
        .await?;
    for one in all {
        let known = match &one.subject {
            Subject::Theatre(theatre) => hospital.theatres.contains_key(theatre),
            Subject::Staff(staff) => hospital.staff.contains_key(staff),
            Subject::Unit(unit) => hospital.units.contains_key(unit),
        };
        if !known {
            let resource = format!("unavailabilities/{}", one.id);
            findings.push(Finding::new(
                "DANGLING",
                resource,
                "what it is of is not there",
            ));
        }
    }
    let sites: BTreeSet<_> = hospital
        .theatres
        .values()
        .map(|theatre| &theatre.site)
        .collect();
    for site in sites
        .into_iter()
        .filter(|site| !hospital.sites.contains_key(*site))
    {
        let resource = format!("sites/{site}");
        findings.push(Finding::new(
            "DANGLING",
            resource,
            "a theatre is in a site that is not there",
        ));
    }
    Ok(())
}

async fn logs(reads: &mut Reads, findings: &mut Vec<Finding>) -> Result<(), StoreError> {
    let chain = chain::verify(reads).await?;
    if let Some((place, why)) = chain.broken {
        findings.push(Finding::new(
            "AUDIT_BROKEN",
            format!("auditEvents/{place}"),
            why,
        ));
    }
    let select = "select count(*), min(seq), max(seq) from change_log";
    let row = reads.row(Sql::new(select)).await?;
    let row = row.ok_or_else(|| StoreError::Corrupt("count(*) without a row".into()))?;
    let f = &mut crate::db::Fields::of("change_log", &row);
    let (count, first, last) = (f.int()?, f.opt_int()?, f.opt_int()?);
    let newest = i64::try_from(reads.position().await?).unwrap_or(i64::MAX);
    let whole = match (first, last) {
        (Some(first), Some(last)) => last - first + 1 == count && last == newest,
        _ => true, // pruned to nothing, or nothing yet
    };
    if !whole {
        let what = "changes are missing from the middle or the end of the log";
        findings.push(Finding::new("CHANGES_GAP", "changes".to_owned(), what));
    }
    Ok(())
}
