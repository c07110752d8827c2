//! A small hospital for the pages: one theatre, a surgeon, cases on every day, one that waits.

use booking_proto::ot::v1::{
    Case, CaseProjection, Conflict, DaySchedule, Durations, GetDayScheduleRequest,
    ListAuditEventsResponse, ListCasesRequest, ListCasesResponse, ListConflictsRequest,
    ListConflictsResponse, ListProcedureTypesRequest, ListProcedureTypesResponse,
    ListReasonsRequest, ListReasonsResponse, ListSitesRequest, ListSitesResponse, ListStaffRequest,
    ListStaffResponse, ListTheatresRequest, ListTheatresResponse, Plan, Reason, Site, Staff,
    TeamMember, TeamRole, Theatre, TheatreDay, TimeRange, Urgency, case::State,
};

use crate::{backend::fake::FakeOt, pages::url::quoted};

pub(super) const HOUR_S: i64 = 3600;

pub(super) fn at(seconds: i64) -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp { seconds, nanos: 0 })
}

/// The midnight before now, in UTC: the hospital's zone.
pub(super) fn midnight() -> i64 {
    jiff::Timestamp::now().as_second() / 86_400 * 86_400
}

pub(super) fn case(number: usize, state: State) -> Case {
    let start = midnight() + 8 * HOUR_S + i64::try_from(number).expect("few") * HOUR_S;
    let planned = !matches!(state, State::Requested | State::Postponed);
    Case {
        name: format!("cases/c{number}"),
        state: state.into(),
        etag: "\"v7\"".to_owned(),
        patient: "patients/PT-1204".to_owned(),
        procedure: "Hip replacement".to_owned(),
        condition: "Coxarthrosis".to_owned(),
        laterality: booking_proto::ot::v1::Laterality::Left.into(),
        urgency: Urgency::Urgent2a.into(),
        decision_time: at(midnight() - 86_400),
        target_time: at(midnight()),
        durations: Some(Durations {
            setup_min: 10,
            procedure_min: 40,
            cleanup_min: 10,
        }),
        team: vec![TeamMember {
            staff: "staff/DC-3904".to_owned(),
            role: TeamRole::PrimarySurgeon.into(),
        }],
        plan: planned.then(|| Plan {
            theatre: "theatres/OT-1".to_owned(),
            start_time: at(start),
            end_time: at(start + HOUR_S),
            session: String::new(),
        }),
        ..Default::default()
    }
}

fn theatre() -> Theatre {
    Theatre {
        name: "theatres/OT-1".to_owned(),
        display_name: "Theatre One".to_owned(),
        state: 1,
        ..Default::default()
    }
}

pub(super) fn day(request: &GetDayScheduleRequest, cases: usize) -> DaySchedule {
    let start = midnight();
    let date = jiff::Timestamp::from_second(start)
        .expect("now")
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date();
    let projection = |number| CaseProjection {
        case: Some(case(number, State::Confirmed)),
        delay_min: 20,
        ..Default::default()
    };
    DaySchedule {
        site: "sites/main".to_owned(),
        time_zone: "UTC".to_owned(),
        date: if request.date.is_empty() {
            date.to_string()
        } else {
            request.date.clone()
        },
        start_time: at(start),
        end_time: at(start + 86_400),
        read_time: at(start),
        theatres: vec![TheatreDay {
            theatre: Some(theatre()),
            open: vec![TimeRange {
                start_time: at(start + 8 * HOUR_S),
                end_time: at(start + 18 * HOUR_S),
            }],
            cases: (0..cases).map(projection).collect(),
            ..Default::default()
        }],
        resume_token: "t".to_owned(),
        ..Default::default()
    }
}

/// The first page of those cases whom the filter's `staff` and `urgency` leave, in the order given: it
/// knows no other conditions.
pub(super) fn listed(mut cases: Vec<Case>, q: &ListCasesRequest) -> ListCasesResponse {
    let asked = |field: &str| {
        let mut conditions = q.filter.split(" AND ");
        conditions.find_map(|one| one.strip_prefix(field)?.strip_prefix(" = "))
    };
    if let Some(whose) = asked("staff") {
        let is_in = |case: &Case| case.team.iter().any(|one| quoted(&one.staff) == whose);
        cases.retain(is_in);
    }
    if let Some(these) = asked("urgency") {
        let these = these.trim_matches(['(', ')']).split(", ");
        cases.retain(|case| these.clone().any(|one| one == case.urgency().as_str_name()));
    }
    cases.truncate(usize::try_from(q.page_size).expect("a size of a page"));
    ListCasesResponse {
        cases,
        ..Default::default()
    }
}

/// One theatre with `cases` cases on every day, one case waiting.
pub(super) fn hospital(cases: usize) -> FakeOt {
    FakeOt::default()
        .on(
            "ScheduleService/GetDaySchedule",
            move |q: GetDayScheduleRequest| Ok(day(&q, cases)),
        )
        .on(
            "ScheduleService/ListConflicts",
            |_: ListConflictsRequest| {
                Ok(ListConflictsResponse {
                    conflicts: Vec::<Conflict>::new(),
                })
            },
        )
        .on("HospitalService/ListSites", |_: ListSitesRequest| {
            let site = Site {
                name: "sites/main".to_owned(),
                time_zone: "UTC".to_owned(),
                ..Default::default()
            };
            Ok(ListSitesResponse {
                sites: vec![site],
                ..Default::default()
            })
        })
        .on("HospitalService/ListStaff", |_: ListStaffRequest| {
            let surgeon = Staff {
                name: "staff/DC-3904".to_owned(),
                display_name: "Ms Okafor".to_owned(),
                roles: vec![TeamRole::PrimarySurgeon.into()],
                ..Default::default()
            };
            Ok(ListStaffResponse {
                staff: vec![surgeon],
                ..Default::default()
            })
        })
        .on("HospitalService/ListTheatres", |_: ListTheatresRequest| {
            Ok(ListTheatresResponse {
                theatres: vec![theatre()],
                ..Default::default()
            })
        })
        .on("HospitalService/ListReasons", |_: ListReasonsRequest| {
            let reason = Reason {
                name: "reasons/ill".to_owned(),
                display_name: "Patient unwell".to_owned(),
                group: 1,
                ..Default::default()
            };
            Ok(ListReasonsResponse {
                reasons: vec![reason],
                ..Default::default()
            })
        })
        .on("CaseService/ListCases", |q: ListCasesRequest| {
            Ok(listed(vec![case(9, State::Requested)], &q))
        })
        .on(
            "HospitalService/ListProcedureTypes",
            |_: ListProcedureTypesRequest| Ok(ListProcedureTypesResponse::default()),
        )
        .on(
            "AuditService/ListAuditEvents",
            |_: booking_proto::ot::v1::ListAuditEventsRequest| {
                Ok(ListAuditEventsResponse::default())
            },
        )
}
