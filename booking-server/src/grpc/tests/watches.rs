//! Watching: nothing lost, nothing told twice in another order, and an end that says why.

use std::collections::BTreeMap;

use booking_proto::ot::v1::{
    self, WatchScheduleResponse, watch_schedule_response::Kind,
    watch_service_client::WatchServiceClient,
};
use tokio::time::timeout;
use tonic::{Code, Status, Streaming};

use super::{
    drafts::{draft, plan, reason},
    world::{FRONT_END, World},
};
use crate::{
    access::{Policy, Role},
    testing::PATIENCE,
};

async fn watch(
    world: &World,
    role: Role,
    token: &str,
) -> Result<Streaming<WatchScheduleResponse>, Status> {
    let wire = world.wire(FRONT_END, Some(role.as_str())).await;
    let request = v1::WatchScheduleRequest {
        resume_token: token.into(),
        ..v1::WatchScheduleRequest::default()
    };
    let answer = WatchServiceClient::new(wire)
        .watch_schedule(request)
        .await?;
    Ok(answer.into_inner())
}

async fn next(
    stream: &mut Streaming<WatchScheduleResponse>,
) -> Result<WatchScheduleResponse, Status> {
    let message = timeout(PATIENCE, stream.message())
        .await
        .expect("nothing is told");
    message.map(|message| message.expect("the stream ended without a word"))
}

async fn past_the_snapshot(stream: &mut Streaming<WatchScheduleResponse>) -> String {
    loop {
        let message = next(stream).await.unwrap();
        if message.kind() == Kind::SnapshotComplete {
            return message.resume_token;
        }
        assert_eq!(message.kind(), Kind::Snapshot);
    }
}

/// What a watcher knows.
#[derive(Default)]
struct Known {
    cases: BTreeMap<String, v1::Case>,
    token: String,
}

impl Known {
    fn learn(&mut self, message: WatchScheduleResponse) {
        match message.kind() {
            Kind::Snapshot | Kind::Changed => {
                let case = message.case.unwrap();
                self.cases.insert(case.name.clone(), case);
            }
            Kind::Removed => drop(self.cases.remove(&message.name)),
            _ => {}
        }
        if !message.resume_token.is_empty() {
            self.token = message.resume_token;
        }
    }
}

