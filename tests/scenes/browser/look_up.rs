//! The article's look-up, as a person uses it: type, press, read.

use anyhow::Result;
use fantoccini::Locator;
use tests::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT,
    suite::{Ports, Suite},
};

use crate::driver::Browser;

async fn look_up(browser: &Browser, suite: &Suite, patient: &str, doctor: &str) -> Result<String> {
    browser
        .client
        .goto(&format!("http://{}/lookup", suite.web_addr))
        .await?;
    for (name, value) in [("patient", patient), ("doctor", doctor)] {
        let field = browser
            .client
            .find(Locator::Css(&format!("input[name={name}]")))
            .await?;
        field.clear().await?;
        field.send_keys(value).await?;
    }
    browser
        .client
        .find(Locator::Css("form [type=submit]"))
        .await?
        .click()
        .await?;
    // The answer is a new page: wait for it rather than read the old one.
    browser
        .client
        .wait()
        .for_element(Locator::Css("[data-strip=proven], [data-strip=refused]"))
        .await?;
    Ok(browser
        .client
        .find(Locator::Css("body"))
        .await?
        .text()
        .await?)
}

async fn a_person_looks_up_the_booking(javascript: bool) -> Result<()> {
    let suite = Suite::start(Ports::default()).await?;
    let browser = Browser::start(javascript).await?;

    let text = look_up(&browser, &suite, "PT-1204", "DC-3904").await?;
    browser.screenshot("booking.png").await?;
    for wanted in [
        "01-Jun-2024 11:30",
        "Gall bladder stone",
        SERVER_ACCOUNT,
        CLIENT_ACCOUNT,
    ] {
        assert!(
            text.contains(wanted),
            "{wanted:?} is not on the page:\n{text}"
        );
    }

    let text = look_up(&browser, &suite, "PT-0000", "DC-3904").await?;
    browser.screenshot("not-found.png").await?;
    assert!(!text.contains("01-Jun-2024"), "{text}");

    let mut suite = suite;
    suite.server.stop().await?;
    let text = look_up(&browser, &suite, "PT-1204", "DC-3904").await?;
    browser.screenshot("refused.png").await?;
    assert!(!text.contains("01-Jun-2024"), "{text}");

    browser.close().await?;
    Ok(())
}

#[tokio::test]
async fn the_booking_and_the_verified_account_are_on_the_page() {
    a_person_looks_up_the_booking(true)
        .await
        .expect("looked up");
}

#[tokio::test]
async fn the_page_works_without_javascript() {
    a_person_looks_up_the_booking(false)
        .await
        .expect("looked up");
}
