//! Importing a log as a browser does it: uploaded, looked at, checked, taken in, by who may.

use booking_proto::ot::v1::{
    ImportCasesRequest, ImportCasesResponse, ImportOutcome, import_outcome::Kind,
};

use super::{hospital::hospital, rights::may, *};
use crate::backend::fake::FakeOt;

const LOG: &str = "Encounter ID,OR Suite,Service,Booked Time (min),OR Schedule\n\
                   1,OT-1,Eyes,30,2022-01-03 07:05\n\
                   2,OT 9,Eyes,30,2022-01-04 08:05\n\
                   3,OT-1,Eyes,lots,2022-01-04 09:05\n\
                   4,OT-1,Eyes,30,2022-01-04 09:05\n";

/// Takes every row but the fourth, which it flags, and keeps what it was asked.
fn takes_rows() -> (FakeOt, Arc<Mutex<Vec<ImportCasesRequest>>>) {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let keeps = Arc::clone(&heard);
    let ot = hospital(0).on(
        "TransferService/ImportCases",
        move |q: ImportCasesRequest| {
            let outcomes = q.rows.iter().map(|row| {
                let flagged = row.encounter_id == "4";
                let kind = if flagged {
                    Kind::Flagged
                } else {
                    Kind::Imported
                };
                ImportOutcome {
                    line: row.line,
                    kind: kind.into(),
                    message: if flagged { "It overlaps line 4." } else { "" }.to_owned(),
                    ..Default::default()
                }
            });
            let answer = ImportCasesResponse {
                outcomes: outcomes.collect(),
            };
            keeps.lock().unwrap().push(q);
            Ok(answer)
        },
    );
    (may(ot, &["cases.import", "hospital.read"]), heard)
}

/// A file as a browser sends it.
fn upload(token: &str, file_name: &str, file: &str) -> Request<Body> {
    let part = |head: &str, body: &str| {
        format!("--B\r\nContent-Disposition: form-data; {head}\r\n\r\n{body}\r\n")
    };
    let body = part("name=\"token\"", token)
        + &part(&format!("name=\"file\"; filename=\"{file_name}\""), file)
        + "--B--\r\n";
    let mut request = post_to("/import", body);
    let kind = "multipart/form-data; boundary=B".parse().expect("a type");
    request.headers_mut().insert(header::CONTENT_TYPE, kind);
    request
}

async fn uploaded(app: &Router) -> (String, Seen) {
    let form = ask(app.clone(), get("/import")).await;
    assert_eq!(form.status, StatusCode::OK);
    form.shows("up to 32 MiB");
    let seen = ask(app.clone(), upload(&form.token(), "C:\\logs\\log.csv", LOG)).await;
    assert_eq!(seen.status, StatusCode::SEE_OTHER, "{}", seen.body);
    let path = seen.header(header::LOCATION).to_owned();
    let seen = ask(app.clone(), get(&path)).await;
    (path, seen)
}

/// The page once nothing is under way on it.
async fn settled(app: &Router, path: &str) -> Seen {
    for _ in 0..500 {
        let seen = ask(app.clone(), get(path)).await;
        if !seen.body.contains("data-poll") {
            return seen;
        }
        seen.shows("http-equiv=\"refresh\"");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never ends");
}

const ANSWERS: &str = "time_zone=Europe/London&source=log.csv&encounter_id=Encounter+ID&theatre=OR+Suite\
                       &specialty=Service&booked_min=Booked+Time+(min)&scheduled_time=OR+Schedule";

#[tokio::test]
async fn a_log_is_looked_at_then_checked_then_taken_in_and_each_step_says_what_became_of_it() {
    let (ot, heard) = takes_rows();
    let app = front_end(FakeBackend::hospital(ot));
    let (path, seen) = uploaded(&app).await;
    for part in [
        "<bdi>log.csv</bdi>",
        "<bdi>2022-01-03 07:05</bdi>",
        "value=\"UTC\"",
        "value=\"log.csv\"",
        "<option value=\"OR Suite\" selected>",
        "Check, without changing anything",
    ] {
        seen.shows(part);
    }
    let form = format!("token={}&{ANSWERS}", seen.token());
    let sent = ask(app.clone(), post_to(&format!("{path}/check"), form)).await;
    assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.body);
    let seen = settled(&app, &path).await;
    for part in [
        "Checked, nothing was changed yet",
        "data-count=\"new\">3<",
        "data-count=\"flagged\">1<",
        "data-count=\"refused\">1<",
        "It overlaps line 4.",
        "the booked time &#39;lots&#39; is not a number of minutes",
        "Theatres that would be made: <bdi>OT 9</bdi>.",
        "Monday 3 January 2022 to Tuesday 4 January 2022, in 2 theatres",
        "Import 3 cases",
    ] {
        seen.shows(part);
    }
    let form = format!("token={}", seen.token());
    ask(app.clone(), post_to(&format!("{path}/import"), form)).await;
    let seen = settled(&app, &path).await;
    seen.shows("<h2 id=\"import-title\">Imported</h2>");
    seen.shows("href=\"/reports?first=2022-01-03&#38;last=2022-01-04\"");

    let form = format!("token={}", seen.token());
    ask(app.clone(), post_to(&format!("{path}/discard"), form)).await;
    let seen = ask(app, get(&path)).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
    seen.shows("Upload the log once more");

    let heard = heard.lock().unwrap();
    assert_eq!(
        heard.iter().map(|q| q.validate_only).collect::<Vec<_>>(),
        [true, false],
        "tried first, then in earnest"
    );
    assert_eq!(heard[1].source, "log.csv");
    assert_eq!(heard[0].rows, heard[1].rows);
}

