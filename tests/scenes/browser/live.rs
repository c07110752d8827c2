//! Changes made elsewhere, seen without reloading; and a page that outlives its server.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use fantoccini::Locator;

use crate::hospital::{Hospital, PATIENCE};

/// What must be seen elsewhere is seen within this.
const SOON: Duration = Duration::from_secs(2);

#[tokio::test]
async fn a_milestone_recorded_in_one_browser_is_seen_in_another_within_two_seconds() -> Result<()> {
    let hospital = Hospital::start().await?;
    let (one, other) = tokio::try_join!(hospital.browser(true), hospital.browser(true))?;
    let case = hospital.movable(&one).await?;
    one.open(&hospital.suite, &case).await?;
    other.open(&hospital.suite, &case).await?;
    other.wait_for("Milestones", PATIENCE).await?;
    tokio::time::sleep(SOON).await;
    let confirm = one
        .client
        .find(Locator::Css("form[action$='/confirm'] button"))
        .await;
    if let Ok(confirm) = confirm {
        confirm.click().await?;
        let started = Instant::now();
        one.wait_for("Confirmed.", PATIENCE).await?;
        other
            .wait_for("Confirmed", SOON)
            .await
            .context("not seen in the other browser")?;
        println!("seen after {:?}", started.elapsed());
    }
    one.client.close().await?;
    Ok(other.client.close().await?)
}

#[tokio::test]
async fn a_page_that_is_open_while_the_front_end_restarts_recovers_by_itself() -> Result<()> {
    let mut hospital = Hospital::start().await?;
    let browser = hospital.browser(true).await?;
    browser.open(&hospital.suite, "/").await?;
    browser.wait_for("Live", PATIENCE).await?;
    let refreshed = "return Number(document.documentElement.dataset.refreshed ?? 0)";
    let before = browser
        .client
        .execute(refreshed, Vec::new())
        .await?
        .as_i64()
        .unwrap_or(0);
    hospital.suite.restart_web().await?;
    let started = Instant::now();
    loop {
        let now = browser
            .client
            .execute(refreshed, Vec::new())
            .await?
            .as_i64()
            .unwrap_or(0);
        let state = browser
            .client
            .find(Locator::Css("#live-state"))
            .await?
            .attr("data-state")
            .await?;
        if now > before && state.as_deref() == Some("live") {
            break;
        }
        ensure!(
            started.elapsed() < PATIENCE,
            "still {state:?} after {PATIENCE:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(browser.client.close().await?)
}
