//! The day, free places, emergencies, sessions and the hospital itself, through the server.

use booking_proto::ot::v1::{
    self, case::State, hospital_service_client::HospitalServiceClient,
    schedule_service_client::ScheduleServiceClient, session_service_client::SessionServiceClient,
};
use tonic::{Code, Status};

use super::{
    drafts::{draft, plan, reason},
    world::{FRONT_END, Wire, World},
};
use crate::access::Role;

pub(super) async fn wire(world: &World, role: Role) -> Wire {
    world.wire(FRONT_END, Some(role.as_str())).await
}

pub(super) async fn created(world: &World, case: v1::Case, place: Option<v1::Plan>) -> v1::Case {
    let request = v1::CreateCaseRequest {
        case: Some(case),
        plan: place,
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Coordinator).await;
    cases.create_case(request).await.unwrap().into_inner()
}

/// Another site, without a theatre.
pub(super) async fn annexe(world: &World) {
    let mut hospital = HospitalServiceClient::new(wire(world, Role::Admin).await);
    let site = v1::CreateSiteRequest {
        site_id: "annexe".into(),
        site: Some(v1::Site {
            display_name: "Annexe".into(),
            time_zone: "Europe/London".into(),
            ..v1::Site::default()
        }),
        ..v1::CreateSiteRequest::default()
    };
    hospital.create_site(site).await.unwrap();
}

pub(super) fn at(time: &str) -> Option<prost_types::Timestamp> {
    plan("OT-1", time).unwrap().start_time
}

pub(super) fn session(
    start: &str,
    end: &str,
    owner: v1::session_owner::Owner,
) -> v1::CreateSessionRequest {
    v1::CreateSessionRequest {
        session: Some(v1::Session {
            theatre: "theatres/OT-1".into(),
            start_time: at(start),
            end_time: at(end),
            owner: Some(v1::SessionOwner { owner: Some(owner) }),
            flags: Some(v1::SessionFlags {
                anaesthetist: true,
                general_anaesthesia: true,
                paediatric: false,
            }),
            ..v1::Session::default()
        }),
        ..v1::CreateSessionRequest::default()
    }
}

#[tokio::test]
async fn a_day_shows_what_a_board_needs_and_a_kiosk_no_patient() {
    let world = World::new().await;
    created(&world, draft("PT-1"), plan("OT-1", "2024-06-21T08:00:00Z")).await;
    let request = v1::GetDayScheduleRequest {
        date: "2024-06-21".into(),
        ..v1::GetDayScheduleRequest::default()
    };
    let mut kiosk = ScheduleServiceClient::new(wire(&world, Role::Kiosk).await);
    let day = kiosk.get_day_schedule(request).await.unwrap().into_inner();
    assert_eq!(
        (day.time_zone.as_str(), day.date.as_str()),
        ("Europe/London", "2024-06-21")
    );
    let names: Vec<_> = day
        .theatres
        .iter()
        .map(|it| it.theatre.as_ref().unwrap().name.as_str())
        .collect();
    assert_eq!(names, ["theatres/OT-1", "theatres/OT-2", "theatres/OT-3"]);
    let first = &day.theatres[0];
    // 07:30 to 18:00 in summer time.
    assert_eq!(first.open[0].start_time, at("2024-06-21T06:30:00Z"));
    let shown = first.cases[0].case.as_ref().unwrap();
    assert_eq!((shown.patient.as_str(), shown.condition.as_str()), ("", ""));
    assert_eq!(
        first.cases[0].projected_start_time,
        at("2024-06-21T08:00:00Z")
    );
    assert!(!day.resume_token.is_empty());
}

#[tokio::test]
async fn a_day_of_one_site_takes_no_theatre_of_another() {
    let world = World::new().await;
    annexe(&world).await;
    let mut schedule = ScheduleServiceClient::new(wire(&world, Role::Viewer).await);
    let mut day = async |site: &str, theatres: &[&str]| {
        let request = v1::GetDayScheduleRequest {
            site: site.into(),
            date: "2024-06-21".into(),
            theatres: theatres.iter().map(ToString::to_string).collect(),
        };
        let day = schedule.get_day_schedule(request).await?.into_inner();
        let name = |it: v1::TheatreDay| it.theatre.unwrap().name;
        Ok::<_, Status>(day.theatres.into_iter().map(name).collect::<Vec<_>>())
    };
    let named = ["theatres/OT-2", "theatres/OT-1", "theatres/OT-2"];
    let shown = day("sites/main", &named).await.unwrap();
    assert_eq!(shown, ["theatres/OT-1", "theatres/OT-2"]);
    assert!(day("sites/annexe", &[]).await.unwrap().is_empty());
    let refused = day("sites/annexe", &["theatres/OT-1"]).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
    assert!(refused.message().starts_with("theatres[0]"), "{refused:?}");
}

