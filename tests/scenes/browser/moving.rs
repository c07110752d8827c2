//! A case is moved on the board itself: dragged, and by the keyboard alone, each with a preview, up
//! to the confirmed change and back.

use anyhow::{Context as _, Result, ensure};
use fantoccini::key::Key;
use jiff::ToSpan as _;

use crate::{
    driver::Browser,
    hospital::{Hospital, bar},
};

const FITS: &str = ".ghost[data-verdict=fits]";
const REFUSED: &str = ".ghost[data-verdict=refused]";

/// Confirms the move in the dialog, and undoes it; the backend has it `min` minutes later, then not.
async fn confirm_and_undo(
    hospital: &Hospital,
    browser: &Browser,
    case: &str,
    min: i64,
) -> Result<()> {
    let before = hospital.start_of(case).await?;
    browser.find("dialog[open] #move").await?;
    browser.choose_first("dialog #reason").await?;
    browser
        .press("dialog #move form > .button:first-of-type")
        .await?;
    browser.told("Moved.").await?;
    let after = hospital.start_of(case).await?;
    ensure!(after == before + min.minutes(), "from {before} to {after}");
    let board = browser.find(&bar(case)).await?.attr("data-offset").await?;
    ensure!(
        board.is_some(),
        "the board is shown again, with the case on it"
    );
    browser.press("#undo button").await?;
    browser.told("Undone.").await?;
    let back = hospital.start_of(case).await?;
    ensure!(back == before, "from {before} to {back}");
    Ok(())
}

#[tokio::test]
async fn a_case_is_dragged_with_a_preview_and_the_move_confirmed_and_undone() -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9002", 10).await?;
    let browser = hospital.browser(true).await?;
    hospital.open_board_of(&browser, &case).await?;
    let lane = "return document.querySelector(arguments[0]).closest('.lanes')";
    let measure = format!("{lane}.getBoundingClientRect().width");
    let width = browser.run(&measure, vec![bar(&case).into()]).await?;
    let minutes = browser
        .run(&format!("{lane}.dataset.minutes"), vec![bar(&case).into()])
        .await?;
    let hour_px = width.as_f64().context("a width")? * 60.0
        / minutes.as_str().context("minutes")?.parse::<f64>()?;
    browser.drag(&bar(&case), (hour_px, 0.0)).await?;
    browser.find(FITS).await?;
    browser.screenshot("drag.png").await?;
    browser.drop().await?;
    confirm_and_undo(&hospital, &browser, &case, 60).await?;
    browser.close().await
}

#[tokio::test]
async fn a_case_is_moved_by_the_keyboard_alone_and_told_where_it_cannot_go() -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9003", 10).await?;
    let other = hospital.enter_at("PT-9004", 11).await?;
    let browser = hospital.browser(true).await?;
    hospital.open_board_of(&browser, &case).await?;
    ensure!(browser.has(&bar(&other)).await?, "both are on the board");

    // Walked to from the bar before it, as a person without a mouse does.
    let handle = serde_json::to_value(browser.find(&bar(&other)).await?)?;
    browser.run("arguments[0].focus()", vec![handle]).await?;
    press(&browser, &[Key::Left]).await?;
    let focused = browser.client.active_element().await?;
    let focused = focused.attr("data-case").await?;
    ensure!(
        focused.as_deref() == Some(&case),
        "{focused:?} has the focus"
    );

    // Into the other: refused, in words. Back, and a quarter of an hour earlier: fits.
    type_keys(&browser, "m").await?;
    press(&browser, &[Key::Right]).await?;
    browser.find(REFUSED).await?;
    let words = browser.find("#move-words").await?.html(true).await?;
    ensure!(words.contains("Theatre 9"), "{words}");
    press(&browser, &[Key::Left, Key::Left, Key::Left, Key::Left]).await?;
    browser.find(FITS).await?;
    press(&browser, &[Key::Enter]).await?;
    confirm_and_undo(&hospital, &browser, &case, -15).await?;

    hospital.open_board_of(&browser, &case).await?;
    let handle = serde_json::to_value(browser.find(&bar(&case)).await?)?;
    browser.run("arguments[0].focus()", vec![handle]).await?;
    type_keys(&browser, "m").await?;
    browser.find(".ghost").await?;
    press(&browser, &[Key::Escape]).await?;
    ensure!(!browser.has(".ghost").await?, "left where it was");
    browser.close().await
}

/// Presses keys where the focus is.
async fn press(browser: &Browser, keys: &[Key]) -> Result<()> {
    let keys: String = keys.iter().map(|key| char::from(*key)).collect();
    type_keys(browser, &keys).await
}

async fn type_keys(browser: &Browser, keys: &str) -> Result<()> {
    Ok(browser
        .client
        .active_element()
        .await?
        .send_keys(keys)
        .await?)
}
