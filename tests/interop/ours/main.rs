//! Our own library on either end of a connection, with the words of `interop/stranger.py`: in the
//! machines of `mock-gce` it is one gRPC library among five, and told as little as the others.

mod client;
mod server;

use std::env;

use anyhow::{Result, bail};
use serde_json::{Value, json};
use tonic::{Code, Status};

/// The generated contract.
mod contract {
    #![expect(unreachable_pub, unused_qualifications, reason = "generated")]
    tonic::include_proto!("tests");
}

/// The largest message that tests send: 32 MiB and its wrapping.
const MAX_MESSAGE_LEN: usize = 33 * 1024 * 1024;
/// Metadata key of the verified caller in answers.
const PEER_KEY: &str = "x-alts-peer";

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        ["echo", address, ref accounts @ ..] => report(client::echo(address, accounts).await),
        ["crowd", address, count, ref accounts @ ..] => {
            report(client::crowd(address, count.parse()?, accounts).await)
        }
        ["pingpong", address, count, ref accounts @ ..] => {
            report(client::pingpong(address, count.parse()?, accounts).await)
        }
        ["talk", address, ref accounts @ ..] => client::talk(address, accounts).await,
        ["serve", port, ref allowed @ ..] => server::serve(port.parse()?, allowed).await,
        _ => bail!("echo | crowd | pingpong | talk | serve; see interop/stranger.py"),
    }
}

/// Prints what came of a call as one line of JSON. What is no call's status is an error.
fn report(outcome: Result<Value>) -> Result<()> {
    let line = match outcome {
        Ok(mut facts) => {
            facts["code"] = json!("OK");
            facts
        }
        Err(error) => {
            let status = error.downcast::<Status>()?;
            json!({ "code": name(status.code()), "details": status.message() })
        }
    };
    println!("{line}");
    Ok(())
}

/// A code as every gRPC library spells it: `PermissionDenied` is `PERMISSION_DENIED`.
fn name(code: Code) -> String {
    let mut name = String::new();
    for letter in format!("{code:?}").chars() {
        if letter.is_uppercase() && !name.is_empty() {
            name.push('_');
        }
        name.extend(letter.to_uppercase());
    }
    name
}
