//! Somebody on the network who has no keys: relays between two ALTS peers and misbehaves as
//! networks do, or speaks something else to them. The machines' intruder runs it.
//!
//! ```text
//!   meddler relay PORT ADDRESS [MISCHIEF]   what comes to the port goes to the address; for each line of
//!                                           standard input, prints what has passed so far
//!   meddler silent ADDRESS COUNT            as many connections that say nothing
//!   meddler plaintext ADDRESS               says what an HTTP/2 client says without ALTS, and hears it out
//!   meddler pretend PORT                    to everybody, the first words of an HTTP/2 server without ALTS
//! ```
//!
//! A line of JSON says when it is at work; it stops when standard input does.

mod relay;

use std::{env, net::Ipv4Addr};

use anyhow::{Result, bail};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, stdin},
    net::{TcpListener, TcpStream},
};

use relay::{Mischief, Relay};

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["relay", port, address, ref mischief @ ..] => {
            let mischief = Mischief::parse(mischief)?;
            let relay = Relay::start(listen(port).await?, address, mischief);
            until_the_end(|| println!("{}", relay.seen())).await
        }
        ["silent", address, count] => {
            let mut silent = Vec::new();
            for _ in 0..count.parse()? {
                silent.push(TcpStream::connect(address).await?);
            }
            until_the_end(|| {}).await
        }
        ["plaintext", address] => {
            let mut plain = TcpStream::connect(address).await?;
            plain.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await?;
            // Reset or closed, with nothing said or something: a matter of taste.
            _ = plain.read_to_end(&mut Vec::new()).await;
            until_the_end(|| {}).await
        }
        ["pretend", port] => {
            tokio::spawn(pretend(listen(port).await?));
            until_the_end(|| {}).await
        }
        _ => bail!("relay | silent | plaintext | pretend"),
    }
}

async fn listen(port: &str) -> Result<TcpListener> {
    Ok(TcpListener::bind((Ipv4Addr::UNSPECIFIED, port.parse()?)).await?)
}

/// Says that it is at work, and does this for each line.
async fn until_the_end(mut asked: impl FnMut()) -> Result<()> {
    println!("{}", json!({ "ready": true }));
    let mut lines = BufReader::new(stdin()).lines();
    while lines.next_line().await?.is_some() {
        asked();
    }
    Ok(())
}

async fn pretend(listener: TcpListener) {
    while let Ok((mut peer, _)) = listener.accept().await {
        tokio::spawn(async move {
            // Empty SETTINGS. Whoever has gone by now has not missed much.
            peer.write_all(b"\0\0\0\x04\0\0\0\0\0").await?;
            peer.read_to_end(&mut Vec::new()).await
        });
    }
}
