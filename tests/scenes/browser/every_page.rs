//! Every page there is, on a desk and on a telephone, by day and by night: axe finds nothing, it is
//! light, it asks nobody else, nothing jumps, and nothing sticks out.

use anyhow::{Result, ensure};
use booking_proto::ot::v1::{Case, Urgency};
use serde::Deserialize;

use crate::{axe, driver::Browser, hospital::Hospital};

/// What a page may cost a browser that has nothing of it yet, all its files included.
const MAX_BYTES: u64 = 150_000;
/// Head of an answer, generously; browsers do not tell for what they have cached.
const HEAD_BYTES: u64 = 600;

/// What the browser knows of the page that is open.
#[derive(Debug, Deserialize)]
struct Measured {
    /// Where each file came from, and its size as it was sent.
    files: Vec<(String, u64)>,
    /// What has jumped since it was first shown: every source of cumulative layout shift.
    jumps: Vec<String>,
    /// Pixels that are wider than the window.
    sticks_out_px: i64,
}

const MEASURE: &str = "const done = arguments[0]; \
    const entries = ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind)); \
    const files = entries.map(entry => [entry.name, entry.encodedBodySize]); \
    const root = document.documentElement; \
    const sticks_out_px = root.scrollWidth - root.clientWidth; \
    const jumps = []; \
    new PerformanceObserver(list => list.getEntries().forEach(entry => jumps.push(...entry.sources \
        .map(source => source.node?.outerHTML?.slice(0, 80) ?? 'something')))) \
        .observe({type: 'layout-shift', buffered: true}); \
    setTimeout(() => done({files, jumps, sticks_out_px}), 150)";

pub(crate) async fn is_light_and_still(browser: &Browser) -> Result<()> {
    let measured = browser.client.execute_async(MEASURE, Vec::new()).await?;
    let Measured {
        files,
        jumps,
        sticks_out_px,
    } = serde_json::from_value(measured)?;
    let here = browser.client.current_url().await?;
    let bytes: u64 = files.iter().map(|(_, bytes)| bytes + HEAD_BYTES).sum();
    ensure!(bytes <= MAX_BYTES, "{bytes} bytes: {files:?}");
    let own = here.origin().ascii_serialization();
    let strange = files.iter().find(|(name, _)| !name.starts_with(&own));
    ensure!(strange.is_none(), "asked elsewhere: {strange:?}");
    ensure!(jumps.is_empty(), "these jumped: {jumps:?}");
    ensure!(
        sticks_out_px <= 0,
        "{sticks_out_px} px wider than the window"
    );
    Ok(())
}

/// Every page, with a planned case and an emergency that waits.
fn pages(day: &str, planned: &str, waiting: &str) -> Vec<String> {
    let fixed = [
        "/",
        "/schedule?view=day",
        "/schedule?view=week",
        "/schedule?view=list",
        "/schedule?view=week&by=surgeon",
        "/waiting",
        "/waiting?text=nothing+fits",
        "/cases/new",
        "/sessions",
        "/import",
        "/reports",
        "/kiosk",
        "/print",
        "/audit",
        "/settings",
        "/alts/accounts",
        "/lookup",
        "/nowhere",
        "/cases/none",
    ];
    let of_cases = [
        format!("/?date={day}"),
        format!("/{planned}"),
        format!("/{planned}/move"),
        format!("/{planned}/edit"),
        format!("/{waiting}"),
        format!("/{waiting}/slots"),
        format!("/{waiting}/emergency"),
    ];
    fixed
        .map(str::to_owned)
        .into_iter()
        .chain(of_cases)
        .collect()
}

async fn every_page(browser: Browser) -> Result<()> {
    let hospital = Hospital::start().await?;
    let planned = hospital.enter_at("PT-9070", 10).await?;
    let urgent = Case {
        urgency: Urgency::Immediate.into(),
        ..hospital.hour("PT-9071")
    };
    let waiting = hospital.enter(urgent, None).await?;
    let mut faults = Vec::new();
    browser.open(&hospital.suite, "/sign-in").await?;
    faults.extend(fault(&browser).await);
    hospital.sign_in(&browser).await?;
    let day = hospital.tomorrow()?.to_string();
    for path in pages(&day, &planned, &waiting) {
        browser.open(&hospital.suite, &path).await?;
        faults.extend(fault(&browser).await);
    }
    // And one that was refused, with complaints beside its fields.
    browser.open(&hospital.suite, "/cases/new").await?;
    browser.press("form[action='/cases/new'] > .button").await?;
    browser.find(".complaint").await?;
    faults.extend(fault(&browser).await);
    ensure!(faults.is_empty(), "{}", faults.join("\n"));
    browser.close().await
}

/// What is wrong with the open page, if anything is.
async fn fault(browser: &Browser) -> Option<String> {
    let checked = async {
        is_light_and_still(browser).await?;
        axe::finds_nothing_by_day_or_night(browser).await
    };
    let error = checked.await.err()?;
    let address = browser.client.current_url().await;
    Some(format!(
        "{}: {error:#}",
        address.map_or_else(|error| error.to_string(), String::from)
    ))
}

#[tokio::test]
async fn every_page_is_accessible_light_and_still_on_a_desk() -> Result<()> {
    every_page(Browser::start(true).await?).await
}

#[tokio::test]
async fn every_page_is_accessible_light_and_still_on_a_telephone() -> Result<()> {
    every_page(Browser::start_at(360, 740).await?).await
}
