//! Cases through the whole server: entered, placed, moved, ended.

use booking_proto::ot::v1::{self, case::State};
use jiff::SignedDuration;
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::{
    drafts::{draft, plan, reason},
    world::World,
};
use crate::access::Role;

/// The rules that a refusal names, and what stands in the way of each.
fn violations(status: &Status) -> Vec<(String, String)> {
    let details = status.get_error_details();
    let failure = details
        .precondition_failure()
        .expect("broken rules are listed");
    let violations = failure.violations.iter();
    violations
        .map(|it| (it.r#type.clone(), it.subject.clone()))
        .collect()
}

async fn created(world: &World, patient: &str, place: Option<v1::Plan>) -> v1::Case {
    let request = v1::CreateCaseRequest {
        case: Some(draft(patient)),
        plan: place,
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    cases.create_case(request).await.unwrap().into_inner()
}

#[tokio::test]
async fn a_case_goes_from_the_request_to_the_end_of_its_day() {
    let world = World::new().await;
    let case = created(&world, "PT-1", None).await;
    assert_eq!(case.state(), State::Requested);
    assert_eq!(case.etag, "\"v1\"");
    let mut cases = world.cases(Role::Coordinator).await;

    let scheduled = v1::ScheduleCaseRequest {
        name: case.name.clone(),
        etag: case.etag.clone(),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        ..v1::ScheduleCaseRequest::default()
    };
    let case = cases.schedule_case(scheduled).await.unwrap().into_inner();
    assert_eq!(case.state(), State::Scheduled);
    assert_eq!(case.etag, "\"v2\"");
    let end = case.plan.as_ref().unwrap().end_time.unwrap().seconds;
    let start = case.plan.as_ref().unwrap().start_time.unwrap().seconds;
    assert_eq!(end - start, 90 * 60);

    let confirm = v1::ConfirmCaseRequest {
        name: case.name.clone(),
        ..v1::ConfirmCaseRequest::default()
    };
    let case = cases.confirm_case(confirm).await.unwrap().into_inner();
    assert_eq!(case.state(), State::Confirmed);

    world.pass(SignedDuration::from_hours(21));
    for (milestone, state) in [
        (v1::Milestone::WheelsIn, State::InTheatre),
        (v1::Milestone::KnifeToSkin, State::InTheatre),
        (v1::Milestone::WheelsOut, State::InRecovery),
        (v1::Milestone::RecoveryOut, State::Completed),
    ] {
        world.pass(SignedDuration::from_mins(10));
        let record = v1::RecordMilestoneRequest {
            name: case.name.clone(),
            milestone: milestone.into(),
            ..v1::RecordMilestoneRequest::default()
        };
        let case = cases.record_milestone(record).await.unwrap().into_inner();
        assert_eq!(case.state(), state, "{milestone:?}");
        assert_eq!(
            case.plan.unwrap().start_time.unwrap().seconds,
            start,
            "the plan stays"
        );
    }
    let get = v1::GetCaseRequest { name: case.name };
    let read = cases.get_case(get).await.unwrap().into_inner();
    assert_eq!(read.state(), State::Completed);
    assert_eq!(world.store.examine().await.unwrap(), []);
}

#[tokio::test]
async fn every_rule_that_stands_against_a_plan_is_told_at_once() {
    let world = World::new().await;
    let first = created(&world, "PT-1", plan("OT-1", "2024-06-21T08:00:00Z")).await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        plan: plan("OT-1", "2024-06-21T08:30:00Z"),
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    let refused = cases.create_case(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
    assert_eq!(reason(&refused), "THEATRE_DOUBLE_BOOKED");
    let told = violations(&refused);
    for rule in ["R1", "R2", "R3"] {
        assert!(
            told.contains(&(rule.into(), first.name.clone())),
            "{rule}: {told:?}"
        );
    }
    // Back to back is fine, and the other case waits for nobody's cleanup but its own theatre's.
    created(&world, "PT-2", plan("OT-1", "2024-06-21T09:30:00Z")).await;
}

#[tokio::test]
async fn a_stale_etag_is_told_from_a_fresh_one() {
    let world = World::new().await;
    let case = created(&world, "PT-1", None).await;
    let mut cases = world.cases(Role::Scheduler).await;
    let mut update = v1::UpdateCaseRequest {
        case: Some(v1::Case {
            notes: "latex allergy".into(),
            ..case.clone()
        }),
        update_mask: Some(prost_types::FieldMask {
            paths: vec!["notes".into()],
        }),
        ..v1::UpdateCaseRequest::default()
    };
    let updated = cases
        .update_case(update.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (updated.notes.as_str(), updated.etag.as_str()),
        ("latex allergy", "\"v2\"")
    );
    assert_eq!(
        updated.condition, case.condition,
        "what the mask leaves out stays"
    );

    let stale = cases.update_case(update.clone()).await.unwrap_err();
    assert_eq!(
        (stale.code(), reason(&stale).as_str()),
        (Code::Aborted, "ETAG_MISMATCH")
    );

    update.update_mask = Some(prost_types::FieldMask {
        paths: vec!["state".into()],
    });
    update.case.as_mut().unwrap().etag.clear();
    let fixed = cases.update_case(update).await.unwrap_err();
    assert_eq!(fixed.code(), Code::InvalidArgument);
    assert!(
        fixed.message().contains("state cannot be updated"),
        "{}",
        fixed.message()
    );
}

#[tokio::test]
async fn a_request_that_is_sent_again_is_answered_again_and_done_once() {
    let world = World::new().await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        request_id: "6f0a7f62-5d2c-4a3b-9c8d-0123456789ab".into(),
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Scheduler).await;
    let first = cases
        .create_case(request.clone())
        .await
        .unwrap()
        .into_inner();
    let again = cases
        .create_case(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(first, again);

    let other = v1::CreateCaseRequest {
        case: Some(draft("PT-2")),
        ..request.clone()
    };
    let reused = cases.create_case(other).await.unwrap_err();
    assert_eq!(reused.code(), Code::InvalidArgument);
    assert_eq!(reason(&reused), "REQUEST_ID_REUSED");

    // Another person's request ids are another's.
    let mut coordinator = world.cases(Role::Coordinator).await;
    let theirs = coordinator.create_case(request).await.unwrap().into_inner();
    assert_ne!(theirs.name, first.name);
}

#[tokio::test]
async fn what_is_only_tried_is_checked_and_not_done() {
    let world = World::new().await;
    let mut cases = world.cases(Role::Scheduler).await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        case_id: "tried".into(),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        validate_only: true,
        ..v1::CreateCaseRequest::default()
    };
    let tried = cases
        .create_case(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(tried.state(), State::Scheduled);
    let get = v1::GetCaseRequest { name: tried.name };
    assert_eq!(
        cases.get_case(get).await.unwrap_err().code(),
        Code::NotFound
    );

    let night = v1::CreateCaseRequest {
        plan: plan("OT-1", "2024-06-21T22:00:00Z"),
        ..request
    };
    let refused = cases.create_case(night).await.unwrap_err();
    assert_eq!(reason(&refused), "OUTSIDE_OPENING_HOURS");
}

#[tokio::test]
async fn two_cases_change_places_at_once() {
    let world = World::new().await;
    let first = created(&world, "PT-1", plan("OT-1", "2024-06-21T08:00:00Z")).await;
    let second = created(&world, "PT-2", plan("OT-1", "2024-06-21T10:00:00Z")).await;
    let request = v1::BatchRescheduleCasesRequest {
        moves: vec![
            v1::batch_reschedule_cases_request::Move {
                name: first.name.clone(),
                etag: first.etag.clone(),
                plan: second.plan.clone(),
            },
            v1::batch_reschedule_cases_request::Move {
                name: second.name.clone(),
                etag: second.etag.clone(),
                plan: first.plan.clone(),
            },
        ],
        reason: "reasons/PATIENT_UNFIT".into(),
        ..v1::BatchRescheduleCasesRequest::default()
    };
    // Within a theatre's day, whoever runs it may.
    let mut nurse = world.cases(Role::TheatreNurse).await;
    let moved = nurse
        .batch_reschedule_cases(request.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        moved.cases[0].plan.as_ref().unwrap().start_time,
        second.plan.unwrap().start_time
    );
    assert_eq!(
        moved.cases[1].plan.as_ref().unwrap().start_time,
        first.plan.unwrap().start_time
    );
    assert_eq!(world.store.examine().await.unwrap(), []);

    let mut elsewhere = request;
    elsewhere.moves.truncate(1);
    elsewhere.moves[0].etag.clear();
    elsewhere.moves[0].plan = plan("OT-1", "2024-06-24T08:00:00Z");
    let denied = nurse
        .batch_reschedule_cases(elsewhere.clone())
        .await
        .unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    let mut planner = world.cases(Role::Scheduler).await;
    planner.batch_reschedule_cases(elsewhere).await.unwrap();
}

#[tokio::test]
async fn pages_come_one_after_the_other_and_a_token_fits_its_question_alone() {
    let world = World::new().await;
    let mut made = Vec::new();
    for patient in ["PT-1", "PT-2", "PT-3", "PT-4", "PT-5"] {
        made.push(created(&world, patient, None).await.name);
    }
    let mut cases = world.cases(Role::Viewer).await;
    let mut request = v1::ListCasesRequest {
        page_size: 2,
        filter: "state = REQUESTED AND decision_time >= \"2024-06-20T00:00:00Z\"".into(),
        order_by: "decision_time".into(),
        ..v1::ListCasesRequest::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = cases
            .list_cases(request.clone())
            .await
            .unwrap()
            .into_inner();
        assert!(page.cases.len() <= 2);
        assert!(
            page.cases.iter().all(|case| case.patient.is_empty()),
            "a viewer sees patients"
        );
        listed.extend(page.cases.into_iter().map(|case| case.name));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    made.sort();
    assert_eq!(listed, made);

    request.order_by = "start_time".into();
    let refused = cases.list_cases(request).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(
        refused.message().contains("page_token"),
        "{}",
        refused.message()
    );
}

#[tokio::test]
async fn who_may_not_know_a_patient_may_not_find_out_by_asking() {
    let world = World::new().await;
    created(&world, "PT-1", None).await;
    let request = v1::ListCasesRequest {
        filter: "patient = patients/PT-1".into(),
        ..v1::ListCasesRequest::default()
    };
    let mut viewer = world.cases(Role::Viewer).await;
    let denied = viewer.list_cases(request.clone()).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    let mut scheduler = world.cases(Role::Scheduler).await;
    assert_eq!(
        scheduler
            .list_cases(request)
            .await
            .unwrap()
            .into_inner()
            .cases
            .len(),
        1
    );
}

#[tokio::test]
async fn a_requester_takes_back_what_they_asked_for_and_nothing_else() {
    let world = World::new().await;
    let others = created(&world, "PT-1", None).await;
    let mut requester = world.cases(Role::Requester).await;
    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-2")),
        ..v1::CreateCaseRequest::default()
    };
    let own = requester.create_case(request).await.unwrap().into_inner();
    let mut cancel = v1::CancelCaseRequest {
        name: others.name,
        reason: "reasons/PATIENT_UNFIT".into(),
        ..v1::CancelCaseRequest::default()
    };
    let denied = requester.cancel_case(cancel.clone()).await.unwrap_err();
    assert_eq!(reason(&denied), "PERMISSION_MISSING");
    // Nor is it told whether there is such a case.
    cancel.name = "cases/none".into();
    let unknown = requester.cancel_case(cancel.clone()).await.unwrap_err();
    assert_eq!(unknown.code(), denied.code());
    assert_eq!(unknown.message(), denied.message());
    cancel.name = own.name;
    let cancelled = requester.cancel_case(cancel).await.unwrap().into_inner();
    assert_eq!(cancelled.state(), State::Cancelled);
}
