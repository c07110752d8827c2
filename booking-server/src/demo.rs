//! `--seed demo`: a new database is filled with a week of an invented hospital. The one file that
//! knows both the demo and the store.
//!
//! All of it is one transaction, so a server that is killed half-way has a database without a demo,
//! and its next start fills it; a second server on the same PostgreSQL finds it filled.

use booking_demo::Demo;
use jiff::Timestamp;

use crate::{
    domain::{Hospital, claims},
    store::{Seed, Store, StoreError, Tx},
};

/// Which of all invented hospitals: the number that everything in it is drawn from.
const NUMBER: u64 = 1;

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
        .write(demo, |demo, tx| Box::pin(write(demo, tx)))
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

async fn write(demo: &Demo, tx: &mut Tx) -> Result<bool, StoreError> {
    if is_filled(&*tx.hospital().await?) {
        return Ok(false);
    }
    for theatre in &demo.theatres {
        tx.put_theatre(theatre).await?;
    }
    for person in &demo.staff {
        tx.put_staff(person).await?;
    }
    for unit in &demo.units {
        tx.put_unit(unit).await?;
    }
    for procedure_type in &demo.procedure_types {
        tx.put_procedure_type(procedure_type).await?;
    }
    for template in &demo.templates {
        tx.put_template(template).await?;
    }
    for session in &demo.sessions {
        tx.put_session(session).await?;
    }
    for unavailability in &demo.unavailabilities {
        tx.put_unavailability(unavailability).await?;
    }
    for case in &demo.cases {
        let held = case
            .plan
            .as_ref()
            .map(|plan| claims(case, plan, &demo.hospital));
        tx.insert_case(case, &held.unwrap_or_default()).await?;
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::TheatreId,
        store::{Location, OpenOptions},
    };

    async fn opened(seed: Seed) -> Store {
        let options = OpenOptions {
            seed,
            ..OpenOptions::default()
        };
        Store::open(&Location::Memory, options)
            .await
            .expect("opens")
    }

    #[tokio::test]
    async fn a_new_database_gets_the_demo_once_and_agrees_with_itself() {
        let store = opened(Seed::Demo).await;
        let now = "2026-11-26T12:00:00Z".parse().unwrap();
        fill(&store, now).await.unwrap();
        fill(&store, now).await.unwrap();
        let hospital = store.hospital().await.unwrap();
        assert!(
            hospital
                .theatres
                .contains_key(&TheatreId::parse("OT-8").unwrap())
        );
        assert_eq!(store.examine().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_database_that_was_not_made_for_it_is_left_alone() {
        let store = opened(Seed::Article).await;
        fill(&store, Timestamp::now()).await.unwrap();
        assert!(!is_filled(&store.hospital().await.unwrap()));
    }
}
