//! An emergency is planned with what it costs others in view, and operated on: every milestone by one
//! tap, on the board beside the plan, which stays as it was.

use anyhow::{Context, Result, ensure};
use booking_proto::ot::v1::{Case, Urgency, case::State};
use jiff::{Timestamp, ToSpan as _};

use crate::{
    driver::Browser,
    hospital::{Hospital, bar},
};

/// From the door of the theatre to a clean one, each with its own tap.
const TAPS: usize = 7;

/// An elective hour that starts soon, where the emergency could go at once.
async fn elective(hospital: &Hospital) -> Result<String> {
    let grid_s = 5 * 60;
    let now = Timestamp::from_second(hospital.now().as_second() / grid_s * grid_s)?;
    let case = hospital.hour("PT-9020");
    hospital.enter(case, Some(now + 20.minutes())).await
}

async fn an_emergency(javascript: bool) -> Result<()> {
    let hospital = Hospital::start().await?;
    let elective = elective(&hospital).await?;
    let planned = hospital.start_of(&elective).await?;
    let case = Case {
        urgency: Urgency::Immediate.into(),
        ..hospital.hour("PT-9021")
    };
    let case = hospital.enter(case, None).await?;
    let browser = hospital.browser(javascript).await?;

    // What it does to the other is said, and nothing is done until one way is chosen.
    browser.open(&hospital.suite, &format!("/{case}")).await?;
    browser.press("a[href$='/emergency']").await?;
    let option = format!("section:has(a[href='/{elective}'])");
    browser.find(&option).await?;
    let consequences = browser.text_of(&format!("{option} ul")).await?;
    ensure!(!consequences.is_empty(), "no words");
    ensure!(
        hospital.start_of(&elective).await? == planned,
        "moved before it was asked"
    );
    browser.press(&format!("{option} button")).await?;
    browser.told("The emergency is planned").await?;

    let (start, moved) = (
        hospital.start_of(&case).await?,
        hospital.start_of(&elective).await?,
    );
    ensure!(
        start < moved && planned < moved,
        "{start}, then {moved} instead of {planned}"
    );
    hospital.open_board_of(&browser, &case).await?;
    ensure!(
        browser.has(&bar(&elective)).await?,
        "the other is still on the board"
    );

    operate(&hospital, &browser, &case).await?;
    ensure!(
        hospital.start_of(&case).await? == start,
        "the plan was changed"
    );
    browser.close().await
}

/// Taps every milestone where it stands next.
async fn operate(hospital: &Hospital, browser: &Browser, case: &str) -> Result<()> {
    browser.open(&hospital.suite, &format!("/{case}")).await?;
    for tap in 1..=TAPS {
        browser.press(".step--next button").await?;
        browser.told("Recorded.").await?;
        browser
            .find(&format!(".step--done:nth-of-type({tap})"))
            .await?;
        if tap == 1 {
            hospital.open_board_of(browser, case).await?;
            let inside = format!("{}.case--inside + .actual", bar(case));
            ensure!(
                browser.has(&inside).await?,
                "nothing actual is on the board"
            );
            browser.open(&hospital.suite, &format!("/{case}")).await?;
        }
    }
    let operated = hospital.case(case).await?;
    ensure!(operated.state() == State::Completed, "{operated:?}");
    let milestones = operated.milestones.context("milestones")?;
    ensure!(milestones.knife_to_skin.is_some(), "{milestones:?}");
    Ok(())
}

#[tokio::test]
async fn an_emergency_is_planned_at_anothers_cost_and_operated_on_by_single_taps() -> Result<()> {
    an_emergency(true).await
}

#[tokio::test]
async fn the_same_goes_without_javascript() -> Result<()> {
    an_emergency(false).await
}
