//! Forms fed with what nobody should type: refused in words beside the field, with everything that
//! was typed still there; forms of others; and pages that have become old.

use anyhow::{Context, Result, ensure};
use booking_proto::ot::v1::UpdateCaseRequest;
use prost_types::FieldMask;
use tests::http;

use crate::{
    driver::{Browser, PATIENCE},
    hospital::{Hospital, bar, request_id},
};

const SCRIPT: &str = "<script>document.title='owned'</script><img src=x onerror=alert(1)>";

/// Field, what is put there, what is said beside it.
const JUNK: [(&str, &str, &str); 6] = [
    ("patient", "", "Fill this in."),
    ("procedure", "OVERLONG", "Shorten this to 200 characters."),
    ("condition", "", "Fill this in."),
    ("setup_min", "-5", "Enter a whole number from 0 to 480."),
    (
        "procedure_min",
        "99999",
        "Enter a whole number from 1 to 1200.",
    ),
    ("cleanup_min", "1e3", "Enter a whole number from 0 to 480."),
];

#[tokio::test]
async fn junk_is_refused_beside_each_field_and_what_was_typed_is_kept() -> Result<()> {
    let hospital = Hospital::start().await?;
    let browser = hospital.browser(true).await?;
    browser.open(&hospital.suite, "/cases/new").await?;
    let overlong = "ä".repeat(201);
    let typed = |value: &str| value.replace("OVERLONG", &overlong);
    for (field, value, _) in JUNK {
        browser.set(&format!("#{field}"), &typed(value)).await?;
    }
    browser.set("#notes", SCRIPT).await?;
    browser.press("form[action='/cases/new'] > .button").await?;
    browser.wait_for("Nothing was sent yet", PATIENCE).await?;
    for (field, value, words) in JUNK {
        let complaint = browser.text_of(&format!("#{field}-complaint")).await?;
        ensure!(complaint == words, "beside {field}: {complaint:?}");
        let kept = browser.value(&format!("#{field}")).await?;
        ensure!(kept == typed(value), "{field} became {kept:?}");
        let told = browser
            .find(&format!("#{field}"))
            .await?
            .attr("aria-describedby")
            .await?;
        ensure!(
            told.is_some_and(|ids| ids.contains(&format!("{field}-complaint"))),
            "{field}"
        );
    }
    ensure!(
        browser.value("#notes").await? == SCRIPT,
        "the notes are kept, as typed"
    );
    browser.close().await
}

#[tokio::test]
async fn a_script_that_is_typed_is_text_everywhere_it_is_shown() -> Result<()> {
    let hospital = Hospital::start().await?;
    let browser = hospital.browser(true).await?;
    let case = booking_proto::ot::v1::Case {
        procedure: SCRIPT.to_owned(),
        condition: SCRIPT.to_owned(),
        notes: SCRIPT.to_owned(),
        ..hospital.hour("PT-9060")
    };
    let case = hospital
        .enter(case, Some(hospital.tomorrow_at(10)?))
        .await?;
    let day = hospital.tomorrow()?;
    for path in [
        format!("/{case}"),
        format!("/{case}/move"),
        format!("/{case}/edit"),
        format!("/?date={day}"),
        format!("/schedule?date={day}&view=list"),
        format!("/print?date={day}"),
    ] {
        browser.open(&hospital.suite, &path).await?;
        ensure!(
            browser.client.source().await?.contains("owned"),
            "{path} shows it"
        );
        ensure!(browser.client.title().await? != "owned", "{path} ran it");
        ensure!(
            !browser.has("main script, main img").await?,
            "{path} has it as an element"
        );
    }
    browser.close().await
}

/// Every form there is.
fn forms(case: &str) -> Vec<String> {
    let of_case = [
        "move",
        "edit",
        "emergency",
        "confirm",
        "milestone",
        "postpone",
        "cancel",
        "abort",
    ];
    let others = [
        "/cases/new",
        "/undo",
        "/settings",
        "/audit/verify",
        "/sign-out",
        "/sessions/x/release",
        "/sessions/x/cancel",
        "/alts/accounts/switch",
        "/alts/accounts/faults",
        "/alts/accounts/drill/1",
    ];
    let of_case = of_case.iter().map(|action| format!("/{case}/{action}"));
    of_case.chain(others.map(str::to_owned)).collect()
}

