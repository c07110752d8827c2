//! The demo hospital on stage: a backend with a believable day, a front end with people who sign in.

use std::{path::Path, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;
use tempfile::TempDir;
use tests::{
    CLIENT_ACCOUNT,
    suite::{Extras, Ports, Suite, field},
};

use crate::driver::Browser;

/// How long a page may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A suite with the demo hospital, and the link that signs Anna in.
pub(crate) struct Hospital {
    pub(crate) suite: Suite,
    pub(crate) link: String,
    _folder: TempDir,
}

impl Hospital {
    pub(crate) async fn start() -> Result<Self> {
        let folder = TempDir::new()?;
        let (access, users) = (folder.path().join("access.toml"), folder.path().join("people.toml"));
        write_files(&access, &users)?;
        let key = folder.path().join("session.key");
        let text = |path: &Path| path.display().to_string();
        let extras = Extras {
            server: vec!["--access".into(), text(&access), "--seed".into(), "demo".into()],
            web: vec!["--users".into(), text(&users), "--session-key".into(), text(&key), "--demo-person".into(), "anna".into()],
        };
        let suite = Suite::start_with(Ports::default(), extras).await?;
        let link = demo_link(&suite)?;
        Ok(Self { suite, link, _folder: folder })
    }

    /// A browser in which Anna is signed in.
    pub(crate) async fn browser(&self, javascript: bool) -> Result<Browser> {
        let browser = Browser::start(javascript).await?;
        browser.client.goto(&self.link).await?;
        browser.wait_for("Needs attention", PATIENCE).await?;
        Ok(browser)
    }

    /// Any theatre's next case that can be moved, by its page's path.
    pub(crate) async fn movable(&self, browser: &Browser) -> Result<String> {
        browser.open(&self.suite, "/?date=").await?;
        let script = "return [...document.querySelectorAll('.case[data-moves]')].map(bar => bar.dataset.case)";
        let found = browser.client.execute(script, Vec::new()).await?;
        let name = found.get(0).and_then(Value::as_str).context("a case that can be moved")?;
        Ok(format!("/{name}"))
    }
}

fn write_files(access: &Path, users: &Path) -> Result<()> {
    std::fs::write(
        access,
        format!(
            "[accounts.\"{CLIENT_ACCOUNT}\"]\nroles = [\"legacy\", \"coordinator\", \"auditor\"]\nact_as = true\n\n\
             [people.anna]\nroles = [\"coordinator\", \"auditor\"]\n"
        ),
    )?;
    Ok(std::fs::write(users, "[people.anna]\ndisplay_name = \"Anna Berg\"\n")?)
}

/// As the front end's log has it.
fn demo_link(suite: &Suite) -> Result<String> {
    let lines = suite.web.logged("whoever opens this link is signed in: for demonstrations only");
    field(lines.last().context("no link in the log")?, "link")
}
