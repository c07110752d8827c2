//! A real Chromium, driven as a person would.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource, MOUSE_BUTTON_LEFT, MouseActions, PointerAction},
    elements::Element,
};
use rustix::process::{Pid, Signal};
use serde_json::Value;
use tempfile::TempDir;
use tests::suite::Suite;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// How long a page may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);
/// What a picture may weigh: whoever clones the repository fetches it.
const MAX_PICTURE_BYTES: usize = 300_000;
/// Between two looks at a page.
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// A headless Chromium with a profile of its own.
pub(crate) struct Browser {
    pub(crate) client: Client,
    /// Chromium itself, which outlives a driver that is killed.
    process: Option<Pid>,
    _driver: Child,
    _profile: TempDir,
}

impl Browser {
    /// A window as on a desk.
    pub(crate) async fn start(javascript: bool) -> Result<Self> {
        Self::start_with(javascript, serde_json::json!({})).await
    }

    /// A screen of this size, however small: a window has a least width, a telephone has not.
    pub(crate) async fn start_at(width_px: u32, height_px: u32) -> Result<Self> {
        let screen = serde_json::json!({ "width": width_px, "height": height_px, "pixelRatio": 1, "touch": false });
        let emulated = serde_json::json!({ "mobileEmulation": { "deviceMetrics": screen } });
        Self::start_with(true, emulated).await
    }

