//! A real Chromium, driven as a person would.

use std::{
    path::PathBuf,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator};
use tempfile::TempDir;
use tests::suite::Suite;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A headless Chromium with a profile of its own.
pub(crate) struct Browser {
    pub(crate) client: Client,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    pub(crate) async fn start(javascript: bool) -> Result<Self> {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .context("chromedriver does not run; install Debian's chromium-driver and chromium")?;
        let port = driver_port(&mut driver).await?;
        let profile = TempDir::new()?;
        let prefs = serde_json::json!({
            "profile.managed_default_content_settings.javascript": if javascript { 1 } else { 2 },
        });
        let capabilities = serde_json::json!({ "goog:chromeOptions": {
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage",
                "--window-size=1280,1100", "--force-prefers-reduced-motion",
                format!("--user-data-dir={}", profile.path().display()),
            ],
            "prefs": prefs,
        }});
        let serde_json::Value::Object(capabilities) = capabilities else {
            bail!("not an object")
        };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        Ok(Self {
            client,
            _driver: driver,
            _profile: profile,
        })
    }

    pub(crate) async fn open(&self, suite: &Suite, path: &str) -> Result<()> {
        let address = format!("http://{}{path}", suite.web_addr);
        Ok(self.client.goto(&address).await?)
    }

    /// Presses what the selector finds first.
    pub(crate) async fn press(&self, selector: &str) -> Result<()> {
        let found = self.client.wait().for_element(Locator::Css(selector)).await;
        found
            .with_context(|| format!("{selector} is not there"))?
            .click()
            .await?;
        Ok(())
    }

    /// Puts a value in a field, in place of what was there.
    pub(crate) async fn fill(&self, selector: &str, value: &str) -> Result<()> {
        let field = self.client.wait().for_element(Locator::Css(selector)).await;
        let field = field.with_context(|| format!("{selector} is not there"))?;
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> Result<String> {
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    /// Waits until the page shows these words.
    pub(crate) async fn wait_for(&self, words: &str, patience: Duration) -> Result<()> {
        let started = Instant::now();
        loop {
            let text = self.text().await.unwrap_or_default();
            if text.contains(words) {
                return Ok(());
            }
            if started.elapsed() > patience {
                bail!("{words:?} is not on the page after {patience:?}:\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub(crate) async fn screenshot(&self, name: &str) -> Result<()> {
        let folder = PathBuf::from(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../target/screenshots"
        ));
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join(name), self.client.screenshot().await?)?;
        Ok(())
    }
}

async fn driver_port(driver: &mut Child) -> Result<u16> {
    let stdout = driver.stdout.take().context("chromedriver's output")?;
    let mut lines = BufReader::new(stdout).lines();
    while let Some(line) = lines.next_line().await? {
        if let Some((_, port)) = line.split_once("started successfully on port ") {
            let port = port.trim_end_matches('.').parse()?;
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Ok(port);
        }
    }
    bail!("chromedriver did not start")
}
