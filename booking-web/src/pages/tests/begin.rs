//! From nothing to a board: a hospital's name and its first theatres.

use booking_proto::ot::v1::{
    CreateSiteRequest, CreateTheatreRequest, DaySchedule, GetDayScheduleRequest, ListSitesRequest,
    ListSitesResponse, ListTheatresRequest, ListTheatresResponse, Site, Theatre,
};
use tonic::Status;

use super::{hospital::hospital, *};
use crate::backend::fake::FakeOt;

/// What has been made, in order.
type Made = Arc<Mutex<(Vec<Site>, Vec<Theatre>)>>;

/// A hospital without anything; what is made is there afterwards.
fn nothing() -> (FakeOt, Made) {
    let made = Made::default();
    let (sites, theatres) = (Arc::clone(&made), Arc::clone(&made));
    let (new_sites, new_theatres) = (Arc::clone(&made), Arc::clone(&made));
    let ot = hospital(0)
        .on(
            "ScheduleService/GetDaySchedule",
            |_: GetDayScheduleRequest| -> Result<DaySchedule, Status> {
                Err(Status::invalid_argument("site must be given"))
            },
        )
        .on("HospitalService/ListSites", move |_: ListSitesRequest| {
            Ok(ListSitesResponse {
                sites: sites.lock().unwrap().0.clone(),
                ..Default::default()
            })
        })
        .on(
            "HospitalService/ListTheatres",
            move |_: ListTheatresRequest| {
                Ok(ListTheatresResponse {
                    theatres: theatres.lock().unwrap().1.clone(),
                    ..Default::default()
                })
            },
        )
        .on("HospitalService/CreateSite", move |q: CreateSiteRequest| {
            let site = Site {
                name: format!("sites/{}", q.site_id),
                ..q.site.unwrap_or_default()
            };
            new_sites.lock().unwrap().0.push(site.clone());
            Ok(site)
        })
        .on(
            "HospitalService/CreateTheatre",
            move |q: CreateTheatreRequest| {
                let theatre = Theatre {
                    name: format!("theatres/{}", q.theatre_id),
                    ..q.theatre.unwrap_or_default()
                };
                new_theatres.lock().unwrap().1.push(theatre.clone());
                Ok(theatre)
            },
        );
    (ot, made)
}

#[tokio::test]
async fn a_hospital_without_anything_is_told_how_to_begin_and_gets_its_first_theatres() {
    let (ot, made) = nothing();
    let app = front_end(FakeBackend::hospital(ot));
    let seen = ask(app.clone(), get("/")).await;
    assert_eq!(seen.status, StatusCode::OK, "nothing is no fault");
    seen.shows("A new hospital");
    seen.shows("href=\"/begin\"");

    let form = ask(app.clone(), get("/begin")).await;
    for suggested in ["4", "08:00", "18:00"] {
        form.shows(&format!("value=\"{suggested}\""));
    }
    let wrong = format!(
        "token={}&name=&time_zone=Narnia&theatres=0&opens=18:00&closes=08:00",
        form.token()
    );
    let seen = ask(app.clone(), post_to("/begin", wrong)).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for field in ["name", "time_zone", "theatres", "closes"] {
        seen.shows(&format!("id=\"{field}-complaint\""));
    }
    assert!(made.lock().unwrap().0.is_empty());

    let right = format!(
        "token={}&name=St+Elsewhere&time_zone=Europe/London&theatres=3&opens=08:00&closes=17:30",
        form.token()
    );
    for _ in 0..2 {
        // Pressed twice, it is made once.
        let seen = ask(app.clone(), post_to("/begin", right.clone())).await;
        assert_eq!(seen.header(header::LOCATION), "/", "{}", seen.body);
    }
    let made = made.lock().unwrap();
    let (sites, theatres) = &*made;
    assert_eq!(sites.len(), 1);
    assert_eq!(
        (sites[0].display_name.as_str(), sites[0].time_zone.as_str()),
        ("St Elsewhere", "Europe/London")
    );
    let names: Vec<&str> = theatres.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["theatres/OT-1", "theatres/OT-2", "theatres/OT-3"]);
    let rules = &theatres[0].opening_rules;
    assert_eq!(theatres[0].site, "sites/main");
    assert_eq!(
        (rules.len(), rules[0].open_minute, rules[4].close_minute),
        (5, 480, 1050)
    );
}
