//! Asks the handshaker of a machine, as gRPC's libraries would, whether it keeps the rules without
//! which one of them would not work with it. It knows nothing of what a handshake says: it relays.
//!
//! ```text
//!   rules RULE      one rule by name, as `status`; silent when it is kept, else a complaint
//!   rules           their names
//! ```

mod call;
mod kept;

use std::{env, future::Future, pin::Pin, process::ExitCode};

use anyhow::Result;

type Check = fn() -> Pin<Box<dyn Future<Output = Result<()>>>>;

/// In the order of the table that they are numbered in.
const RULES: [(&str, Check); 14] = [
    ("status", || Box::pin(kept::status())),
    ("fields", || Box::pin(kept::fields())),
    ("consume", || Box::pin(kept::consume())),
    ("exact", || Box::pin(kept::exact())),
    ("unfinished", || Box::pin(kept::unfinished())),
    ("end", || Box::pin(kept::end())),
    ("first-failure", || Box::pin(kept::first_failure())),
    ("late-failure", || Box::pin(kept::late_failure())),
    ("one-answer", || Box::pin(kept::one_answer())),
    ("streams", || Box::pin(kept::streams())),
    ("patience", || Box::pin(kept::patience())),
    ("anybody", || Box::pin(kept::anybody())),
    ("relay", || Box::pin(kept::relay())),
    ("limit", || Box::pin(kept::limit())),
];

#[tokio::main]
async fn main() -> ExitCode {
    let asked = env::args().nth(1).unwrap_or_default();
    let Some((_, check)) = RULES.iter().find(|(name, _)| *name == asked) else {
        let names: Vec<_> = RULES.iter().map(|(name, _)| *name).collect();
        eprintln!("rules: {}", names.join(" "));
        return ExitCode::FAILURE;
    };
    match check().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(complaint) => {
            eprintln!("{asked}: {complaint:#}");
            ExitCode::FAILURE
        }
    }
}