#[tokio::test]
async fn no_form_is_taken_without_its_token_and_none_breaks_on_garbage() -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9061", 10).await?;
    let before = hospital.case(&case).await?;
    let browser = hospital.browser(true).await?;
    let session = browser.client.get_named_cookie("ot_session").await?;
    let cookie = format!("ot_session={}", session.value());
    let token = browser
        .find("body")
        .await?
        .attr("data-token")
        .await?
        .context("a token")?;
    let web = hospital.suite.web_addr;
    for path in forms(&case) {
        let answer = http::post_form_as(web, &path, "token=guessed&reason=OTHER", &cookie).await?;
        ensure!(answer.status == 403, "{path}: {}", answer.head);
        ensure!(
            answer.body.contains("That form is not from this sign-in"),
            "{path}"
        );
        if path == "/sign-out" || path.starts_with("/alts/") || path == "/settings" {
            continue; // what they do is harmless, or shown elsewhere
        }
        let garbage = format!(
            "token={token}&etag=%00%FF&request_id=%3B--&option=%22&theatre=..%2F..&at=never&date=99-99\
             &time=25%3A61&reason=%27%20OR%201&milestone=42&patient={}&undo=..&override=R0",
            "%C3%A4".repeat(2000)
        );
        let answer = http::post_form_as(web, &path, &garbage, &cookie).await?;
        ensure!(answer.status < 500, "{path}: {}", answer.head);
        let flood = format!("token={token}&note={}", "x".repeat(64 * 1024));
        let answer = http::post_form_as(web, &path, &flood, &cookie).await;
        // A server may close before all of it was sent.
        ensure!(
            answer.is_err() || answer.is_ok_and(|one| one.status == 413),
            "{path}: a flood"
        );
    }
    ensure!(
        hospital.case(&case).await? == before,
        "something was changed"
    );
    browser.close().await
}

#[tokio::test]
async fn a_form_on_another_site_is_refused_in_words() -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9062", 10).await?;
    let browser = hospital.browser(true).await?;
    let target = format!("http://{}/{case}/confirm", hospital.suite.web_addr);
    let elsewhere =
        format!("data:text/html,<form method=post action='{target}'><button>Win</button></form>");
    browser.client.goto(&elsewhere).await?;
    browser.press("button").await?;
    browser
        .wait_for("That form came from another site", PATIENCE)
        .await?;
    hospital.open_board_of(&browser, &case).await?;
    ensure!(
        !browser
            .has(&format!("{}.case--confirmed", bar(&case)))
            .await?,
        "confirmed"
    );
    browser.close().await
}

/// Somebody else changes what a case is done for.
async fn change(hospital: &Hospital, case: &str) -> Result<()> {
    let mut changed = hospital.case(case).await?;
    changed.condition = "Femoral hernia".to_owned();
    let request = UpdateCaseRequest {
        case: Some(changed),
        update_mask: Some(FieldMask {
            paths: vec!["condition".to_owned()],
        }),
        request_id: request_id(),
        ..UpdateCaseRequest::default()
    };
    hospital.cases().update_case(request).await?;
    Ok(())
}

async fn old_pages(javascript: bool) -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9063", 10).await?;
    let browser = hospital.browser(javascript).await?;
    browser
        .open(&hospital.suite, &format!("/{case}/edit"))
        .await?;
    browser.fill("#notes", "bring the mesh").await?;
    change(&hospital, &case).await?;
    browser.press("form[action$='/edit'] .button").await?;
    browser.find("#comparison").await?;
    let both = browser.text_of("#comparison").await?;
    for words in ["bring the mesh", "Inguinal hernia", "Femoral hernia"] {
        ensure!(both.contains(words), "{words:?} is not compared:\n{both}");
    }
    ensure!(
        browser.value("#notes").await? == "bring the mesh",
        "what was typed is kept"
    );
    ensure!(
        hospital.case(&case).await?.condition == "Femoral hernia",
        "nothing is lost yet"
    );
    // Having seen both, saving means it.
    browser.fill("#condition", "Femoral hernia").await?;
    browser.press("form[action$='/edit'] .button").await?;
    browser.told("Saved.").await?;
    let saved = hospital.case(&case).await?;
    ensure!(
        (&*saved.notes, &*saved.condition) == ("bring the mesh", "Femoral hernia"),
        "{saved:?}"
    );

    stale_move(&hospital, &browser, &case).await?;
    browser.close().await
}

/// A move from an old page is refused in words, and changes nothing.
async fn stale_move(hospital: &Hospital, browser: &Browser, case: &str) -> Result<()> {
    browser
        .open(&hospital.suite, &format!("/{case}/move"))
        .await?;
    browser.set("#time", "15:00").await?;
    browser.choose_first("#reason").await?;
    let before = hospital.start_of(case).await?;
    hospital.confirm(case).await?;
    browser.press("#move form > .button:first-of-type").await?;
    browser.find("#refusal").await?;
    ensure!(
        browser.value("#time").await?.starts_with("15:00"),
        "the time is kept"
    );
    ensure!(
        hospital.start_of(case).await? == before,
        "it was moved all the same"
    );
    Ok(())
}

#[tokio::test]
async fn an_old_page_gets_a_comparison_and_no_edit_is_lost() -> Result<()> {
    old_pages(true).await
}

#[tokio::test]
async fn the_same_goes_without_javascript() -> Result<()> {
    old_pages(false).await
}
