//! Just enough HTTP/1.1 to look at a page: one request, one connection, the whole answer.

use std::net::SocketAddr;

use anyhow::{Context, Result};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Status code.
    pub status: u16,
    /// Status line and headers.
    pub head: String,
    /// Body as text.
    pub body: String,
}

/// Fetches a page.
///
/// # Errors
/// When the server cannot be reached or does not speak HTTP.
pub async fn get(server: SocketAddr, path: &str) -> Result<Answer> {
    get_as(server, path, "").await
}

/// Fetches a page as a browser does that has a cookie.
///
/// # Errors
/// When the server cannot be reached or does not speak HTTP.
pub async fn get_as(server: SocketAddr, path: &str, cookie: &str) -> Result<Answer> {
    exchange(
        server,
        &format!(
            "GET {path} HTTP/1.1\r\nhost: {server}\r\ncookie: {cookie}\r\nconnection: close\r\n\r\n"
        ),
    )
    .await
}

/// Sends a request with further lines in its head, each with its end; a body is a form.
///
/// # Errors
/// When the server cannot be reached or does not speak HTTP.
pub async fn send(
    server: SocketAddr,
    method: &str,
    path: &str,
    lines: &str,
    form: &str,
) -> Result<Answer> {
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {server}\r\nconnection: close\r\n{lines}\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    exchange(server, &request).await
}

/// Sends a form as a browser on the same site does.
///
/// # Errors
/// When the server cannot be reached or does not speak HTTP.
pub async fn post_form(server: SocketAddr, path: &str, form: &str) -> Result<Answer> {
    post_form_as(server, path, form, "").await
}

/// Sends a form as a browser does that has a cookie.
///
/// # Errors
/// When the server cannot be reached or does not speak HTTP.
pub async fn post_form_as(
    server: SocketAddr,
    path: &str,
    form: &str,
    cookie: &str,
) -> Result<Answer> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {server}\r\norigin: http://{server}\r\nconnection: close\r\n\
         cookie: {cookie}\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    exchange(server, &request).await
}

/// Sends an empty request with an access token, as Google's REST interfaces want it.
///
/// # Errors
/// When the server cannot be reached or does not speak HTTP.
pub async fn post_with_token(server: SocketAddr, path: &str, token: &str) -> Result<Answer> {
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: {server}\r\nauthorization: Bearer {token}\r\n\
         connection: close\r\ncontent-length: 0\r\n\r\n"
    );
    exchange(server, &request).await
}

async fn exchange(server: SocketAddr, request: &str) -> Result<Answer> {
    let mut socket = TcpStream::connect(server)
        .await
        .with_context(|| format!("dialling {server}"))?;
    socket.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await?;
    let answer = String::from_utf8_lossy(&answer);
    let (head, body) = answer.split_once("\r\n\r\n").context("a head and a body")?;
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok())
        .context("a status")?;
    Ok(Answer {
        status,
        head: head.to_owned(),
        body: body.to_owned(),
    })
}
