//! What has an end here, and what the end looks like: watches, connections, refusals.

use std::{collections::BTreeSet, time::Duration};

use booking_domain::{BrokenRule, Case, RuleId, RuleSubject, TeamRole, testing};
use booking_proto::ot::v1::{
    self, WatchScheduleResponse, transfer_service_client::TransferServiceClient,
    watch_schedule_response::Kind, watch_service_client::WatchServiceClient,
};
use booking_store::StoreError;
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};
use tonic_health::pb::{
    HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
};

use super::{
    days::{at, wire},
    drafts::reason,
    world::{FRONT_END, World},
};
use crate::{
    access::{Policy, Role},
    app::Refusal,
    testing::{PATIENCE, article_store},
};

/// Puts cases of DC-3904 there, whatever the rules say of them.
async fn put(world: &World, mut cases: Vec<Case>) {
    for case in &mut cases {
        case.details.procedure_type = None;
        case.details.team = vec![testing::member("DC-3904", TeamRole::PrimarySurgeon)];
    }
    let put = world.store.write(cases, |cases, tx| {
        Box::pin(async move {
            for case in cases {
                tx.insert_case(case, &[]).await?;
            }
            Ok::<_, StoreError>(())
        })
    });
    put.await.unwrap();
}

async fn next(stream: &mut Streaming<WatchScheduleResponse>) -> Option<WatchScheduleResponse> {
    let message = timeout(PATIENCE, stream.message()).await;
    message.expect("nothing is told").unwrap()
}

/// The cases of a snapshot, each of which is told once.
async fn snapshot(stream: &mut Streaming<WatchScheduleResponse>) -> BTreeSet<String> {
    let mut told = BTreeSet::new();
    loop {
        let message = next(stream).await.expect("the snapshot has no end");
        if message.kind() == Kind::SnapshotComplete {
            return told;
        }
        let name = message.case.unwrap().name;
        assert!(told.insert(name.clone()), "{name} is told twice");
    }
}

#[tokio::test]
async fn a_snapshot_of_many_pages_tells_every_case_of_its_time_and_no_other() {
    let world = World::new().await;
    let scheduled = |id: &str, start: &str| testing::scheduled(id, "OT-1", start);
    let mut cases = vec![
        scheduled("over", "2026-06-01T05:00"),
        scheduled("reaches-in", "2026-06-01T07:30"),
        scheduled("begins-at-the-end", "2026-06-21T08:00"),
    ];
    let day = |index: usize| format!("2026-06-{:02}T{:02}:00", 1 + index / 24, index % 24);
    let within = (8..468).map(|index| scheduled(&format!("c{index}"), &day(index)));
    cases.extend(within);
    put(&world, cases).await;
    let mut watch = WatchServiceClient::new(wire(&world, Role::Viewer).await);
    let request = |end: &str| v1::WatchScheduleRequest {
        start_time: at("2026-06-01T08:00:00Z"),
        end_time: at(end),
        ..v1::WatchScheduleRequest::default()
    };
    let answer = watch.watch_schedule(request("2026-06-21T08:00:00Z"));
    let told = snapshot(&mut answer.await.unwrap().into_inner()).await;
    assert_eq!(told.len(), 461);
    assert!(told.contains("cases/reaches-in"), "{told:?}");
    assert!(!told.contains("cases/over") && !told.contains("cases/begins-at-the-end"));

    let refused = watch.watch_schedule(request("2056-06-01T08:00:00Z")).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().starts_with("end_time"), "{refused:?}");
}

#[tokio::test]
async fn who_loses_the_right_in_the_middle_of_a_snapshot_is_not_told_the_rest() {
    const CASES: usize = 2_500;
    let world = World::new().await;
    let cases = (0..CASES).map(|index| testing::requested(&format!("c{index}")));
    put(&world, cases.collect()).await;
    let mut watch = WatchServiceClient::new(wire(&world, Role::Viewer).await);
    let answer = watch.watch_schedule(v1::WatchScheduleRequest::default());
    let mut stream = answer.await.unwrap().into_inner();
    next(&mut stream).await.unwrap();
    world.gatekeeper.replace(Policy::default());
    let mut told = 1;
    let ended = loop {
        match timeout(PATIENCE, stream.message()).await.unwrap() {
            Ok(message) => told += i32::from(message.unwrap().kind() == Kind::Snapshot),
            Err(ended) => break ended,
        }
    };
    assert_eq!(ended.code(), Code::PermissionDenied, "{ended:?}");
    assert!(told < 2_400, "{told} cases were told");
}

