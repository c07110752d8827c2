//! A page that arrives in pieces: what is shown does not jump when the rest of it comes.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{driver::Browser, every_page::is_light_and_still, hospital::Hospital};

const PIECES: usize = 8;
/// Long enough that a browser shows what it has.
const PAUSE: Duration = Duration::from_millis(100);

/// A line to `web` on which every answer comes in pieces.
async fn slow_line(web: SocketAddr) -> Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((browser, _)) = listener.accept().await {
            tokio::spawn(in_pieces(browser, web));
        }
    });
    Ok(address)
}

/// One request and its answer.
async fn in_pieces(mut browser: TcpStream, web: SocketAddr) -> Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if browser.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8(head)?.replacen("Connection: keep-alive", "Connection: close", 1);
    let mut web = TcpStream::connect(web).await?;
    web.write_all(head.as_bytes()).await?;
    let mut answer = Vec::new();
    web.read_to_end(&mut answer).await?;
    for piece in answer.chunks(answer.len() / PIECES + 1) {
        browser.write_all(piece).await?;
        tokio::time::sleep(PAUSE).await;
    }
    Ok(browser.shutdown().await?)
}

#[tokio::test]
async fn a_page_that_arrives_in_pieces_does_not_jump() -> Result<()> {
    let browser = Browser::start(true).await?;
    let hospital = Hospital::start().await?;
    hospital.sign_in(&browser).await?;
    let line = slow_line(hospital.suite.web_addr).await?;
    for path in ["/", "/waiting", "/audit", "/schedule?view=list"] {
        browser.client.goto(&format!("http://{line}{path}")).await?;
        browser.find("#end").await?;
        is_light_and_still(&browser).await.context(path)?;
    }
    browser.close().await
}