/// Enters, places, postpones and cancels cases, one after the other.
async fn busy(world: &World, rounds: u32) {
    let mut cases = world.cases(Role::Coordinator).await;
    let hour = |round: u32| format!("2024-06-{:02}T{:02}:00:00Z", 21, 8 + 2 * (round % 4));
    for round in 0..rounds {
        let request = v1::CreateCaseRequest {
            case: Some(draft(&format!("PT-{round}"))),
            ..v1::CreateCaseRequest::default()
        };
        let case = cases.create_case(request).await.unwrap().into_inner();
        let schedule = v1::ScheduleCaseRequest {
            name: case.name.clone(),
            plan: plan("OT-1", &hour(round)),
            ..v1::ScheduleCaseRequest::default()
        };
        cases.schedule_case(schedule).await.unwrap();
        if round % 4 == 3 {
            // Make room again.
            let list = v1::ListCasesRequest {
                filter: "state = SCHEDULED".into(),
                ..v1::ListCasesRequest::default()
            };
            let planned = cases.list_cases(list).await.unwrap().into_inner().cases;
            for (index, case) in planned.into_iter().enumerate() {
                if index % 2 == 0 {
                    let postpone = v1::PostponeCaseRequest {
                        name: case.name,
                        reason: "reasons/PATIENT_UNFIT".into(),
                        ..v1::PostponeCaseRequest::default()
                    };
                    cases.postpone_case(postpone).await.unwrap();
                } else {
                    let cancel = v1::CancelCaseRequest {
                        name: case.name,
                        reason: "reasons/PATIENT_UNFIT".into(),
                        ..v1::CancelCaseRequest::default()
                    };
                    cases.cancel_case(cancel).await.unwrap();
                }
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_watcher_whose_connection_is_cut_again_and_again_knows_in_the_end_what_a_list_says() {
    let world = World::new().await;
    let watching = async {
        let mut known = Known::default();
        let mut cut = 1;
        let mut quiet = false;
        while !quiet {
            let mut stream = watch(&world, Role::Coordinator, &known.token)
                .await
                .unwrap();
            // A connection that is cut within a snapshot has to begin again.
            if known.token.is_empty() {
                known.cases.clear();
            }
            cut = cut * 7 % 23 + 1;
            for _ in 0..cut {
                match timeout(std::time::Duration::from_secs(2), stream.message()).await {
                    Ok(message) => known.learn(message.unwrap().unwrap()),
                    Err(_) => quiet = true,
                }
            }
        }
        known
    };
    let (mut known, ()) = tokio::join!(watching, busy(&world, 40));
    let mut stream = watch(&world, Role::Coordinator, &known.token)
        .await
        .unwrap();
    while let Ok(message) = timeout(std::time::Duration::from_millis(300), stream.message()).await {
        known.learn(message.unwrap().unwrap());
    }
    let list = v1::ListCasesRequest {
        page_size: 1000,
        filter: "state = (REQUESTED, SCHEDULED, CONFIRMED, IN_THEATRE, IN_RECOVERY, POSTPONED)"
            .into(),
        ..v1::ListCasesRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    let listed = cases.list_cases(list).await.unwrap().into_inner().cases;
    let listed: BTreeMap<_, _> = listed
        .into_iter()
        .map(|case| (case.name.clone(), case))
        .collect();
    assert!(listed.len() > 20);
    assert_eq!(known.cases, listed);
}

#[tokio::test]
async fn a_case_that_leaves_the_filter_is_told_to_be_gone() {
    let world = World::new().await;
    let mut cases = world.cases(Role::Coordinator).await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        ..v1::CreateCaseRequest::default()
    };
    let case = cases.create_case(request).await.unwrap().into_inner();
    let wire = world.wire(FRONT_END, Some("kiosk")).await;
    let on = |time: &str| plan("OT-1", time).unwrap().start_time;
    let request = v1::WatchScheduleRequest {
        theatres: vec!["theatres/OT-1".into()],
        start_time: on("2024-06-21T00:00:00Z"),
        end_time: on("2024-06-22T00:00:00Z"),
        ..v1::WatchScheduleRequest::default()
    };
    let answer = WatchServiceClient::new(wire)
        .watch_schedule(request)
        .await
        .unwrap();
    let mut stream = answer.into_inner();
    let told = next(&mut stream).await.unwrap();
    assert_eq!(told.kind(), Kind::Snapshot);
    let shown = told.case.unwrap();
    assert_eq!(
        (shown.name.as_str(), shown.patient.as_str()),
        (case.name.as_str(), "")
    );
    past_the_snapshot(&mut stream).await;
    let away = v1::RescheduleCaseRequest {
        name: case.name.clone(),
        plan: plan("OT-1", "2024-06-24T08:00:00Z"),
        reason: "reasons/PATIENT_UNFIT".into(),
        ..v1::RescheduleCaseRequest::default()
    };
    cases.reschedule_case(away).await.unwrap();
    let told = next(&mut stream).await.unwrap();
    assert_eq!((told.kind(), told.name), (Kind::Removed, case.name));
}

#[tokio::test]
async fn a_reader_that_does_not_read_is_told_so_and_nothing_is_left_out_before() {
    let world = World::new().await;
    let mut stream = watch(&world, Role::Viewer, "").await.unwrap();
    past_the_snapshot(&mut stream).await;
    let mut cases = world.cases(Role::Scheduler).await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        ..v1::CreateCaseRequest::default()
    };
    let case = cases.create_case(request).await.unwrap().into_inner();
    for round in 0..1_200 {
        let update = v1::UpdateCaseRequest {
            case: Some(v1::Case {
                name: case.name.clone(),
                required_capabilities: vec![format!("round-{round}")],
                ..v1::Case::default()
            }),
            ..v1::UpdateCaseRequest::default()
        };
        cases.update_case(update).await.unwrap();
    }
    let mut told = 0;
    let ended = loop {
        match next(&mut stream).await {
            Ok(message) => told += i32::from(message.kind() == Kind::Changed),
            Err(ended) => break ended,
        }
    };
    assert_eq!(ended.code(), Code::OutOfRange, "{ended:?}");
    assert_eq!(reason(&ended), "WATCH_TOKEN_EXPIRED");
    assert!(told >= 1_000, "{told} changes were told");
}

#[tokio::test]
async fn a_watcher_who_loses_the_right_is_ended_at_once() {
    let world = World::new().await;
    let mut stream = watch(&world, Role::Viewer, "").await.unwrap();
    past_the_snapshot(&mut stream).await;
    world.gatekeeper.replace(Policy::default());
    let ended = next(&mut stream).await.unwrap_err();
    assert_eq!(ended.code(), Code::PermissionDenied);
    assert_eq!(reason(&ended), "PERMISSION_MISSING");
}

#[tokio::test]
async fn a_server_that_stops_says_so_to_its_watchers_and_does_not_wait_for_them() {
    let world = World::new().await;
    let mut stream = watch(&world, Role::Viewer, "").await.unwrap();
    past_the_snapshot(&mut stream).await;
    let (ended, ()) = tokio::join!(next(&mut stream), async {
        timeout(PATIENCE, world.stop())
            .await
            .expect("a watch holds the drain up");
    });
    assert_eq!(ended.unwrap_err().code(), Code::Unavailable);
}