#[tokio::test]
async fn free_places_are_offered_and_near_misses_with_their_rules() {
    let world = World::new().await;
    created(&world, draft("PT-1"), plan("OT-1", "2024-06-21T08:00:00Z")).await;
    let mut request = v1::FindSlotsRequest {
        draft: Some(draft("PT-2")),
        theatres: vec!["theatres/OT-1".into()],
        earliest_time: at("2024-06-21T08:00:00Z"),
        latest_time: at("2024-06-21T23:00:00Z"),
        include_near_misses: true,
        ..v1::FindSlotsRequest::default()
    };
    let mut schedule = ScheduleServiceClient::new(wire(&world, Role::Scheduler).await);
    let found = schedule.find_slots(request.clone()).await.unwrap();
    let first = &found.into_inner().offers[0];
    assert!(first.broken_rules.is_empty());
    assert_eq!(
        first.plan.as_ref().unwrap().start_time,
        at("2024-06-21T09:30:00Z")
    );

    let wanted = vec!["laminar-flow".into()];
    request.draft.as_mut().unwrap().required_capabilities = wanted;
    let missed = schedule
        .find_slots(request)
        .await
        .unwrap()
        .into_inner()
        .offers;
    let broken = &missed[0].broken_rules[0];
    assert_eq!(
        (broken.rule.as_str(), broken.reason.as_str()),
        ("R7", "CAPABILITY_MISSING")
    );
    assert!(
        broken.description.contains("laminar-flow"),
        "{}",
        broken.description
    );
}

#[tokio::test]
async fn an_emergency_is_planned_with_its_cost_and_done_as_planned_or_not_at_all() {
    let world = World::new().await;
    // 13:00 on the wall: every theatre is taken for the rest of the afternoon.
    let mut planned = Vec::new();
    for (theatre, surgeon, patient) in [
        ("OT-1", "DC-3904", "PT-1"),
        ("OT-2", "DC-2217", "PT-2"),
        ("OT-3", "DC-4410", "PT-3"),
    ] {
        let mut case = draft(patient);
        case.anaesthesia = v1::Anaesthesia::Local.into();
        case.team.truncate(1);
        case.team[0].staff = format!("staff/{surgeon}");
        case.durations.as_mut().unwrap().procedure_min = 200;
        planned.push(created(&world, case, plan(theatre, "2024-06-20T12:10:00Z")).await);
    }
    let mut emergency = draft("PT-9");
    emergency.urgency = v1::Urgency::Immediate.into();
    emergency.team[0].staff = "staff/DC-3904".into();
    let emergency = created(&world, emergency, None).await;
    let mut schedule = ScheduleServiceClient::new(wire(&world, Role::Coordinator).await);
    let ask = v1::PlanEmergencyRequest {
        case: emergency.name.clone(),
        ..v1::PlanEmergencyRequest::default()
    };
    let options = schedule
        .plan_emergency(ask.clone())
        .await
        .unwrap()
        .into_inner()
        .options;
    let costly = options
        .iter()
        .find(|option| !option.consequences.is_empty());
    let costly = costly.expect("there is no way but to move somebody");
    let get = v1::GetCaseRequest {
        name: costly.consequences[0].case.clone(),
    };
    let before = world.cases(Role::Viewer).await.get_case(get).await;
    assert_eq!(
        before.unwrap().into_inner().etag,
        "\"v1\"",
        "planning changes nothing"
    );

    let apply = v1::ApplyEmergencyPlanRequest {
        option: costly.option.clone(),
        ..v1::ApplyEmergencyPlanRequest::default()
    };
    let done = schedule
        .apply_emergency_plan(apply.clone())
        .await
        .unwrap()
        .into_inner()
        .cases;
    assert_eq!(done[0].name, emergency.name);
    assert_eq!(done[0].state(), State::Scheduled);
    assert_eq!(done.len(), costly.consequences.len() + 1);
    assert_eq!(world.store.examine().await.unwrap(), []);

    let stale = schedule
        .apply_emergency_plan(apply.clone())
        .await
        .unwrap_err();
    assert_eq!(
        (stale.code(), reason(&stale).as_str()),
        (Code::Aborted, "PLAN_STALE")
    );
    let mut altered = apply;
    altered.option.replace_range(
        3..4,
        if &altered.option[3..4] == "A" {
            "B"
        } else {
            "A"
        },
    );
    let refused = schedule.apply_emergency_plan(altered).await.unwrap_err();
    assert_eq!(refused.code(), Code::InvalidArgument);
}