#[tokio::test]
async fn a_caller_may_have_many_watches_but_not_any_number() {
    let world = World::new().await;
    let mut watch = WatchServiceClient::new(wire(&world, Role::Viewer).await);
    let mut open = Vec::new();
    let refused = loop {
        let request = v1::WatchScheduleRequest::default();
        match watch.watch_schedule(request).await {
            Ok(stream) => open.push(stream.into_inner()),
            Err(refused) => break refused,
        }
        assert!(open.len() < 200, "nothing bounds the watches of one caller");
    };
    assert_eq!(refused.code(), Code::ResourceExhausted);
    assert_eq!(reason(&refused), "TOO_MANY_WATCHES");
    assert!(open.len() >= 64, "only {}", open.len());
    // Another caller is not in their way, and one that ends makes room.
    let mut other = WatchServiceClient::new(wire(&world, Role::Coordinator).await);
    other
        .watch_schedule(v1::WatchScheduleRequest::default())
        .await
        .unwrap();
    open.pop();
    let room = async {
        let request = v1::WatchScheduleRequest::default;
        while watch.watch_schedule(request()).await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, room).await.expect("no room is made");
}

#[tokio::test]
async fn watches_end_with_the_age_of_their_connection() {
    let age = Some(Duration::from_secs(2));
    let world = World::aging(article_store().await, age);
    let channel = world.channel(FRONT_END).await;
    let mut watch = WatchServiceClient::new(channel.clone());
    let answer = watch.watch_schedule(v1::WatchScheduleRequest::default());
    let mut stream = answer.await.unwrap().into_inner();
    snapshot(&mut stream).await;
    let mut health = HealthClient::new(channel);
    let health = health.watch(HealthCheckRequest::default()).await;
    let mut health = health.unwrap().into_inner();
    let told = health.message().await.unwrap().unwrap();
    assert_eq!(told.status(), ServingStatus::Serving);
    let (watch, health) = tokio::join!(
        timeout(PATIENCE, stream.message()),
        timeout(PATIENCE, health.message()),
    );
    let watch = watch.expect("the watch goes on").unwrap_err();
    assert_eq!(watch.code(), Code::Unavailable, "{watch:?}");
    let health = health.expect("the watch of health goes on").unwrap_err();
    assert_eq!(health.code(), Code::Unavailable, "{health:?}");
}

#[tokio::test]
async fn a_thousand_wrong_rows_are_refused_in_a_header_that_arrives() {
    let world = World::new().await;
    let row = |line: i32| v1::ImportRow {
        line,
        encounter_id: format!("E{line}"),
        specialty: "Urology".into(),
        procedure: "Procedure".into(),
        scheduled_time: at("2022-01-03T07:00:00Z"),
        booked_min: 90,
        ..v1::ImportRow::default()
    };
    let request = v1::ImportCasesRequest {
        source: "log.csv".into(),
        rows: (1..=1000).map(row).collect(),
        ..v1::ImportCasesRequest::default()
    };
    let mut transfer = TransferServiceClient::new(wire(&world, Role::Integration).await);
    let refused = transfer.import_cases(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument, "{refused:?}");
    assert_eq!(reason(&refused), "FIELD_INVALID");
    let said = refused.message();
    assert!(said.contains("rows[0].theatre"), "{said}");
    assert!(said.ends_with(" more"), "{said}");
}

#[test]
fn a_day_s_list_that_breaks_every_rule_fits_into_the_headers_of_any_client() {
    const DEFAULT_HEADERS_BYTES: usize = 8 * 1024;
    let broken = |index: usize| BrokenRule {
        rule: RuleId::ALL[index % RuleId::ALL.len()],
        reason: "THEATRE_DOUBLE_BOOKED",
        subject: RuleSubject::Case(testing::case_id(&format!("case-{index}"))),
        description: format!("the theatre „OT 1“ is taken by case {index} from 09:00 to 11:30"),
    };
    let refusal = Refusal::Rules((0..80).map(broken).collect());
    let answer = Status::from(refusal).into_http::<()>();
    let bytes: usize = answer
        .headers()
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 32)
        .sum();
    assert!(bytes < DEFAULT_HEADERS_BYTES, "{bytes}");
}
