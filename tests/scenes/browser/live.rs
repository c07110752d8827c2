//! Changes made elsewhere, seen without reloading.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
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
