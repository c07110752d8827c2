//! axe-core (MPL-2.0, never shipped) looks at a page as the browser shows it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::driver::Browser;

/// Where `scripts/test --install` puts it.
fn script() -> Result<String> {
    let file = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../target/axe/node_modules/axe-core/axe.min.js"
    ));
    std::fs::read_to_string(&file).with_context(|| {
        format!(
            "{} is not there; scripts/test --install puts it there",
            file.display()
        )
    })
}

const RUN: &str = "const [rules, done] = arguments; \
    axe.run(rules ? {runOnly: rules} : {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}) \
    .then(found => done(found.violations.map(v => `${v.impact} ${v.id}: ${v.nodes[0].html}`)))";
/// What another theme can change.
const COLOURS: [&str; 1] = ["color-contrast"];

/// Fails with everything that axe finds on the open page.
pub(crate) async fn finds_nothing(browser: &Browser) -> Result<()> {
    let script = format!("{};window.axe = axe", script()?);
    browser.run(&script, Vec::new()).await?;
    run(browser, Value::Null).await
}

/// The same in both themes.
pub(crate) async fn finds_nothing_by_day_or_night(browser: &Browser) -> Result<()> {
    const THEME: &str = "document.documentElement.dataset.theme = arguments[0]";
    browser.run(THEME, vec!["light".into()]).await?;
    finds_nothing(browser).await?;
    browser.run(THEME, vec!["dark".into()]).await?;
    run(browser, COLOURS.to_vec().into())
        .await
        .context("in the dark")
}

async fn run(browser: &Browser, rules: Value) -> Result<()> {
    let found = browser.client.execute_async(RUN, vec![rules]).await?;
    let found: Vec<&str> = found
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if found.is_empty() {
        return Ok(());
    }
    bail!(
        "{}:\n{}",
        browser.client.current_url().await?,
        found.join("\n")
    )
}
