//! The pictures in the README: the board on a working morning, as the page is today.

use anyhow::Result;

use crate::hospital::Hospital;

#[tokio::test]
async fn the_board_of_a_working_morning_is_pictured() -> Result<()> {
    let hospital = Hospital::start().await?;
    let browser = hospital.browser(true).await?;
    browser.client.set_window_size(1280, 1200).await?;
    browser.open(&hospital.suite, "/").await?;
    browser.find(".axis__now").await?;
    browser.find("#live-state[data-state=live]").await?;
    browser.picture("board.png").await?;
    browser.close().await
}
