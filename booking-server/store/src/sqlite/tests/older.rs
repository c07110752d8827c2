//! Databases that an earlier version has made.

use booking_domain::{CaseCondition, CaseQuery};

use super::*;

/// What version 1 could hold.
const HELD: &str = "
    insert into site values ('main', 'Site', 'Europe/London');
    insert into theatre values ('T', 'main', 'Theatre', 1, null), ('U', 'main', 'Old', 2, 7);
    insert into staff values ('d', 'Doctor', null), ('e', 'Gone', 7);
    insert into patient values ('p'), ('q');
    insert into surgical_case values
        ('planned', 'p', 'Repair', 'Hernia', 'COMPLETED', 10, 'T', 20, 10, 60, 10),
        ('waiting', 'p', 'Repair', 'Hernia, LEFT; ÖSOPHAGUS', 'POSTPONED', 11, null, null, 10, 60, 10),
        ('off', 'q', 'Repair', 'Hernia', 'CANCELLED', 12, 'U', 40, 10, 60, 10),
        ('never planned', 'q', 'Repair', 'Hernia', 'CANCELLED', 13, null, null, 10, 60, 10);
    insert into case_team values
        ('planned', 'd', 'PRIMARY_SURGEON'), ('planned', 'e', 'ANAESTHETIST'),
        ('waiting', 'd', 'PRIMARY_SURGEON'), ('off', 'd', 'ASSISTANT_SURGEON'),
        ('never planned', 'd', 'PRIMARY_SURGEON');
    insert into seeding values (1, 'none', 0);";

/// A file as version 1 left it.
async fn version_1() -> Place {
    let place = Place::new();
    let options = SqliteConnectOptions::new()
        .filename(&place.path)
        .create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let first = sqlx::migrate::Migrator::with_migrations(
        crate::migrations::OF_SQLITE
            .iter()
            .filter(|migration| migration.version == 1)
            .cloned()
            .collect(),
    );
    first.run(&mut connection).await.unwrap();
    sqlx::raw_sql(HELD).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    place
}

#[tokio::test]
async fn what_version_1_held_is_carried_over_whole() {
    let place = version_1().await;
    let store = place.open(Seed::Article).await.unwrap();

    let hospital = store.hospital().await.unwrap();
    assert_eq!(hospital.sites.len(), 1);
    assert_eq!(hospital.theatres.len(), 2);
    assert_eq!(hospital.staff.len(), 2);
    let theatre = &hospital.theatres.values().next().unwrap();
    assert_eq!(theatre.opening.len(), 7, "around the clock");

    let mut cases = ask(&store, "p", "d").await;
    cases.sort_by(|a, b| a.id.cmp(&b.id));
    let told: Vec<_> = cases
        .iter()
        .map(|case| {
            (
                case.id.as_str(),
                case.state.as_str(),
                case.details.team.len(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [("planned", "COMPLETED", 2), ("waiting", "POSTPONED", 1)]
    );
    assert_eq!(cases[0].plan.as_ref().unwrap().start.as_microsecond(), 20);
    assert_eq!(cases[1].details.decided_at.as_microsecond(), 11);
    assert_eq!(cases[1].details.condition, "Hernia, LEFT; ÖSOPHAGUS");
    assert_eq!(
        cases[1].details.blood_units.get(),
        0,
        "nobody asked for any"
    );
    for text in ["left", "ösophagus"] {
        let query = CaseQuery {
            conditions: vec![CaseCondition::TextContains(text.to_owned())],
            limit: 10,
            ..CaseQuery::default()
        };
        let found = store.read().await.unwrap().cases(&query).await.unwrap();
        assert_eq!(found.len(), 1, "{text}");
    }

    let off = ask(&store, "q", "d").await;
    assert_eq!(off.len(), 2);
    for case in off {
        let cancellation = case.cancellation.unwrap();
        assert_eq!(cancellation.reason.as_str(), "NOT_RECORDED");
    }
    assert_eq!(store.examine().await.unwrap(), []);
}

#[tokio::test]
async fn an_older_database_gets_the_reasons_it_never_had_and_no_seed() {
    let place = version_1().await;
    let store = place.open(Seed::Article).await.unwrap();
    let hospital = store.hospital().await.unwrap();
    assert!(hospital.reasons.len() > 20);
    assert!(ask(&store, "PT-1204", "DC-3904").await.is_empty());
}