    async fn start_with(javascript: bool, more: Value) -> Result<Self> {
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
        let mut options = serde_json::json!({
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage",
                "--window-size=1280,1100", "--force-prefers-reduced-motion",
                format!("--user-data-dir={}", profile.path().display()),
            ],
            "prefs": prefs,
        });
        if let (Some(options), Value::Object(more)) = (options.as_object_mut(), more) {
            options.extend(more);
        }
        let Value::Object(capabilities) = serde_json::json!({ "goog:chromeOptions": options })
        else {
            bail!("not an object")
        };
        let client = ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await?;
        let process = client
            .capabilities()
            .and_then(|all| all.get("goog:processID")?.as_i64());
        let process = process.and_then(|id| Pid::from_raw(i32::try_from(id).ok()?));
        Ok(Self {
            client,
            process,
            _driver: driver,
            _profile: profile,
        })
    }

    pub(crate) async fn open(&self, suite: &Suite, path: &str) -> Result<()> {
        let address = format!("http://{}{path}", suite.web_addr);
        Ok(self.client.goto(&address).await?)
    }

    /// Fills in the form that asks who one is.
    pub(crate) async fn sign_in(&self, name: &str, password: &str) -> Result<()> {
        self.fill("#name", name).await?;
        self.fill("#password", password).await?;
        self.press("form[action='/sign-in'] button").await
    }

    /// The path of the page that is open.
    pub(crate) async fn path(&self) -> Result<String> {
        Ok(self.client.current_url().await?.path().to_owned())
    }

    /// What the selector finds first, once it is there.
    pub(crate) async fn find(&self, selector: &str) -> Result<Element> {
        let wait = self.client.wait().at_most(PATIENCE).every(LOOK_AGAIN);
        let found = wait.for_element(Locator::Css(selector)).await;
        if let Ok(found) = found {
            return Ok(found);
        }
        let text = self.text().await.unwrap_or_default();
        bail!("{selector} is not there after {PATIENCE:?}:\n{text}")
    }

    /// Whether the selector finds anything now.
    pub(crate) async fn has(&self, selector: &str) -> Result<bool> {
        Ok(!self
            .client
            .find_all(Locator::Css(selector))
            .await?
            .is_empty())
    }

    /// Presses what the selector finds first.
    pub(crate) async fn press(&self, selector: &str) -> Result<()> {
        let pressed = self.find(selector).await?.click().await;
        pressed.with_context(|| format!("{selector} cannot be pressed"))
    }

    /// Puts a value in a field, in place of what was there.
    pub(crate) async fn fill(&self, selector: &str, value: &str) -> Result<()> {
        let field = self.find(selector).await?;
        field.clear().await?;
        Ok(field.send_keys(value).await?)
    }

    /// Puts a value in a field for dates or times: how those are typed depends on the browser's
    /// language. Also what no person can type, for forms that are to refuse it.
    pub(crate) async fn set(&self, selector: &str, value: &str) -> Result<()> {
        let field = serde_json::to_value(self.find(selector).await?)?;
        let script = "arguments[0].value = arguments[1]";
        self.run(script, vec![field, value.into()]).await.map(drop)
    }

    /// Chooses the entry of a list with this value.
    pub(crate) async fn choose(&self, selector: &str, value: &str) -> Result<()> {
        self.press(&format!("{selector} option[value='{value}']"))
            .await
    }

    /// Chooses the first real entry of a list.
    pub(crate) async fn choose_first(&self, selector: &str) -> Result<()> {
        self.press(&format!("{selector} option[value]:not([value=''])"))
            .await
    }

    /// What a field holds.
    pub(crate) async fn value(&self, selector: &str) -> Result<String> {
        let value = self.find(selector).await?.prop("value").await?;
        value.with_context(|| format!("{selector} has no value"))
    }

    /// What a person reads on the page.
    pub(crate) async fn text(&self) -> Result<String> {
        self.text_of("body").await
    }

    /// What a person reads in this part of it.
    pub(crate) async fn text_of(&self, selector: &str) -> Result<String> {
        Ok(self
            .client
            .find(Locator::Css(selector))
            .await?
            .text()
            .await?)
    }

    /// Waits until the page shows these words.
    pub(crate) async fn wait_for(&self, words: &str, patience: Duration) -> Result<()> {
        self.wait_for_in("body", words, patience).await
    }

    /// Waits until the page says that something was done.
    pub(crate) async fn told(&self, words: &str) -> Result<()> {
        self.wait_for_in(".notice--good", words, PATIENCE).await
    }

    /// Waits until this part of the page shows these words.
    pub(crate) async fn wait_for_in(
        &self,
        selector: &str,
        words: &str,
        patience: Duration,
    ) -> Result<()> {
        let started = Instant::now();
        loop {
            let text = self.text_of(selector).await.unwrap_or_default();
            if text.contains(words) {
                return Ok(());
            }
            if started.elapsed() > patience {
                bail!("{words:?} is not in {selector} after {patience:?}:\n{text}");
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Runs a script in the page.
    pub(crate) async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute(script, arguments).await?)
    }

    /// Takes what the selector finds by its left end and drags it, without letting go.
    pub(crate) async fn drag(&self, selector: &str, by_px: (f64, f64)) -> Result<()> {
        const PLACE: &str = "arguments[0].scrollIntoView({block: 'center', inline: 'center'}); \
                             const at = arguments[0].getBoundingClientRect(); return [at.x, at.y]";
        let thing = serde_json::to_value(self.find(selector).await?)?;
        let place: (f64, f64) = serde_json::from_value(self.run(PLACE, vec![thing]).await?)?;
        let (x, y) = (place.0 + 6.0, place.1 + 10.0);
        let step = |share: f64| PointerAction::MoveTo {
            duration: None,
            x: x + by_px.0 * share,
            y: y + by_px.1 * share,
        };
        let drag = MouseActions::new("mouse".to_owned())
            .then(step(0.0))
            .then(PointerAction::Down {
                button: MOUSE_BUTTON_LEFT,
            })
            .then(step(0.5))
            .then(step(1.0));
        Ok(self.client.perform_actions(drag).await?)
    }

    /// Lets go of what is dragged.
    pub(crate) async fn drop(&self) -> Result<()> {
        let drop = MouseActions::new("mouse".to_owned()).then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
        Ok(self.client.perform_actions(drop).await?)
    }

    pub(crate) async fn screenshot(&self, name: &str) -> Result<()> {
        self.save(&in_repository("target/screenshots"), name)
            .await
            .map(drop)
    }

    /// A picture that the README shows. With `OT_KEEP_SCREENSHOTS` set, it is the new one.
    pub(crate) async fn picture(&self, name: &str) -> Result<()> {
        self.screenshot(name).await?;
        if std::env::var_os("OT_KEEP_SCREENSHOTS").is_some() {
            let bytes = self.save(&in_repository("docs/screenshots"), name).await?;
            ensure!(bytes <= MAX_PICTURE_BYTES, "{name} has {bytes} bytes");
        }
        Ok(())
    }

    async fn save(&self, folder: &Path, name: &str) -> Result<usize> {
        std::fs::create_dir_all(folder)?;
        let picture = self.client.screenshot().await?;
        std::fs::write(folder.join(name), &picture)?;
        Ok(picture.len())
    }

    pub(crate) async fn close(mut self) -> Result<()> {
        self.process = None;
        Ok(self.client.clone().close().await?)
    }
}

impl Drop for Browser {
    /// After a scene that failed; otherwise it is closed.
    fn drop(&mut self) {
        if let Some(process) = self.process {
            let _ = rustix::process::kill_process(process, Signal::TERM);
        }
    }
}

fn in_repository(path: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(path)
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
