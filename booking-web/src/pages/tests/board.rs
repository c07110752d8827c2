//! The board: for everybody, for somebody, on a wall.

use booking_proto::ot::v1::{
    Access, Case, DaySchedule, GetDayScheduleRequest, ListCasesRequest, Urgency, case::State,
};

use super::{
    hospital::{HOUR_S, at, case, day, hospital, listed, midnight},
    rights::{grants, knows},
    *,
};
use crate::{backend::fake::FakeOt, visitor::PRESET_COOKIE};

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
        seen.shows("No cases are planned on this day; those below wait.");
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
