//! More at once than fits into one statement.

use booking_domain::{Case, CaseQuery, Plan, TeamRole, later, testing};
use booking_store::CaseUpdate;

use crate::ground::{Ground, held, insert, write};

pub(crate) async fn more_cases_than_a_statement_has_parameters_change_at_once(ground: Ground) {
    // Each claims six resources, each in a row of five values.
    const CASES: u32 = 2_200;
    let store = ground.hospital().await;
    let team = [
        ("DC-1", TeamRole::PrimarySurgeon),
        ("DC-2", TeamRole::AssistantSurgeon),
        ("DC-3", TeamRole::Anaesthetist),
        ("DC-4", TeamRole::CirculatingNurse),
    ];
    let cases = (0..CASES).map(|hour| Case {
        plan: Some(Plan {
            start: later(testing::at("2026-06-01T00:00"), i64::from(hour) * 60),
            ..testing::plan("OT-1", "2026-06-01T00:00")
        }),
        ..testing::with(
            testing::scheduled(&format!("c{hour}"), "OT-1", "2026-06-01T00:00"),
            |details| {
                details.footprint = testing::footprint(0, 30, 0);
                details.team = team.map(|(id, role)| testing::member(id, role)).to_vec();
            },
        )
    });
    insert(&store, cases.collect()).await.unwrap();
    let moved = write(&store, |tx| {
        Box::pin(async {
            let hospital = tx.hospital().await?;
            let query = CaseQuery {
                limit: CASES,
                ..CaseQuery::default()
            };
            let cases = tx.cases(&query).await?;
            let claims: Vec<_> = cases.iter().map(|case| held(case, &hospital)).collect();
            let updates: Vec<_> = cases
                .iter()
                .zip(&claims)
                .map(|(case, claims)| CaseUpdate {
                    before: case,
                    after: case,
                    claims,
                })
                .collect();
            tx.update_cases(&updates).await
        })
    });
    assert_eq!(moved.await.unwrap().len(), CASES as usize);
    assert_eq!(store.examine().await.unwrap(), []);
}
