//! The board on a wall: nobody's identity is on it, and it turns its own page at midnight.

use std::time::Duration;

use anyhow::{Result, ensure};

use booking_proto::ot::v1::Case;

use crate::hospital::Hospital;

/// The page asks anew once a minute; twice that is long enough.
const TWO_MINUTES: Duration = Duration::from_secs(120);

#[tokio::test]
async fn the_kiosk_names_no_patient_and_goes_to_the_next_day_by_itself() -> Result<()> {
    let hospital = Hospital::start_at("2026-03-17T23:59:15Z").await?;
    let case = Case {
        condition: "Told to nobody".to_owned(),
        ..hospital.hour("PT-9040-Halloway")
    };
    let case = hospital
        .enter(case, Some(hospital.tomorrow_at(10)?))
        .await?;
    let browser = hospital.browser(true).await?;
    hospital.open_board_of(&browser, &case).await?;
    ensure!(
        browser.client.source().await?.contains("…way"),
        "the board tells patients apart"
    );

    browser.open(&hospital.suite, "/kiosk").await?;
    ensure!(
        browser.text().await?.contains("Tuesday 17 March 2026"),
        "{}",
        browser.text().await?
    );
    nobody_is_named(&browser.client.source().await?)?;
    ensure!(
        !browser.has("nav, form").await?,
        "nothing to press by mistake"
    );

    browser
        .wait_for_in("h1", "Wednesday 18 March 2026", TWO_MINUTES)
        .await?;
    browser.find(&format!("[data-case='{case}']")).await?;
    nobody_is_named(&browser.client.source().await?)?;
    browser.close().await
}

/// Neither a patient's number nor its last three characters, which boards show elsewhere; nor what a
/// case is done for.
fn nobody_is_named(html: &str) -> Result<()> {
    for sign in ["PT-", "patients/", "…", "Halloway", "Told to nobody"] {
        ensure!(!html.contains(sign), "{sign:?} is on the kiosk");
    }
    Ok(())
}
