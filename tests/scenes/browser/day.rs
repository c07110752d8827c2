//! A scheduler's day in a real browser: booked, moved by form and by dragging, cancelled, undone, recorded.

use anyhow::{Result, ensure};
use fantoccini::{
    Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
};

use crate::{
    driver::Browser,
    hospital::{Hospital, PATIENCE},
};

/// Chooses the first real entry of a list.
async fn choose_first(browser: &Browser, selector: &str) -> Result<()> {
    let option = format!("{selector} option[value]:not([value=''])");
    browser.press(&option).await
}

/// Enters a case and books the first free slot; its path.
async fn book(hospital: &Hospital, browser: &Browser, patient: &str) -> Result<String> {
    browser.open(&hospital.suite, "/cases/new").await?;
    browser.fill("#patient", patient).await?;
    browser.fill("#procedure", "Hernia repair").await?;
    browser.fill("#condition", "Inguinal hernia").await?;
    browser.press("#laterality option[value=LEFT]").await?;
    browser.press("#anaesthesia option[value=LOCAL]").await?;
    choose_first(browser, "#surgeon").await?;
    for (field, minutes) in [
        ("#setup_min", "5"),
        ("#procedure_min", "20"),
        ("#cleanup_min", "5"),
    ] {
        browser.fill(field, minutes).await?;
    }
    browser.press("form[action='/cases/new'] > .button").await?;
    browser.wait_for("A slot for", PATIENCE).await?;
    browser.press(".slot form .button").await?;
    browser.wait_for("Booked.", PATIENCE).await?;
    Ok(browser.client.current_url().await?.path().to_owned())
}

async fn book_move_and_cancel_by_form(javascript: bool) -> Result<()> {
    let hospital = Hospital::start().await?;
    let browser = hospital.browser(javascript).await?;
    let case = book(&hospital, &browser, "PT-9001").await?;

    browser
        .open(&hospital.suite, &format!("{case}/move"))
        .await?;
    choose_first(&browser, "#reason").await?;
    browser.fill("#note", "at the ward's wish").await?;
    browser.press("#move form > .button:first-of-type").await?;
    browser.wait_for("Moved.", PATIENCE).await?;

    browser.open(&hospital.suite, &case).await?;
    choose_first(&browser, "#reason").await?;
    browser.press("button[formaction$='/cancel']").await?;
    browser.wait_for("Cancelled.", PATIENCE).await?;
    browser.press("#undo button").await?;
    browser.wait_for("Undone.", PATIENCE).await?;
    ensure!(
        browser.text().await?.contains("PT-9001"),
        "the same patient again"
    );
    Ok(browser.client.close().await?)
}

#[tokio::test]
async fn a_case_is_booked_moved_cancelled_and_brought_back_by_forms() -> Result<()> {
    book_move_and_cancel_by_form(true).await
}

#[tokio::test]
async fn the_same_goes_without_javascript() -> Result<()> {
    book_move_and_cancel_by_form(false).await
}

#[tokio::test]
async fn a_case_is_dragged_with_a_preview_and_confirmed_with_a_reason() -> Result<()> {
    let hospital = Hospital::start().await?;
    let browser = hospital.browser(true).await?;
    hospital.movable(&browser).await?;
    let bar = browser
        .client
        .find(Locator::Css(".case[data-moves]"))
        .await?;
    let (x, y, _, _) = bar.rectangle().await?;
    let step = |x: f64, y: f64| PointerAction::MoveTo {
        duration: None,
        x,
        y,
    };
    browser
        .client
        .execute(
            "arguments[0].scrollIntoView({block: 'center', inline: 'center'})",
            vec![serde_json::to_value(&bar)?],
        )
        .await?;
    let place = browser
        .client
        .execute(
            "const r = arguments[0].getBoundingClientRect(); return [r.x, r.y]",
            vec![serde_json::to_value(&bar)?],
        )
        .await?;
    let at = |index: usize| {
        place
            .get(index)
            .and_then(serde_json::Value::as_f64)
            .unwrap_or_default()
    };
    ensure!(x >= 0.0 && y >= 0.0, "the bar is on the page");
    let drag = MouseActions::new("mouse".to_owned())
        .then(step(at(0) + 8.0, at(1) + 10.0))
        .then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        })
        .then(step(at(0) + 40.0, at(1) + 10.0))
        .then(step(at(0) + 60.0, at(1) + 10.0));
    browser.client.perform_actions(drag).await?;
    browser
        .client
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::Css(".ghost[data-verdict]"))
        .await?;
    browser.screenshot("drag.png").await?;
    let drop = MouseActions::new("mouse".to_owned()).then(PointerAction::Up {
        button: MOUSE_BUTTON_LEFT,
    });
    browser.client.perform_actions(drop).await?;
    browser
        .client
        .wait()
        .at_most(PATIENCE)
        .for_element(Locator::Css("dialog[open] #reason"))
        .await?;
    choose_first(&browser, "dialog #reason").await?;
    Ok(browser.client.close().await?)
}
