//! `--seed demo`: a new database is filled with a week of an invented hospital. The one file that
//! knows both the demo and the store.
//!
//! Every thing in it has its event in the audit, as if somebody had entered it: by no account, since
//! none was proven, over no network.
//!
//! All of it is one transaction, so a server that is killed half-way has a database without a demo,
//! and its next start fills it; a second server on the same PostgreSQL finds it filled.

use booking_demo::Demo;
use booking_domain::{Hospital, claims};
use booking_store::{AuditRecord, Outcome, Seed, Store, StoreError, Tx};
use jiff::Timestamp;

use crate::{
    app::{CatalogueItem, told},
    journal::record,
    names::name,
};

/// Which of all invented hospitals: the number that everything in it is drawn from.
const NUMBER: u64 = 1;

/// Through what things came in, and why, in the audit's words. No method of a service is called so.
const METHOD: &str = "booking-server/SeedDemo";
const REASON: &str = "demo hospital, all of it invented";

/// Fills the database, if it was made to be filled so and has not been yet.
///
/// # Errors
///
/// [`StoreError`]; nothing of it is then there.
pub async fn fill(store: &Store, now: Timestamp) -> Result<(), StoreError> {
    if store.seed().await? != Seed::Demo || is_filled(&*store.hospital().await?) {
        return Ok(());
    }
    let Some(demo) = booking_demo::generate(&*store.hospital().await?, NUMBER, now) else {
        return Ok(());
    };
    let cases = demo.cases.len();
    let written: bool = store
        .write((demo, now), |filling, tx| Box::pin(write(filling, tx)))
        .await?;
    if written {
        tracing::info!(cases, "new database filled with the demo hospital");
    }
    Ok(())
}

/// The article's own hospital has no procedure types; the demo's has.
fn is_filled(hospital: &Hospital) -> bool {
    !hospital.procedure_types.is_empty()
}

/// The demo, and when it is written.
type Filling = (Demo, Timestamp);

async fn write((demo, now): &Filling, tx: &mut Tx) -> Result<bool, StoreError> {
    if is_filled(&*tx.hospital().await?) {
        return Ok(false);
    }
    put(tx, *now, &demo.theatres).await?;
    put(tx, *now, &demo.staff).await?;
    put(tx, *now, &demo.units).await?;
    put(tx, *now, &demo.procedure_types).await?;
    put(tx, *now, &demo.templates).await?;
    put(tx, *now, &demo.sessions).await?;
    put(tx, *now, &demo.unavailabilities).await?;
    for case in &demo.cases {
        let held = case
            .plan
            .as_ref()
            .map(|plan| claims(case, plan, &demo.hospital));
        tx.insert_case(case, &held.unwrap_or_default()).await?;
        let after = Some((case.version, case));
        tx.audit(told(blank(*now, name(&case.id)), None, after, REASON));
    }
    Ok(true)
}

async fn put<T: CatalogueItem>(tx: &mut Tx, now: Timestamp, items: &[T]) -> Result<(), StoreError> {
    for item in items {
        // The article's own theatres and staff are there already.
        let before = tx.find::<T>(item.id()).await?;
        tx.put(item).await?;
        let before = before.as_ref().map(|before| (before.version(), before));
        let after = Some((item.version(), item));
        tx.audit(told(blank(now, name(item.id())), before, after, REASON));
    }
    Ok(())
}

/// What the audit keeps of a thing's entry, but for the thing.
fn blank(now: Timestamp, resource: String) -> AuditRecord {
    AuditRecord {
        resource,
        transport: "local".to_owned(),
        ..record(now, METHOD, "", None, Outcome::Ok)
    }
}

#[cfg(test)]
#[path = "demo_tests.rs"]
mod tests;
