//! People sign in with a password: refused in words, let in by name, recorded under it, and out again.

use anyhow::{Result, ensure};
use tests::{CLIENT_ACCOUNT, http};

use crate::{
    driver::{Browser, PATIENCE},
    hospital::{Hospital, PASSWORD},
};

/// More wrong passwords than anybody has in a row by mistake.
const TOO_MANY: usize = 12;

async fn a_password(javascript: bool) -> Result<()> {
    let hospital = Hospital::start().await?;
    hospital.give_password("anna", "Anna Berg").await?;
    let case = hospital.enter_at("PT-9050", 10).await?;
    let browser = Browser::start(javascript).await?;

    // Whoever is not signed in sees nothing, and comes back to what they wanted.
    browser.open(&hospital.suite, &format!("/{case}")).await?;
    ensure!(
        browser.path().await? == "/sign-in",
        "{}",
        browser.path().await?
    );
    browser.sign_in("anna", "wrong").await?;
    let words = "That name and password do not belong together.";
    browser.wait_for_in("[role=alert]", words, PATIENCE).await?;
    ensure!(
        browser.value("#name").await? == "anna",
        "the name has to be typed again"
    );
    ensure!(
        browser.value("#password").await?.is_empty(),
        "the password came back"
    );
    browser.sign_in("anna", PASSWORD).await?;
    browser.wait_for_in(".who", "Anna Berg", PATIENCE).await?;
    ensure!(
        browser.path().await? == format!("/{case}"),
        "{}",
        browser.path().await?
    );
    ensure!(!browser.has(".demo").await?, "no link signed her in");

    // What she does is recorded as hers, and as the account's that asked for her.
    browser.press("form[action$='/confirm'] button").await?;
    browser.told("Confirmed.").await?;
    browser.open(&hospital.suite, "/audit").await?;
    let row = format!("tr:has(a[href='/{case}'])");
    let recorded = browser.text_of(&row).await?;
    for words in ["Confirm case", "anna", CLIENT_ACCOUNT] {
        ensure!(
            recorded.contains(words),
            "{words:?} is not recorded: {recorded}"
        );
    }

    let cookie = browser.client.get_named_cookie("ot_session").await?;
    let cookie = format!("ot_session={}", cookie.value());
    let before = http::get_as(hospital.suite.web_addr, "/", &cookie).await?;
    ensure!(before.status == 200, "{}", before.head);
    browser.press("form[action='/sign-out'] button").await?;
    browser.find("form[action='/sign-in']").await?;
    let after = http::get_as(hospital.suite.web_addr, "/", &cookie).await?;
    ensure!(
        after.status == 303,
        "the old cookie still opens: {}",
        after.head
    );
    guess(&hospital, &browser).await?;
    browser.close().await
}

/// Whoever guesses is soon told to wait, and then even the right password does not help.
async fn guess(hospital: &Hospital, browser: &Browser) -> Result<()> {
    let form = "name=anna&password=guessed";
    let mut last = 0;
    for _ in 0..TOO_MANY {
        last = http::post_form(hospital.suite.web_addr, "/sign-in", form)
            .await?
            .status;
    }
    ensure!(last == 429, "after {TOO_MANY} guesses: {last}");
    browser.sign_in("anna", PASSWORD).await?;
    browser
        .wait_for_in("[role=alert]", "Too many tries", PATIENCE)
        .await
}

#[tokio::test]
async fn a_password_lets_in_who_it_belongs_to_and_signing_out_ends_it() -> Result<()> {
    a_password(true).await
}

#[tokio::test]
async fn the_same_goes_without_javascript() -> Result<()> {
    a_password(false).await
}
