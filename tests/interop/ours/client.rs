//! The verbs of a caller. Each gives what was learned; what a call ended with is a [`Status`].

use std::time::Duration;

use alts::{AltsChannel, AltsContext, Handshaker};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, stdin},
    sync::mpsc,
    task::JoinSet,
    time::{Instant, sleep, timeout},
};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tonic::{Code, Status};

use crate::{
    MAX_MESSAGE_LEN, PEER_KEY,
    contract::{Payload, echo_client::EchoClient},
    report,
};

/// How long a call may take, as with the strangers.
const PATIENCE: Duration = Duration::from_secs(30);
/// The same when nothing is expected to come.
const BRIEF: Duration = Duration::from_secs(2);
/// Pause between the attempts of a patient call.
const PAUSE: Duration = Duration::from_millis(100);

type Client = EchoClient<AltsChannel>;

fn dial(address: &str, targets: &[&str]) -> Result<Client> {
    let targets: Vec<_> = targets
        .iter()
        .map(|account| account.parse())
        .collect::<Result<_, _>>()?;
    let channel = AltsChannel::builder(Handshaker::builder().build()?)
        .target_service_accounts(targets)
        .connect_lazy(address)?;
    Ok(EchoClient::new(channel)
        .max_decoding_message_size(MAX_MESSAGE_LEN)
        .max_encoding_message_size(MAX_MESSAGE_LEN))
}

/// Payloads of 1 B, 1 MiB and 32 MiB, and a stream.
pub(crate) async fn echo(address: &str, targets: &[&str]) -> Result<Value> {
    let mut client = dial(address, targets)?;
    let mut peer = String::new();
    for len in [1, 1 << 20, 32 << 20] {
        let sent = pattern(len);
        let answer = client.unary(sent.clone()).await?;
        let seen = answer.metadata().get(PEER_KEY).context("no caller")?;
        seen.to_str()?.clone_into(&mut peer);
        let proven = answer.extensions().get::<AltsContext>();
        let server = proven.context("no proven server")?.peer_service_account();
        let wanted = targets.is_empty() || targets.contains(&server.as_str());
        ensure!(wanted, "{server} is none of {targets:?}");
        ensure!(answer.into_inner() == sent, "{len} bytes came back altered");
    }
    let sent: Vec<_> = (0..2000).map(|n| pattern(n % 3000)).collect();
    let answers = client.chat(tokio_stream::iter(sent.clone())).await?;
    let back: Vec<Payload> = answers.into_inner().collect::<Result<_, _>>().await?;
    ensure!(back == sent, "the stream came back altered");
    Ok(json!({ "peer": peer }))
}

/// So many connections at once.
pub(crate) async fn crowd(address: &str, count: u64, targets: &[&str]) -> Result<Value> {
    let mut calls = JoinSet::new();
    for n in 0..count {
        let mut client = dial(address, targets)?;
        calls.spawn(async move {
            let answer = client.unary(number(n)).await?.into_inner();
            ensure!(answer == number(n), "call {n} came back altered");
            Ok(())
        });
    }
    while let Some(call) = calls.join_next().await {
        call??;
    }
    Ok(json!({ "answered": count }))
}

/// So many messages on one stream, each awaited before the next.
pub(crate) async fn pingpong(address: &str, count: u64, targets: &[&str]) -> Result<Value> {
    let mut client = dial(address, targets)?;
    let (ask, asked) = mpsc::channel(1);
    // Some servers send their headers with the first answer only.
    ask.send(number(0)).await?;
    let answers = client.chat(ReceiverStream::new(asked)).await?;
    let mut answers = answers.into_inner();
    for n in 0..count {
        let answer = answers.message().await?.context("the stream has ended")?;
        ensure!(answer == number(n), "message {n} came back altered");
        ask.send(number(n + 1)).await?;
    }
    Ok(json!({ "answered": count }))
}

/// A call for each line of standard input.
pub(crate) async fn talk(address: &str, targets: &[&str]) -> Result<()> {
    let lasting = dial(address, targets)?;
    let mut lines = BufReader::new(stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let (client, limit) = match line.as_str() {
            "anew" => (dial(address, targets)?, PATIENCE),
            "briefly" => (dial(address, targets)?, BRIEF),
            _ => (lasting.clone(), PATIENCE),
        };
        let call = one_call(client, line == "patiently");
        let timed_out = Status::deadline_exceeded("it took too long");
        let outcome = timeout(limit, call).await.unwrap_or(Err(timed_out));
        report(outcome.map(|()| json!({})).map_err(Into::into))?;
    }
    Ok(())
}

/// tonic cannot wait for a connection: whoever is patient calls again.
async fn one_call(mut client: Client, patient: bool) -> Result<(), Status> {
    let start = Instant::now();
    loop {
        match client.unary(number(0)).await {
            Err(refused)
                if patient && refused.code() == Code::Unavailable && start.elapsed() < PATIENCE =>
            {
                sleep(PAUSE).await;
            }
            outcome => return outcome.map(|_| ()),
        }
    }
}

/// A message of this length that no other length begins with.
fn pattern(len: usize) -> Payload {
    let data = (len..2 * len).map(|n| n.to_le_bytes()[0]);
    Payload {
        data: data.collect(),
    }
}

fn number(n: u64) -> Payload {
    Payload {
        data: n.to_le_bytes().to_vec().into(),
    }
}
