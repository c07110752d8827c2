//! A log of past cases is imported on a page: read, tried, taken in, and found in the reports.

use std::path::Path;

use anyhow::{Context, Result, ensure};
use booking_proto::ot::v1::ListCasesRequest;
use fantoccini::Locator;
use serde_json::Value;
use tokio::process::Command;

use crate::{
    axe,
    driver::{Browser, PATIENCE},
    hospital::{Hospital, PASSWORD},
};

const ROWS: &str = "300";
/// Any other would do.
const SEED: &str = "7";

/// Writes a log as hospitals export them; what is in it.
async fn make_log(path: &Path) -> Result<Value> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../reports/make_log.py");
    let made = Command::new("python3")
        .arg(script)
        .arg(path)
        .args([SEED, ROWS])
        .output();
    let made = made
        .await
        .context("python3 does not run; install Debian's python3")?;
    Ok(serde_json::from_slice(&made.stdout)?)
}

/// A browser in which somebody is signed in whose work it is to bring data in.
async fn ivo(hospital: &Hospital, javascript: bool) -> Result<Browser> {
    let access = hospital.suite.folder().join("access.toml");
    let roles = "\n[people.\"ivo\"]\nroles = [\"coordinator\", \"integration\"]\n";
    std::fs::write(&access, std::fs::read_to_string(&access)? + roles)?;
    hospital.give_password("ivo", "Ivo Lang").await?;
    let browser = Browser::start(javascript).await?;
    browser.open(&hospital.suite, "/import").await?;
    browser.sign_in("ivo", PASSWORD).await?;
    browser.wait_for("Import past cases", PATIENCE).await?;
    Ok(browser)
}

async fn past_cases(hospital: &Hospital) -> Result<usize> {
    let request = ListCasesRequest {
        page_size: 1000,
        filter: "start_time < \"2024-01-01T00:00:00Z\" AND start_time >= \"2023-01-01T00:00:00Z\""
            .to_owned(),
        ..ListCasesRequest::default()
    };
    Ok(hospital
        .cases()
        .list_cases(request)
        .await?
        .into_inner()
        .cases
        .len())
}

async fn count(browser: &Browser, what: &str) -> Result<usize> {
    Ok(browser
        .text_of(&format!("[data-count={what}]"))
        .await?
        .parse()?)
}

async fn an_import(javascript: bool) -> Result<()> {
    let hospital = Hospital::start().await?;
    let log = hospital.suite.folder().join("log.csv");
    let made = make_log(&log).await?;
    let refused = made["refused"].as_u64().context("a number")?;
    let before = past_cases(&hospital).await?;
    let browser = ivo(&hospital, javascript).await?;

    let file = browser.client.find(Locator::Css("#file")).await?;
    file.send_keys(log.to_str().context("a path")?).await?;
    browser.press("form[action='/import'] button").await?;
    browser.press("form[action$='/check'] .button").await?;
    browser
        .wait_for("Checked, nothing was changed yet", PATIENCE)
        .await?;
    ensure!(
        count(&browser, "refused").await? as u64 == refused,
        "{}",
        browser.text().await?
    );
    if javascript {
        axe::finds_nothing_by_day_or_night(&browser).await?;
    }
    let new = count(&browser, "new").await?;
    ensure!(
        new > 250 && past_cases(&hospital).await? == before,
        "{new} would be new"
    );

    browser.press("form[action$='/import'] .button").await?;
    browser.wait_for("Imported", PATIENCE).await?;
    ensure!(
        past_cases(&hospital).await? == before + new,
        "not what was promised"
    );
    browser.press("a[href^='/reports']").await?;
    browser.find(".chart__bar").await?;
    browser.close().await
}

#[tokio::test]
async fn a_log_is_read_tried_and_imported_and_its_reports_are_there() -> Result<()> {
    an_import(true).await
}

#[tokio::test]
async fn the_same_goes_without_javascript() -> Result<()> {
    an_import(false).await
}
