//! The page in a real Chromium, as a person uses it: type, press, read.
//!
//! Needs `chromium` and `chromedriver` (Debian: chromium, chromium-driver).

use std::{path::PathBuf, process::Stdio};

use anyhow::{Context, Result, bail};
use fantoccini::{Client, ClientBuilder, Locator};
use tempfile::TempDir;
use tests::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT,
    suite::{Ports, Suite},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// A headless Chromium with a profile of its own.
struct Browser {
    client: Client,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    async fn start(javascript: bool) -> Result<Self> {
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
                "--window-size=1280,1100",
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

    async fn look_up(&self, suite: &Suite, patient: &str, doctor: &str) -> Result<String> {
        self.client
            .goto(&format!("http://{}/", suite.web_addr))
            .await?;
        for (name, value) in [("patient", patient), ("doctor", doctor)] {
            let field = self
                .client
                .find(Locator::Css(&format!("input[name={name}]")))
                .await?;
            field.clear().await?;
            field.send_keys(value).await?;
        }
        self.client
            .find(Locator::Css("form [type=submit]"))
            .await?
            .click()
            .await?;
        // The answer is a new page: wait for it rather than read the old one.
        self.client
            .wait()
            .for_element(Locator::Css("[data-strip=proven], [data-strip=refused]"))
            .await?;
        Ok(self.client.find(Locator::Css("body")).await?.text().await?)
    }

    async fn screenshot(&self, name: &str) -> Result<()> {
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

async fn a_person_looks_up_the_booking(javascript: bool) -> Result<()> {
    let suite = Suite::start(Ports::default()).await?;
    let browser = Browser::start(javascript).await?;

    let text = browser.look_up(&suite, "PT-1204", "DC-3904").await?;
    browser.screenshot("booking.png").await?;
    for wanted in [
        "01-Jun-2024 11:30",
        "Gall bladder stone",
        SERVER_ACCOUNT,
        CLIENT_ACCOUNT,
    ] {
        assert!(
            text.contains(wanted),
            "{wanted:?} is not on the page:\n{text}"
        );
    }

    let text = browser.look_up(&suite, "PT-0000", "DC-3904").await?;
    browser.screenshot("not-found.png").await?;
    assert!(!text.contains("01-Jun-2024"), "{text}");

    let mut suite = suite;
    suite.server.stop().await?;
    let text = browser.look_up(&suite, "PT-1204", "DC-3904").await?;
    browser.screenshot("refused.png").await?;
    assert!(!text.contains("01-Jun-2024"), "{text}");

    browser.client.clone().close().await?;
    Ok(())
}

#[tokio::test]
async fn the_booking_and_the_verified_account_are_on_the_page() {
    a_person_looks_up_the_booking(true)
        .await
        .expect("looked up");
}

#[tokio::test]
async fn the_page_works_without_javascript() {
    a_person_looks_up_the_booking(false)
        .await
        .expect("looked up");
}
