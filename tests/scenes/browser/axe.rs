//! axe-core (MPL-2.0, never shipped) looks at a page as the browser shows it.

use std::path::PathBuf;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::driver::Browser;

/// Where `scripts/test --install` puts it.
fn script() -> Result<String> {
    let file = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../target/axe/node_modules/axe-core/axe.min.js"
    ));
    std::fs::read_to_string(&file).with_context(|| {
        format!(
            "{} is not there; scripts/test --install puts it there",
            file.display()
        )
    })
}

const RUN: &str = "const done = arguments[0]; \
    axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}) \
    .then(found => done(found.violations.map(v => `${v.impact} ${v.id}: ${v.nodes[0].html}`)))";

/// Fails with everything that axe finds on the open page.
pub(crate) async fn finds_nothing(browser: &Browser) -> Result<()> {
    let script = format!("{};window.axe = axe", script()?);
    browser.client.execute(&script, Vec::new()).await?;
    let found = browser.client.execute_async(RUN, Vec::new()).await?;
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
