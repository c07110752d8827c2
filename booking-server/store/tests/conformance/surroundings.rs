//! What is around a place that a case is meant for.

use std::collections::BTreeSet;

use booking_domain::{
    Subject, TeamRole, TimeRange, Unavailability, UnavailabilityId, claims, testing,
};

use crate::ground::{Ground, insert, write};

pub(crate) async fn what_is_around_a_place_is_all_that_overlaps_it_and_nothing_else(
    ground: Ground,
) {
    let store = ground.hospital().await;
    let mut hospital_cases = Vec::new();
    let mut add = |id: &str, theatre: &str, start: &str, staff: &str| {
        hospital_cases.push(testing::with(
            testing::scheduled(id, theatre, start),
            |details| {
                details.team = vec![testing::member(staff, TeamRole::PrimarySurgeon)];
            },
        ));
    };
    add("in the theatre", "OT-1", "2026-06-01T10:00", "DC-2");
    add("with the surgeon", "OT-2", "2026-06-01T09:30", "DC-1");
    add("elsewhere", "OT-3", "2026-06-01T09:30", "DC-4");
    add("the day after", "OT-1", "2026-06-02T09:00", "DC-1");
    insert(&store, hospital_cases).await.unwrap();

    write(&store, |tx| {
        Box::pin(async move {
            for (id, theatre, start, end) in [
                ("around", "OT-1", "2026-06-01T07:00", "2026-06-01T13:00"),
                ("before", "OT-1", "2026-06-01T05:00", "2026-06-01T07:00"),
                ("next door", "OT-2", "2026-06-01T07:00", "2026-06-01T13:00"),
            ] {
                tx.put(&testing::session(id, theatre, start, end)).await?;
            }
            let absences = [
                (
                    "closed",
                    Subject::Theatre(testing::theatre_id("OT-1")),
                    "2026-06-01T09:00",
                    "2026-06-01T09:01",
                ),
                (
                    "away",
                    Subject::Staff(testing::staff_id("DC-1")),
                    "2026-01-01T00:00",
                    "2026-12-01T00:00",
                ),
                (
                    "over",
                    Subject::Staff(testing::staff_id("DC-1")),
                    "2026-05-01T00:00",
                    "2026-06-01T09:00",
                ),
                (
                    "other",
                    Subject::Staff(testing::staff_id("DC-2")),
                    "2026-06-01T00:00",
                    "2026-06-02T00:00",
                ),
                (
                    "broken",
                    Subject::Unit(testing::unit_id("CA-1")),
                    "2026-06-01T00:00",
                    "2026-06-02T00:00",
                ),
            ];
            for (id, subject, start, end) in absences {
                let absence = Unavailability {
                    id: UnavailabilityId::parse(id).unwrap(),
                    ..testing::unavailable(subject, start, end)
                };
                tx.put(&absence).await?;
            }
            Ok(())
        })
    })
    .await
    .unwrap();

    let case = testing::with(testing::requested("new"), |details| {
        details.units = vec![testing::unit_id("CA-1")];
    });
    let hospital = store.hospital().await.unwrap();
    let plan = testing::plan("OT-1", "2026-06-01T09:00");
    let claimed = claims(&case, &plan, &hospital);
    let mut read = store.read().await.unwrap();
    let around = read
        .surroundings(&claimed, &plan.theatre, &[])
        .await
        .unwrap();

    let mut held: Vec<_> = around.held.iter().map(|held| held.case.as_str()).collect();
    held.sort_unstable();
    held.dedup();
    assert_eq!(held, ["in the theatre", "with the surgeon"]);
    let sessions: Vec<_> = around
        .sessions
        .iter()
        .map(|session| session.id.as_str())
        .collect();
    assert_eq!(sessions, ["around"]);
    let mut away: Vec<_> = around
        .unavailable
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    away.sort_unstable();
    assert_eq!(away, ["away", "broken", "closed"]);

    let except = [testing::case_id("in the theatre")];
    let around = read
        .surroundings(&claimed, &plan.theatre, &except)
        .await
        .unwrap();
    assert!(
        around
            .held
            .iter()
            .all(|held| held.case.as_str() == "with the surgeon")
    );
    assert!(!around.held.is_empty());

    // Whoever looks for a place asks for the same, over a stretch of time.
    let wanted = claimed.iter().map(|claim| claim.resource.clone()).collect();
    let two_days = TimeRange::new(
        testing::at("2026-06-01T00:00"),
        testing::at("2026-06-03T00:00"),
    );
    let mut held = async |range, except| {
        let held = read.held(&wanted, range, &testing::case_id(except)).await;
        let held = held.unwrap().into_iter();
        let held: BTreeSet<_> = held.map(|held| held.case.as_str().to_owned()).collect();
        held.into_iter().collect::<Vec<_>>()
    };
    let range = two_days.unwrap();
    let all = ["in the theatre", "the day after", "with the surgeon"];
    assert_eq!(held(range, "new").await, all);
    assert_eq!(held(range, "in the theatre").await, all[1..]);
    let before = TimeRange::new(
        testing::at("2026-06-01T00:00"),
        testing::at("2026-06-01T09:00"),
    );
    assert!(held(before.unwrap(), "new").await.is_empty());
}
