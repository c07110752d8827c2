//! A scheduler's day by forms: a case is entered, booked, moved, taken back and cancelled, with and
//! without JavaScript, and at any hour. The backend is asked each time.

use anyhow::{Result, ensure};
use booking_proto::ot::v1::{Case, case::State};

use crate::{
    driver::{Browser, PATIENCE},
    hospital::{Hospital, MORNING, SURGEON, THEATRE, bar},
};

/// Enters a case by the form and books the first free slot; its name.
async fn book(hospital: &Hospital, browser: &Browser, patient: &str) -> Result<String> {
    browser.open(&hospital.suite, "/cases/new").await?;
    browser.fill("#patient", patient).await?;
    browser.fill("#procedure", "Hernia repair").await?;
    browser.fill("#condition", "Inguinal hernia").await?;
    browser.choose("#laterality", "LEFT").await?;
    browser.choose("#anaesthesia", "LOCAL").await?;
    browser.choose("#surgeon", SURGEON).await?;
    for (field, minutes) in [("setup", "5"), ("procedure", "20"), ("cleanup", "5")] {
        browser.fill(&format!("#{field}_min"), minutes).await?;
    }
    browser.press("form[action='/cases/new'] > .button").await?;
    browser.wait_for("A slot for", PATIENCE).await?;
    browser.press(".slot form .button").await?;
    browser.told("Booked.").await?;
    Ok(browser.path().await?.trim_start_matches('/').to_owned())
}

/// The case as the backend has it, which must be in this state and of this patient.
async fn stands(hospital: &Hospital, case: &str, state: State) -> Result<Case> {
    let found = hospital.case(case).await?;
    ensure!(found.state() == state, "not {state:?}: {found:?}");
    ensure!(found.patient == "patients/PT-9001", "{found:?}");
    Ok(found)
}

/// Moves it to two in the afternoon of the hospital's tomorrow, in the theatre that is always open.
async fn move_by_form(hospital: &Hospital, browser: &Browser, case: &str) -> Result<()> {
    let tomorrow = hospital.tomorrow()?.to_string();
    browser
        .open(&hospital.suite, &format!("/{case}/move"))
        .await?;
    browser.choose("#theatre", THEATRE).await?;
    browser.set("#date", &tomorrow).await?;
    browser.set("#time", "14:00").await?;
    browser.choose_first("#reason").await?;
    browser.fill("#note", "at the ward's wish").await?;
    browser.press("#move form > .button:first-of-type").await?;
    browser.told("Moved.").await?;
    let start = hospital.start_of(case).await?;
    let wanted = hospital.tomorrow_at(14)?;
    ensure!(start == wanted, "{start} instead of {wanted}");
    Ok(())
}

/// Presses the button that the page offers for half a minute; the path where it leads.
async fn undo(browser: &Browser) -> Result<String> {
    browser.press("#undo button").await?;
    browser.told("Undone.").await?;
    Ok(browser.path().await?.trim_start_matches('/').to_owned())
}

async fn a_day_by_forms(instant: &str, javascript: bool) -> Result<()> {
    let hospital = Hospital::start_at(instant).await?;
    let browser = hospital.browser(javascript).await?;
    let case = book(&hospital, &browser, "PT-9001").await?;
    let booked = stands(&hospital, &case, State::Scheduled).await?;
    hospital.open_board_of(&browser, &case).await?;

    move_by_form(&hospital, &browser, &case).await?;
    undo(&browser).await?;
    let back = stands(&hospital, &case, State::Scheduled).await?;
    ensure!(back.plan == booked.plan, "{back:?} is not {booked:?}");

    browser.open(&hospital.suite, &format!("/{case}")).await?;
    browser.choose_first("#reason").await?;
    browser.press("button[formaction$='/cancel']").await?;
    browser.told("Cancelled.").await?;
    let cancelled = stands(&hospital, &case, State::Cancelled).await?;
    let reason = cancelled.cancellation.map(|one| one.reason);
    ensure!(
        reason.is_some_and(|code| !code.is_empty()),
        "without a reason"
    );
    let again = undo(&browser).await?;
    let entered = stands(&hospital, &again, State::Scheduled).await?;
    ensure!(entered.plan == booked.plan, "{entered:?} is not {booked:?}");
    hospital.open_board_of(&browser, &again).await?;
    ensure!(
        !browser.has(&bar(&case)).await?,
        "a cancelled case is on the board"
    );
    browser.close().await
}

#[tokio::test]
async fn a_case_is_booked_moved_cancelled_and_brought_back_by_forms() -> Result<()> {
    a_day_by_forms(MORNING, true).await
}

#[tokio::test]
async fn the_same_goes_without_javascript_in_the_last_minutes_of_a_week() -> Result<()> {
    a_day_by_forms("2026-03-14T23:50:00Z", false).await
}

#[tokio::test]
async fn the_same_goes_before_the_clocks_go_forward() -> Result<()> {
    a_day_by_forms("2026-03-28T21:10:00Z", true).await
}