#[tokio::test(start_paused = true)]
async fn a_log_that_was_left_behind_is_out_of_memory_after_an_hour() {
    let (ot, _) = takes_rows();
    let state = state_for(FakeBackend::hospital(ot), Way::Open);
    let app = app(state.clone());
    let (path, _) = uploaded(&app).await;
    let id = path.strip_prefix("/import/").expect("a log's address");
    let now = tokio::time::Instant::now().into_std();
    let log = Arc::downgrade(&state.imports.get(id, None, now).expect("it is here"));
    tokio::time::sleep(Duration::from_secs(59 * 60)).await;
    assert!(log.upgrade().is_some(), "nobody looked for an hour, almost");
    tokio::time::sleep(Duration::from_secs(2 * 60)).await;
    assert!(log.upgrade().is_none(), "nobody looked for an hour");
    let seen = ask(app, get(&path)).await;
    assert_eq!(seen.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn wrong_answers_are_kept_and_told_beside_their_field() {
    let (ot, heard) = takes_rows();
    let app = front_end(FakeBackend::hospital(ot));
    let (path, seen) = uploaded(&app).await;
    let form = format!(
        "token={}&time_zone=Narnia&source=ours&theatre=OR+Suite&encounter_id=&strict=1",
        seen.token()
    );
    let seen = ask(app, post_to(&format!("{path}/check"), form)).await;
    assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "There is no zone of that name",
        "value=\"Narnia\"",
        "value=\"ours\"",
        "id=\"encounter_id-complaint\"",
        "name=\"strict\" value=\"1\" checked",
    ] {
        seen.shows(part);
    }
    assert!(heard.lock().unwrap().is_empty());
}

#[tokio::test]
async fn whoever_may_not_import_is_told_which_right_is_missing_and_no_file_is_kept() {
    let ot = may(hospital(0), &["schedule.read"]);
    let app = front_end(FakeBackend::hospital(ot));
    let seen = ask(app.clone(), get("/import")).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
    seen.shows("cases.import");
    let settings = ask(app.clone(), get("/settings")).await;
    settings.hides("href=\"/import\"");
    let seen = ask(app, upload(&settings.token(), "log.csv", LOG)).await;
    assert_eq!(seen.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn uploads_of_others_sites_and_sizes_are_refused_in_words() {
    let (ot, _) = takes_rows();
    let app = front_end(FakeBackend::hospital(ot));
    let form = ask(app.clone(), get("/import")).await;
    let token = form.token();
    let forged = ask(app.clone(), upload("forged", "log.csv", LOG)).await;
    assert_eq!(forged.status, StatusCode::FORBIDDEN);
    let empty = ask(app.clone(), upload(&token, "log.csv", "")).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
    empty.shows("Choose a file that is not empty.");
    let no_form = ask(app.clone(), post_to("/import", "token=x")).await;
    assert_eq!(no_form.status, StatusCode::BAD_REQUEST);
    let large = "x".repeat(crate::imports::MAX_LOG_BYTES + 64 * 1024);
    let large = ask(app, upload(&token, "log.csv", &large)).await;
    assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE);
    large.shows("booking-client import");
}
