//! The demo hospital on stage, and a browser in which Anna is signed in.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::Value;
use tests::suite::{Ports, Suite};

use crate::driver::Browser;

/// How long a page may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A suite with the demo hospital, and the link that signs Anna in.
pub(crate) struct Hospital {
    pub(crate) suite: Suite,
    pub(crate) link: String,
}

impl Hospital {
    pub(crate) async fn start() -> Result<Self> {
        let suite = Suite::start_demo(Ports::default()).await?;
        let link = suite.sign_in_link()?;
        Ok(Self { suite, link })
    }

    /// A browser in which Anna is signed in.
    pub(crate) async fn browser(&self, javascript: bool) -> Result<Browser> {
        let browser = Browser::start(javascript).await?;
        browser.client.goto(&self.link).await?;
        browser.wait_for("Needs attention", PATIENCE).await?;
        Ok(browser)
    }

    /// A case of some day's board that can be moved, by its page's path; the board is open.
    pub(crate) async fn movable(&self, browser: &Browser) -> Result<String> {
        const NAMES: &str = "return [...document.querySelectorAll('.case[data-moves]')].map(bar => bar.dataset.case)";
        const LATER: &str =
            "return document.querySelector('[data-key=\\']\\']').getAttribute('href')";
        let mut path = "/".to_owned();
        for _ in 0..7 {
            browser.open(&self.suite, &path).await?;
            let found = browser.client.execute(NAMES, Vec::new()).await?;
            if let Some(name) = found.get(0).and_then(Value::as_str) {
                return Ok(format!("/{name}"));
            }
            let later = browser.client.execute(LATER, Vec::new()).await?;
            path = later.as_str().context("a link to the next day")?.to_owned();
        }
        anyhow::bail!("no case of this week can be moved")
    }
}
