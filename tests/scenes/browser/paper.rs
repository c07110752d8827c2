//! The operating list on paper: printed by the browser, and read back.

use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use fantoccini::wd::{PrintConfigurationBuilder, PrintOrientation};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{driver::Browser, hospital::Hospital};

/// The pages of the open page's PDF, as text.
async fn printed(browser: &Browser) -> Result<Vec<String>> {
    let paper = PrintConfigurationBuilder::default()
        .orientation(PrintOrientation::Landscape)
        // Otherwise the driver overrules the page size that the stylesheet asks for.
        .shrink_to_fit(false)
        .build()
        .map_err(|error| anyhow::anyhow!("{error:?}"))?;
    let pdf = browser.client.print(paper).await?;
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("pdftotext does not run; install Debian's poppler-utils")?;
    let mut stdin = reader.stdin.take().context("pdftotext's input")?;
    let feed = async {
        stdin.write_all(&pdf).await?;
        drop(stdin);
        Ok::<_, anyhow::Error>(())
    };
    let (fed, output) = tokio::join!(feed, reader.wait_with_output());
    fed?;
    let text = String::from_utf8(output?.stdout)?;
    // Each page ends with a form feed.
    let pages = text.split_terminator('\u{c}').map(str::to_owned);
    Ok(pages.collect())
}

/// The words behind `label` on a list's page, up to the next blank or comma.
fn behind<'a>(page: &'a str, label: &str) -> Result<&'a str> {
    let (_, rest) = page
        .split_once(label)
        .with_context(|| format!("no {label:?}:\n{page}"))?;
    let word = rest.trim_start().split([' ', ',', '\n']).next();
    word.context("a word")
}

#[tokio::test]
async fn the_operating_list_is_printed_with_everything_that_paper_needs() -> Result<()> {
    let hospital = Hospital::start().await?;
    hospital.enter_at("PT-9030", 10).await?;
    hospital.enter_at("PT-9031", 12).await?;
    let browser = hospital.browser(true).await?;
    let day = format!("/print?date={}", hospital.tomorrow()?);
    browser.open(&hospital.suite, &day).await?;
    let pages = printed(&browser).await?;
    ensure!(
        pages.len() >= 9,
        "each of nine theatres begins a page: {}",
        pages.len()
    );
    for (index, page) in pages.iter().enumerate() {
        let number = format!("Page {} of {}", index + 1, pages.len());
        ensure!(
            page.contains(&number),
            "{number} is not on its page:\n{page}"
        );
        ensure!(
            !page.contains("Sign out"),
            "the navigation is on paper:\n{page}"
        );
    }
    let list = pages.iter().find(|page| page.contains("Theatre 9"));
    let list = list.context("no page of the theatre")?;
    for words in [
        "PT-9030",
        "PT-9031",
        "Hernia repair, left",
        "Local",
        "Tallis",
        "Superseded lists must be destroyed",
    ] {
        // Narrow columns break lines between words.
        let all = words.split(' ').all(|word| list.contains(word));
        ensure!(all, "{words:?} is not on the list:\n{list}");
    }
    ensure!(
        !list.contains("Theatre 8"),
        "two theatres share a sheet:\n{list}"
    );
    let version = behind(list, "List version")?;
    ensure!(version.len() == 8, "a version, not {version:?}");
    let time = behind(list, "printed")?;
    ensure!(
        time.starts_with("2026-03-17") || list.contains("17 Mar"),
        "printed {time:?}:\n{list}"
    );

    // Another list has another version.
    hospital.enter_at("PT-9032", 14).await?;
    browser
        .open(&hospital.suite, &format!("{day}&theatre=theatres/OT-9"))
        .await?;
    let again = printed(&browser).await?;
    ensure!(again.len() == 1, "one theatre only: {again:?}");
    ensure!(
        behind(&again[0], "List version")? != version,
        "the same version of another list"
    );
    browser.close().await
}
