//! A small hospital for the pages, and the pages that show it: board, schedule, lists, kiosk.

use booking_proto::ot::v1::{
    Access, Case, CaseProjection, Conflict, DaySchedule, Durations, GetDayScheduleRequest,
    ListAuditEventsResponse, ListCasesRequest, ListCasesResponse, ListConflictsRequest,
    ListConflictsResponse, ListProcedureTypesRequest, ListProcedureTypesResponse,
    ListReasonsRequest, ListReasonsResponse, ListSitesRequest, ListSitesResponse, ListStaffRequest,
    ListStaffResponse, ListTheatresRequest, ListTheatresResponse, Plan, Reason, Site, Staff,
    TeamMember, TeamRole, Theatre, TheatreDay, TimeRange, Urgency, case::State,
};
use tonic::Status;

use super::{
    rights::{grants, knows},
    *,
};
use crate::{
    backend::fake::FakeOt,
    pages::{board::PRESET_COOKIE, waiting::quoted},
};

const HOUR_S: i64 = 3600;

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

fn day(request: &GetDayScheduleRequest, cases: usize) -> DaySchedule {
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
fn listed(mut cases: Vec<Case>, q: &ListCasesRequest) -> ListCasesResponse {
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

#[tokio::test]
async fn the_board_shows_theatres_cases_and_what_needs_attention_in_words() {
    let seen = ask(front_end(FakeBackend::hospital(hospital(3))), get("/")).await;
    assert_eq!(seen.status, StatusCode::OK);
    for part in [
        "Theatre One",
        "08:00–09:00",
        "Hip replacement, left",
        "…204",
        "Ms Okafor",
        "Confirmed",
        "Urgent, within 6 hours",
        "Needs attention",
        "No anaesthetist is down for it.",
        "Waiting cases that can go today",
        "Past its target",
        "data-strip=\"proven\"",
        "class=\"case case--confirmed r1 s",
    ] {
        seen.shows(part);
    }
}

#[tokio::test]
async fn every_page_of_the_hospital_opens_and_none_has_inline_script_or_style() {
    for path in [
        "/",
        "/?date=2026-03-29",
        "/schedule",
        "/schedule?view=week",
        "/schedule?view=list",
        "/schedule?view=list&by=surgeon",
        "/schedule?view=week&by=surgeon",
        "/waiting",
        "/waiting?urgency=URGENT_2A&text=%22x",
        "/kiosk",
        "/print",
        "/audit",
        "/settings",
        "/cases/new",
    ] {
        let seen = ask(front_end(FakeBackend::hospital(hospital(3))), get(path)).await;
        assert_eq!(seen.status, StatusCode::OK, "{path}");
        for forbidden in ["<style", " style=", " onclick", "javascript:", "<script>"] {
            seen.hides(forbidden);
        }
        seen.shows("<h1");
    }
}

/// A case at eight and one in the night, on every day. The days are over: on today's board the hours
/// around now are shown whatever happens.
fn with_a_night() -> FakeOt {
    let over = midnight() - 7 * 24 * HOUR_S;
    hospital(0).on(
        "ScheduleService/GetDaySchedule",
        move |q: GetDayScheduleRequest| {
            let mut day = day(&q, 2);
            (day.start_time, day.end_time) = (at(over), at(over + 24 * HOUR_S));
            let hours = [(8, 9), (2, 3)];
            for (one, (from, to)) in day.theatres[0].cases.iter_mut().zip(hours) {
                let plan = one.case.as_mut().and_then(|case| case.plan.as_mut());
                let plan = plan.expect("a planned case");
                plan.start_time = at(over + from * HOUR_S);
                plan.end_time = at(over + to * HOUR_S);
            }
            Ok(day)
        },
    )
}

#[tokio::test]
async fn the_kiosk_knows_no_patient() {
    let table = [
        (hospital(3), "08:00–09:00"),
        (with_a_night(), "Not in the hours shown: </span>02:00–03:00"),
    ];
    for (ot, when) in table {
        let seen = ask(front_end(FakeBackend::hospital(ot)), get("/kiosk")).await;
        for secret in [
            "1204",
            "…204",
            "Coxarthrosis",
            "href=\"/cases",
            "href=\"\"",
            "data-moves",
        ] {
            seen.hides(secret);
        }
        seen.shows("Hip replacement, left");
        seen.shows(when);
    }
}

#[tokio::test]
async fn a_day_without_theatres_says_how_to_get_some() {
    let empty = hospital(0).on(
        "ScheduleService/GetDaySchedule",
        |q: GetDayScheduleRequest| {
            Ok(DaySchedule {
                theatres: Vec::new(),
                ..day(&q, 0)
            })
        },
    );
    let seen = ask(front_end(FakeBackend::hospital(empty)), get("/")).await;
    seen.shows("No theatres yet");
    for way in ["href=\"/begin\"", "href=\"/import\"", "--seed demo"] {
        seen.shows(way);
    }
}

/// As somebody with this role, who is this in the hospital.
fn known_as(ot: FakeOt, role: &str, staff: &str) -> FakeOt {
    let access = Access {
        roles: vec![role.to_owned()],
        staff: staff.to_owned(),
        grants: grants(&["schedule.read", "cases.read"]),
        ..Default::default()
    };
    knows(ot, access)
}

#[tokio::test]
async fn the_board_suits_the_role_of_who_looks_until_they_choose_another() {
    let table: [(&str, &str, &[&str], &[&str]); 5] = [
        (
            "coordinator",
            "staff/DC-3904",
            &["Theatre One", "can go today"],
            &["hidden. <a"],
        ),
        (
            "surgeon",
            "staff/DC-3904",
            &["Theatre One", "can go today"],
            &["hidden. <a"],
        ),
        (
            "surgeon",
            "staff/DC-1",
            &[
                "You have no cases on this day.",
                "1 theatre without cases of yours hidden",
            ],
            &["Theatre One</bdi>", "can go today"],
        ),
        (
            "surgeon",
            "",
            &["Theatre One", "does not say who you are"],
            &["hidden. <a"],
        ),
        (
            "requester",
            "",
            &["Patients to bring and to fetch", "Comes in at 08:00"],
            &["can go today", "No anaesthetist"],
        ),
    ];
    for (role, staff, shown, hidden) in table {
        let app = front_end(FakeBackend::hospital(known_as(hospital(1), role, staff)));
        let seen = ask(app.clone(), get("/")).await;
        for text in shown {
            seen.shows(text);
        }
        for text in hidden {
            seen.hides(text);
        }
        let chosen = ask(app.clone(), get("/?for=coordinator&date=2026-03-02")).await;
        assert_eq!(chosen.status, StatusCode::SEE_OTHER);
        assert_eq!(chosen.header(header::LOCATION), "/?date=2026-03-02");
        let cookie = chosen
            .header(header::SET_COOKIE)
            .split(';')
            .next()
            .expect("a pair");
        let seen = ask(app, with_header(get("/"), "cookie", cookie)).await;
        seen.shows("aria-current=\"true\">All theatres");
        seen.shows("Theatre One</bdi>");
    }
}

/// Sixty elective cases of others wait, and after them an urgent one of Ms Okafor's.
fn with_a_queue() -> FakeOt {
    hospital(0).on("CaseService/ListCases", |q: ListCasesRequest| {
        let of_others = (1..=60).map(|number| Case {
            urgency: Urgency::Elective.into(),
            team: Vec::new(),
            ..case(number, State::Requested)
        });
        let all = of_others.chain([case(61, State::Requested)]);
        Ok(listed(all.collect(), &q))
    })
}

#[tokio::test]
async fn below_the_board_stand_the_waiting_cases_of_whoever_looks_however_many_come_before() {
    let table: [(&str, &[usize], &[usize]); 3] = [
        ("coordinator", &[1, 8], &[9, 61]),
        ("surgeon", &[61], &[1]),
        ("anaesthetist", &[61], &[1]),
    ];
    let ot = known_as(with_a_queue(), "surgeon", "staff/DC-3904");
    let app = front_end(FakeBackend::hospital(ot.clone()));
    let as_one = async |preset: &str| {
        let cookie = format!("{PRESET_COOKIE}={preset}");
        ask(app.clone(), with_header(get("/"), "cookie", &cookie)).await
    };
    for (preset, shown, hidden) in table {
        let seen = as_one(preset).await;
        let link = |number: &usize| format!("href=\"/cases/c{number}\"");
        shown.iter().map(link).for_each(|link| seen.shows(&link));
        hidden.iter().map(link).for_each(|link| seen.hides(&link));
    }
    let asked = ot.times_asked("CaseService/ListCases");
    let seen = as_one("ward").await;
    seen.shows("Patients to bring and to fetch");
    assert_eq!(
        ot.times_asked("CaseService/ListCases"),
        asked,
        "a ward's patients stand there"
    );
}

#[tokio::test]
async fn filters_that_hide_everybody_who_waits_say_how_many_and_how_to_see_them() {
    let ot = hospital(0).on("CaseService/ListCases", |q: ListCasesRequest| {
        let all = [case(1, State::Requested), case(2, State::Postponed)];
        let shown = if q.filter.contains("text") {
            &[][..]
        } else {
            &all[..]
        };
        Ok(ListCasesResponse {
            cases: shown.to_vec(),
            ..Default::default()
        })
    });
    let app = front_end(FakeBackend::hospital(ot));
    let seen = ask(app, get("/waiting?text=nothing")).await;
    seen.shows("No waiting case fits these filters; 2 cases are hidden.");
    seen.shows("Clear filters");
}

#[tokio::test]
async fn an_emergency_in_the_night_is_told_beside_the_row_and_leaves_the_day_as_wide_as_it_was() {
    let app = front_end(FakeBackend::hospital(with_a_night()));
    let seen = ask(app.clone(), get("/?date=2026-03-02")).await;
    seen.shows("class=\"board__elsewhere\" href=\"/cases/c1\"");
    seen.shows("Not in the hours shown: </span>02:00–03:00");
    seen.shows("class=\"case case--confirmed r1 s13 w12\" href=\"/cases/c0\"");
    seen.shows("data-minutes=\"720\"");
    let list = ask(app, get("/schedule?view=list")).await;
    list.shows("02:00–03:00");
}

#[tokio::test]
async fn every_page_tells_of_its_keys_and_a_key_for_the_search() {
    let app = front_end(FakeBackend::hospital(hospital(1)));
    let seen = ask(app, get("/")).await;
    seen.shows("<dialog class=\"keys\" id=\"keys\" aria-labelledby=\"keys-title\">");
    seen.shows("href=\"/settings#keys-here\" data-help");
    seen.shows("href=\"/lookup\" data-key=\"/\"");
}

#[tokio::test]
async fn what_nobody_proved_to_say_is_not_shown() {
    let seen = ask(
        front_end(FakeBackend::unproven_hospital(hospital(3))),
        get("/"),
    )
    .await;
    assert_eq!(seen.status, StatusCode::BAD_GATEWAY);
    seen.shows("data-strip=\"refused\"");
    seen.hides("Hip replacement");
}

#[tokio::test]
async fn a_board_of_six_hundred_cases_is_small_on_the_wire() {
    let request = with_header(get("/"), "accept-encoding", "gzip");
    let response = front_end(FakeBackend::hospital(hospital(600)))
        .oneshot(request)
        .await
        .expect("answered");
    assert_eq!(
        response
            .headers()
            .get("content-encoding")
            .expect("compressed"),
        "gzip"
    );
    let body = to_bytes(response.into_body(), MAX_PAGE_BYTES)
        .await
        .expect("read");
    assert!(body.len() < 150_000, "{} bytes", body.len());
}

pub(super) fn with_header(
    mut request: Request<Body>,
    name: &'static str,
    value: &str,
) -> Request<Body> {
    request
        .headers_mut()
        .insert(name, value.parse().expect("a header value"));
    request
}

#[tokio::test]
async fn only_pages_that_live_open_a_stream() {
    let app = front_end(FakeBackend::hospital(hospital(3)));
    for (path, lives) in [
        ("/", true),
        ("/waiting", true),
        ("/kiosk", true),
        ("/cases/new", false),
        ("/settings", false),
        ("/audit", false),
        ("/print", false),
    ] {
        let seen = ask(app.clone(), get(path)).await;
        assert_eq!(seen.body.contains("data-since"), lives, "{path}");
    }
}

#[tokio::test]
async fn a_page_that_stands_in_for_another_lives_so_that_it_goes_when_the_backend_is_back() {
    let seen = ask(
        front_end(FakeBackend::hospital(FakeOt::default())),
        get("/waiting"),
    )
    .await;
    seen.shows("data-since");
}

#[tokio::test]
async fn times_that_are_not_the_hospitals_say_so() {
    use booking_proto::ot::v1::{AuditEvent, ListAuditEventsRequest};
    let denied = |_: ListSitesRequest| -> Result<ListSitesResponse, Status> {
        Err(Status::permission_denied("no"))
    };
    let events = |_: ListAuditEventsRequest| {
        Ok(ListAuditEventsResponse {
            audit_events: vec![AuditEvent {
                time: at(1_772_441_412),
                ..Default::default()
            }],
            ..Default::default()
        })
    };
    let ot = hospital(0).on("AuditService/ListAuditEvents", events);
    let app = front_end(FakeBackend::hospital(ot.clone()));
    ask(app, get("/audit")).await.hides(" UTC</td>");
    let app = front_end(FakeBackend::hospital(
        ot.on("HospitalService/ListSites", denied),
    ));
    ask(app, get("/audit")).await.shows(":12 UTC</td>");
}

/// A fresh list's version, from the printed page.
async fn version(change: fn(&mut DaySchedule)) -> String {
    let ot = hospital(0).on(
        "ScheduleService/GetDaySchedule",
        move |q: GetDayScheduleRequest| {
            let mut day = day(&q, 1);
            change(&mut day);
            Ok(day)
        },
    );
    let seen = ask(
        front_end(FakeBackend::hospital(ot)),
        get("/print?date=2026-03-02"),
    )
    .await;
    let version = seen
        .body
        .split("List version <strong>")
        .nth(1)
        .expect("a list");
    version.split('<').next().expect("its end").to_owned()
}

#[tokio::test]
async fn a_lists_version_changes_with_anything_that_is_printed_on_it() {
    use booking_proto::ot::v1::Session;
    let as_it_was = version(|_| {}).await;
    assert_eq!(version(|_| {}).await, as_it_was);
    let changes: [fn(&mut DaySchedule); 3] = [
        |day| {
            day.theatres[0].sessions.push(Session {
                start_time: day.start_time,
                end_time: day.end_time,
                ..Default::default()
            });
        },
        |day| day.theatres[0].theatre.as_mut().unwrap().display_name = "Theatre 1".to_owned(),
        |day| day.theatres[0].cases[0].case.as_mut().unwrap().notes = "Latex".to_owned(),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        assert_ne!(version(change).await, as_it_was, "{index}");
    }
}

#[tokio::test]
async fn a_date_that_is_none_is_told_beside_its_field() {
    let ot = hospital(1)
        .on(
            "CaseService/GetCase",
            |_: booking_proto::ot::v1::GetCaseRequest| Ok(case(1, State::Requested)),
        )
        .on(
            "ScheduleService/FindSlots",
            |_: booking_proto::ot::v1::FindSlotsRequest| {
                Ok(booking_proto::ot::v1::FindSlotsResponse::default())
            },
        );
    let app = front_end(FakeBackend::hospital(ot));
    let seen = ask(app.clone(), get("/cases/c1/slots?from=31.02.")).await;
    seen.shows("id=\"from-complaint\"");
    seen.shows("Enter a date");
    ask(app, get("/cases/c1/slots?from="))
        .await
        .hides("id=\"from-complaint\"");
}