#[tokio::test]
async fn a_session_keeps_others_out_until_it_is_released_and_takes_its_cases_along() {
    let world = World::new().await;
    let mut sessions = SessionServiceClient::new(wire(&world, Role::Scheduler).await);
    let owner = v1::session_owner::Owner::Surgeon("staff/DC-2217".into());
    let request = session(
        "2024-06-21T07:00:00Z",
        "2024-06-21T12:00:00Z",
        owner.clone(),
    );
    let made = sessions.create_session(request).await.unwrap().into_inner();
    let overlapping = session("2024-06-21T11:00:00Z", "2024-06-21T13:00:00Z", owner);
    let refused = sessions.create_session(overlapping).await.unwrap_err();
    assert_eq!(reason(&refused), "SESSION_OVERLAP");

    let request = v1::CreateCaseRequest {
        case: Some(draft("PT-1")),
        plan: plan("OT-1", "2024-06-21T08:00:00Z"),
        ..v1::CreateCaseRequest::default()
    };
    let mut cases = world.cases(Role::Scheduler).await;
    let refused = cases.create_case(request.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "SESSION_NOT_AVAILABLE");

    // Another surgeon's is not the surgeon's to release; their own would be.
    let release = v1::ReleaseSessionRequest {
        name: made.name.clone(),
        ..v1::ReleaseSessionRequest::default()
    };
    let mut surgeon = SessionServiceClient::new(wire(&world, Role::Surgeon).await);
    let denied = surgeon.release_session(release.clone()).await.unwrap_err();
    assert_eq!(denied.code(), Code::PermissionDenied);
    let released = sessions
        .release_session(release.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(released.state(), v1::session::State::Released);
    let again = sessions.release_session(release).await.unwrap_err();
    assert_eq!(reason(&again), "INVALID_STATE");
    let case = cases.create_case(request).await.unwrap().into_inner();
    assert_eq!(case.plan.as_ref().unwrap().session, made.name);

    let mut cancel = v1::CancelSessionRequest {
        name: made.name,
        reason: "reasons/PATIENT_UNFIT".into(),
        ..v1::CancelSessionRequest::default()
    };
    let refused = sessions.cancel_session(cancel.clone()).await.unwrap_err();
    assert_eq!(reason(&refused), "SESSION_HAS_CASES");
    cancel.postpone_cases = true;
    let cancelled = sessions.cancel_session(cancel).await.unwrap().into_inner();
    assert_eq!(cancelled.postponed_cases[0].name, case.name);
    assert_eq!(cancelled.postponed_cases[0].state(), State::Postponed);
}

#[tokio::test]
async fn a_template_makes_its_sessions_once() {
    let world = World::new().await;
    let mut sessions = SessionServiceClient::new(wire(&world, Role::Scheduler).await);
    let request = v1::CreateSessionTemplateRequest {
        session_template: Some(v1::SessionTemplate {
            theatre: "theatres/OT-2".into(),
            owner: Some(v1::SessionOwner {
                owner: Some(v1::session_owner::Owner::Open(true)),
            }),
            weekday: 1,
            start_minute: 8 * 60,
            end_minute: 13 * 60,
            first_date: "2024-07-01".into(),
            ..v1::SessionTemplate::default()
        }),
        ..v1::CreateSessionTemplateRequest::default()
    };
    let template = sessions
        .create_session_template(request)
        .await
        .unwrap()
        .into_inner();
    let expand = v1::ExpandSessionTemplateRequest {
        name: template.name,
        first_date: "2024-07-01".into(),
        last_date: "2024-07-31".into(),
        ..v1::ExpandSessionTemplateRequest::default()
    };
    let first = sessions
        .expand_session_template(expand.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!((first.sessions.len(), first.skipped.len()), (5, 0));
    assert_eq!(first.sessions[0].start_time, at("2024-07-01T07:00:00Z"));
    let again = sessions
        .expand_session_template(expand)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((again.sessions.len(), again.skipped.len()), (0, 5));
}

#[tokio::test]
async fn a_longer_turnover_is_held_by_cases_that_were_planned_before() {
    let world = World::new().await;
    created(&world, draft("PT-1"), plan("OT-1", "2024-06-21T08:00:00Z")).await;
    created(&world, draft("PT-2"), plan("OT-1", "2024-06-21T09:40:00Z")).await;
    let mut hospital = HospitalServiceClient::new(wire(&world, Role::Admin).await);
    let mut update = v1::UpdateTheatreRequest {
        theatre: Some(v1::Theatre {
            name: "theatres/OT-1".into(),
            turnover_min: 10,
            ..v1::Theatre::default()
        }),
        ..v1::UpdateTheatreRequest::default()
    };
    let updated = hospital
        .update_theatre(update.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (updated.turnover_min, updated.display_name.as_str()),
        (10, "Theatre 1")
    );
    assert_eq!(world.store.examine().await.unwrap(), []);
    update.theatre.as_mut().unwrap().turnover_min = 15;
    let refused = hospital.update_theatre(update).await.unwrap_err();
    assert_eq!(refused.code(), Code::FailedPrecondition, "{refused:?}");
    assert_eq!(world.store.examine().await.unwrap(), []);

    let delete = v1::DeleteTheatreRequest {
        name: "theatres/OT-1".into(),
        ..v1::DeleteTheatreRequest::default()
    };
    let in_use = hospital.delete_theatre(delete).await.unwrap_err();
    assert_eq!(reason(&in_use), "IN_USE");
}
