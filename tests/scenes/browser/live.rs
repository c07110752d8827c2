//! Changes made elsewhere, seen without reloading; and pages that outlive their servers.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::{
    driver::{Browser, PATIENCE},
    hospital::{Hospital, bar},
};

/// What must be seen elsewhere is seen within this.
const SOON: Duration = Duration::from_secs(2);
/// Everything comes back by itself within this, back-off included.
const RECOVERED: Duration = Duration::from_secs(30);

#[tokio::test]
async fn a_change_made_in_one_browser_is_seen_in_another_within_two_seconds() -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9005", 10).await?;
    let (one, other) = tokio::try_join!(hospital.browser(true), hospital.browser(true))?;
    one.open(&hospital.suite, &format!("/{case}")).await?;
    hospital.open_board_of(&other, &case).await?;
    other.wait_for_in("#live-state", "Live", PATIENCE).await?;
    let confirmed = format!("{}.case--confirmed", bar(&case));
    ensure!(!other.has(&confirmed).await?, "not confirmed yet");

    one.press("form[action$='/confirm'] button").await?;
    let pressed = Instant::now();
    while !other.has(&confirmed).await? {
        ensure!(
            pressed.elapsed() < SOON,
            "not seen after {:?}",
            pressed.elapsed()
        );
    }
    println!("seen after {:?}", pressed.elapsed());
    one.close().await?;
    other.close().await
}

/// More than the connections that a browser opens to one server.
const TABS: usize = 8;

#[tokio::test]
async fn many_tabs_open_at_once_and_each_that_is_looked_at_shows_what_it_missed() -> Result<()> {
    let hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9007", 10).await?;
    let browser = hospital.browser(true).await?;
    hospital.open_board_of(&browser, &case).await?;
    let board = browser.client.current_url().await?;
    let first = browser.client.window().await?;
    for _ in 1..TABS {
        let tab = browser.client.new_window(true).await?.handle;
        browser.client.switch_to_window(tab).await?;
        let asked = Instant::now();
        browser.client.goto(board.as_str()).await?;
        browser.wait_for_in("#live-state", "Live", PATIENCE).await?;
        ensure!(asked.elapsed() < PATIENCE, "after {:?}", asked.elapsed());
    }
    hospital.confirm(&case).await?;
    browser.client.switch_to_window(first).await?;
    browser
        .find(&format!("{}.case--confirmed", bar(&case)))
        .await?;
    browser.close().await
}

/// How often the page has fetched itself anew.
async fn refreshed(browser: &Browser) -> Result<i64> {
    let count = "return Number(document.documentElement.dataset.refreshed ?? 0)";
    let count = browser.run(count, Vec::new()).await?;
    count.as_i64().context("a number")
}

/// Waits until the page lives, and has fetched itself since.
async fn lives_again(browser: &Browser, before: i64) -> Result<()> {
    let started = Instant::now();
    while !browser.has("#live-state[data-state=live]").await? || refreshed(browser).await? <= before
    {
        ensure!(
            started.elapsed() < RECOVERED,
            "not by itself within {RECOVERED:?}:\n{}",
            browser.text().await?
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_page_that_is_open_while_its_servers_restart_recovers_by_itself() -> Result<()> {
    let mut hospital = Hospital::start().await?;
    let case = hospital.enter_at("PT-9006", 10).await?;
    let browser = hospital.browser(true).await?;
    hospital.open_board_of(&browser, &case).await?;
    browser.wait_for_in("#live-state", "Live", PATIENCE).await?;

    let before = refreshed(&browser).await?;
    hospital.suite.restart_web().await?;
    lives_again(&browser, before)
        .await
        .context("after the front end's")?;

    hospital.suite.server.stop().await?;
    browser
        .wait_for_in("#live-state", "the backend does not answer", RECOVERED)
        .await?;
    let before = refreshed(&browser).await?;
    hospital.suite.restart_server().await?;
    lives_again(&browser, before)
        .await
        .context("after the backend's")?;

    // What happens from now on is seen again.
    hospital.confirm(&case).await?;
    browser
        .find(&format!("{}.case--confirmed", bar(&case)))
        .await?;
    browser.close().await
}
