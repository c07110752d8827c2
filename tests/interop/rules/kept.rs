//! The rules, one function each: what is asked, and what must come of it.

use std::time::Duration;

use alts::gcp::HandshakerResp;
use anyhow::{Context, Result, bail, ensure};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};
use tonic::{Code, Status};

use crate::call::{
    Declared, HANDSHAKER, Library, client_start, endpoint, further, server_start, shake,
    shake_declaring,
};

/// A record as it may arrive together with the end of a handshake.
const RECORD: &[u8] = &[26, 0, 0, 0, 6, 0, 0, 0, 1, 2, 3];
/// The beginning of something that is not ALTS.
const NONSENSE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// Shortest key material: an AES-128 key, a counter's mask, and what re-keying needs.
const KEY_LEN: usize = 44;
/// Handshakes that a C-core or Go process may have under way on one connection.
const STREAMS: u32 = 200;
/// Long enough for something unasked for to come.
const A_WHILE: Duration = Duration::from_millis(300);

/// How libraries introduce themselves.
const GO: &str = "grpc-go/1.33.3";
const JAVA: &str = "grpc-java-netty/1.41.3";
const C: &str = "grpc-c/53.0.0 (linux; chttp2)";
const PYTHON: &str = "grpc-python/1.85.1 grpc-c/53.0.0 (linux; chttp2)";

/// 1: every answer carries a status.
pub(crate) async fn status() -> Result<()> {
    let library = Library::named(C).await?;
    for answer in shake(&library, &[]).await?.answers {
        let status = answer.status.context("an answer without a status")?;
        ensure!(status.code == 0, "{status:?}");
    }
    let mut refused = library.call().await?;
    let answer = refused.ask(server_start(NONSENSE, Declared::default()));
    let status = answer.await?.status.context("a refusal without a status")?;
    ensure!(status.code != 0, "a refusal is OK");
    Ok(())
}

/// 2: the result holds all that C-core insists on.
pub(crate) async fn fields() -> Result<()> {
    let whole = shake(&Library::named(C).await?, &[]).await?;
    for answer in &whole.answers[2..] {
        let result = answer.result.as_ref().context("no result")?;
        result
            .local_identity
            .as_ref()
            .context("no local identity")?;
        let peer = result.peer_identity.as_ref().context("no peer identity")?;
        let account = peer.account_name().unwrap_or_default();
        ensure!(!account.is_empty(), "the peer has no account");
        result
            .peer_rpc_versions
            .as_ref()
            .context("no RPC versions")?;
        ensure!(result.application_protocol == "grpc", "{result:?}");
        let record = &result.record_protocol;
        ensure!(record == "ALTSRP_GCM_AES128_REKEY", "{record}");
        ensure!(result.key_data.len() >= KEY_LEN, "the key is short");
    }
    Ok(())
}

/// 3: all bytes are consumed in every answer but the last, however they arrive.
pub(crate) async fn consume() -> Result<()> {
    let library = Library::named(JAVA).await?;
    let (mut client, mut server) = (library.call().await?, library.call().await?);
    let first = client.ask(client_start(Declared::default())).await?;
    let (byte, rest) = first.out_frames.split_at(1);
    let (most, last) = rest.split_at(rest.len() - 1);
    for (portion, request) in [
        (byte, server_start(byte, Declared::default())),
        (most, further(most)),
    ] {
        let answer = server.ask(request).await?;
        ensure!(
            answer.bytes_consumed as usize == portion.len(),
            "{answer:?}"
        );
        ensure!(answer.out_frames.is_empty(), "it speaks too early");
    }
    let answer = server.ask(further(last)).await?;
    ensure!(answer.bytes_consumed == 1, "{answer:?}");
    ensure!(!answer.out_frames.is_empty(), "it has forgotten the rest");
    Ok(())
}

/// 4: the last answer says exactly how much of its own request belonged to the handshake.
pub(crate) async fn exact() -> Result<()> {
    let library = Library::named(C).await?;
    let [_, _, third, fourth] = shake(&library, RECORD).await?.answers;
    let expected = third.out_frames.len();
    ensure!(fourth.bytes_consumed as usize == expected, "{fourth:?}");
    Ok(())
}

