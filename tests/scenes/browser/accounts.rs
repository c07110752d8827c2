//! The accounts page: a switch changes what the next call shows, and the drill ends as the article
//! saw it.

use std::time::Duration;

use anyhow::{Result, ensure};
use fantoccini::Locator;
use tests::{
    CLIENT_ACCOUNT,
    suite::{Ports, Suite},
};

use crate::{axe, driver::Browser};

const PATIENCE: Duration = Duration::from_secs(20);
const REFUSED: &str = "[data-strip=refused]";
const PROVEN: &str = "[data-strip=proven]";

async fn switch(browser: &Browser, account: &str) -> Result<()> {
    browser
        .press(&format!("button[role=switch][data-account='{account}']"))
        .await
}

async fn strip_is(browser: &Browser, selector: &str) -> Result<()> {
    let strip = browser.client.wait().at_most(PATIENCE);
    Ok(strip.for_element(Locator::Css(selector)).await.map(drop)?)
}

#[tokio::test]
async fn switching_the_accounts_off_and_on_is_seen_in_the_next_calls_strip() -> Result<()> {
    let suite = Suite::start(Ports::default()).await?;
    let browser = Browser::start(true).await?;
    browser.open(&suite, "/alts/accounts").await?;
    strip_is(&browser, PROVEN).await?;
    axe::finds_nothing(&browser).await?;

    switch(&browser, CLIENT_ACCOUNT).await?;
    strip_is(&browser, REFUSED).await?;
    browser
        .wait_for("This front end has no valid identity", PATIENCE)
        .await?;
    axe::finds_nothing(&browser).await?;
    browser.screenshot("accounts-refused.png").await?;

    switch(&browser, CLIENT_ACCOUNT).await?;
    strip_is(&browser, PROVEN).await?;
    browser.close().await
}

#[tokio::test]
async fn the_four_drill_buttons_show_what_the_article_saw() -> Result<()> {
    let mut suite = Suite::start(Ports::default()).await?;
    let browser = Browser::start(true).await?;
    browser.open(&suite, "/alts/accounts").await?;
    for step in 1..=4 {
        let button = format!("[data-step='{step}'] button");
        let seen = format!("[data-step='{step}'] [data-seen]");
        if step == 3 {
            let (pressed, restarted) =
                tokio::join!(browser.press(&button), suite.restart_when_wished());
            pressed.and(restarted)?;
        } else {
            browser.press(&button).await?;
        }
        let seen = browser
            .client
            .wait()
            .at_most(PATIENCE)
            .for_element(Locator::Css(&seen))
            .await?;
        let expected = format!("[data-step='{step}'] [data-expected]");
        let expected = browser.client.find(Locator::Css(&expected)).await?;
        ensure!(
            seen.text().await? == expected.text().await?,
            "step {step}:\n{}",
            browser.text().await?
        );
    }
    browser.client.set_window_size(1440, 1180).await?;
    browser.picture("accounts.png").await?;
    browser.close().await
}