/// 5: a server never finishes in the answer to its start: what follows would be lost.
pub(crate) async fn unfinished() -> Result<()> {
    let library = Library::named(C).await?;
    // Twice: the second handshake may be a resumed one.
    for _ in 0..2 {
        let whole = shake(&library, RECORD).await?;
        ensure!(whole.answers[1].result.is_none(), "finished at its start");
        ensure!(whole.answers[3].result.is_some(), "not finished at all");
    }
    Ok(())
}

/// 6: after the last answer the service ends the RPC itself, with OK.
pub(crate) async fn end() -> Result<()> {
    let mut whole = shake(&Library::named(C).await?, &[]).await?;
    for call in [&mut whole.client, &mut whole.server] {
        // Nobody has half-closed.
        ensure!(matches!(call.next().await?, Ok(None)), "it goes on");
    }
    Ok(())
}

/// 7: a failure at the first answer is a message, and the RPC's status.
pub(crate) async fn first_failure() -> Result<()> {
    for user_agent in [C, PYTHON, GO, JAVA] {
        let mut call = Library::named(user_agent).await?.call().await?;
        let answer = call
            .ask(server_start(NONSENSE, Declared::default()))
            .await?;
        same_failure(answer, call.next().await?).context(user_agent)?;
    }
    Ok(())
}

/// 8: a later failure is the RPC's status alone for grpc-go, which reads no late message; for others
/// it is both.
pub(crate) async fn late_failure() -> Result<()> {
    for user_agent in [C, PYTHON, GO, JAVA] {
        let mut call = Library::named(user_agent).await?.call().await?;
        call.ask(client_start(Declared::default())).await?;
        let answer = call.try_ask(further(NONSENSE)).await?;
        if user_agent == GO {
            ensure!(answer.is_err(), "{answer:?} is read by nobody");
        } else {
            let answer = answer?.context("no message")?;
            same_failure(answer, call.next().await?).context(user_agent)?;
        }
    }
    Ok(())
}

fn same_failure(answer: HandshakerResp, end: Result<Option<HandshakerResp>, Status>) -> Result<()> {
    let told = answer.status.context("no status")?;
    let Err(status) = end else {
        bail!("the RPC did not fail: {end:?}");
    };
    ensure!(told.code != 0 && !told.details.is_empty(), "{told:?}");
    ensure!(
        Code::from_i32(told.code as i32) == status.code(),
        "{told:?} {status}"
    );
    Ok(())
}

/// 9: one answer for each request, even an empty one, and none besides.
pub(crate) async fn one_answer() -> Result<()> {
    let library = Library::named(JAVA).await?;
    let (mut client, mut server) = (library.call().await?, library.call().await?);
    let first = client.ask(client_start(Declared::default())).await?;
    let request = server_start(&first.out_frames[..1], Declared::default());
    server.ask(request).await?;
    for _ in 0..3 {
        let nothing = server.ask(further(&[])).await?;
        let silent = nothing.out_frames.is_empty() && nothing.bytes_consumed == 0;
        ensure!(silent && nothing.result.is_none(), "{nothing:?}");
    }
    for call in [&mut client, &mut server] {
        let unasked = timeout(A_WHILE, call.next()).await;
        ensure!(unasked.is_err(), "unasked for: {unasked:?}");
    }
    Ok(())
}

/// 10: a connection may carry two hundred RPCs at once.
///
/// ```text
///      0        3      4       5             9
///      +--------+------+-------+-------------+--------------------
///      | length | type | flags | stream      | SETTINGS: id, value
///      +--------+------+-------+-------------+--------------------
/// ```
pub(crate) async fn streams() -> Result<()> {
    /// The frame's type, and the setting.
    const SETTINGS: u8 = 4;
    const MAX_CONCURRENT_STREAMS: u16 = 3;
    let mut plain = TcpStream::connect(HANDSHAKER).await?;
    plain.write_all(NONSENSE).await?;
    plain.write_all(&[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]).await?;
    let mut header = [0; 9];
    plain.read_exact(&mut header).await?;
    ensure!(header[3] == SETTINGS, "HTTP/2 begins with SETTINGS");
    let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
    let mut settings = vec![0; length as usize];
    plain.read_exact(&mut settings).await?;
    for setting in settings.chunks_exact(6) {
        let id = u16::from_be_bytes([setting[0], setting[1]]);
        let value = u32::from_be_bytes([setting[2], setting[3], setting[4], setting[5]]);
        ensure!(
            id != MAX_CONCURRENT_STREAMS || value >= STREAMS,
            "{value} streams"
        );
    }

    let library = Library::named(C).await?;
    let mut under_way = Vec::new();
    for _ in 0..STREAMS {
        let mut call = library.call().await?;
        call.ask(client_start(Declared::default())).await?;
        under_way.push(call);
    }
    Ok(())
}

/// 11: RPCs that are cancelled, that say nothing and that stay open disturb nobody.
pub(crate) async fn patience() -> Result<()> {
    let library = Library::named(GO).await?;
    let mut silent = Vec::new();
    let mut open = Vec::new();
    for _ in 0..100 {
        silent.push(library.call().await?);
        let mut cancelled = library.call().await?;
        cancelled.ask(client_start(Declared::default())).await?;
        drop(cancelled);
        open.push(shake(&library, &[]).await?);
    }
    let mut late = silent.pop().context("one of a hundred")?;
    late.ask(client_start(Declared::default())).await?;
    Ok(())
}

/// 12: any authority, any library, and pings on an idle connection.
pub(crate) async fn anybody() -> Result<()> {
    for authority in [
        "http://metadata.google.internal.:8080",
        "http://localhost",
        "http://x",
    ] {
        for user_agent in [C, PYTHON, GO, JAVA, "somebody-else/1"] {
            let endpoint = endpoint()?.origin(authority.parse()?);
            let library = Library::over(endpoint.user_agent(user_agent)?).await?;
            shake(&library, &[]).await?;
        }
    }
    let pings = endpoint()?
        .http2_keep_alive_interval(A_WHILE / 6)
        .keep_alive_timeout(10 * A_WHILE)
        .keep_alive_while_idle(true);
    let library = Library::over(pings).await?;
    sleep(3 * A_WHILE).await;
    shake(&library, &[]).await?;
    Ok(())
}

/// 13: what a side declared reaches its peer: versions, and a frame size, of which 0 is none.
pub(crate) async fn relay() -> Result<()> {
    let library = Library::named(C).await?;
    for (client_takes, server_takes) in [(16 << 10, 4 << 20), (0, 1 << 20), (1 << 20, 0)] {
        let [client_is, server_is] = [(client_takes, 7), (server_takes, 9)]
            .map(|(frame_size, minor)| Declared { frame_size, minor });
        let whole = shake_declaring(&library, client_is, server_is, &[]).await?;
        for (answer, peer) in [(2, server_is), (3, client_is)] {
            let result = whole.answers[answer].result.as_ref().context("no result")?;
            let told = result.peer_rpc_versions.and_then(|v| v.max_rpc_version);
            let minor = told.context("no versions")?.minor;
            ensure!(minor == peer.minor, "version 2.{minor}");
            ensure!(result.max_frame_size == peer.frame_size, "{result:?}");
        }
    }
    Ok(())
}

/// 14: a handshake message above 64 KiB is refused when it is announced, not when it has arrived.
pub(crate) async fn limit() -> Result<()> {
    let library = Library::named(C).await?;
    let client_init = 0x11_u32.to_le_bytes();
    let announced = [&(64_u32 << 10).to_le_bytes(), &client_init[..]].concat();
    let mut call = library.call().await?;
    let answer = call
        .ask(server_start(&announced, Declared::default()))
        .await?;
    let status = answer.status.context("no status")?;
    ensure!(status.code != 0, "65,540 bytes are welcome");
    Ok(())
}
