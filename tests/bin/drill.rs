//! `scripts/revocation-drill`: the article's scenario against live processes, as a table.

use std::{
    fmt,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use clap::Parser;
use tests::{
    drill::{self, STEPS, Scene},
    machines::MachineSuite,
    suite::{Ports, Suite},
};

/// Disables and enables the article's service accounts while the suite runs, makes the
/// article's call after each step, and compares what was seen with what the article saw.
///
/// The rule behind it: disabling an account stops credentials from being issued and recalls none.
/// Exits with 1 when anything differs.
#[derive(Debug, Parser)]
#[command(name = "scripts/revocation-drill")]
struct Args {
    /// Print what the client printed at each step, too
    #[arg(long)]
    verbose: bool,

    /// Perform it inside machines that look like Google Compute Engine, and switch the accounts with
    /// gcloud, as in the article
    #[arg(long)]
    machines: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("drill: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Whether everything went as in the article.
async fn run(args: Args) -> Result<bool> {
    if args.machines {
        let mut suite = MachineSuite::start().await?;
        say(format_args!(
            "Inside machines; accounts are switched by {}.\n",
            suite.switched_by()
        ));
        let differences = perform(&mut suite, args.verbose).await?;
        suite.stop().await?;
        Ok(judge(differences))
    } else {
        let mut suite = Suite::start(Ports::default()).await?;
        let differences = perform(&mut suite, args.verbose).await?;
        suite.stop().await?;
        Ok(judge(differences))
    }
}

/// Does every step, as a table; returns how many differ from the article.
async fn perform(scene: &mut impl Scene, verbose: bool) -> Result<usize> {
    say(format_args!(
        "{:<4} {:<26} {:<12} {:<12}",
        "step", "what happens", "expected", "seen"
    ));
    let mut differences = 0;
    for (number, step) in STEPS.iter().enumerate() {
        let seen = drill::perform(scene, step).await?;
        let agrees = seen.status == step.expected;
        differences += usize::from(!agrees);
        let verdict = if agrees { "" } else { "  DIFFERS" };
        let (words, expected) = (step.words, step.expected);
        say(format_args!(
            "{:<4} {words:<26} {expected:<12} {:<12}{verdict}",
            number + 1,
            seen.status
        ));
        if verbose || !agrees {
            say(format_args!("     {}", seen.line));
        }
    }
    Ok(differences)
}

fn judge(differences: usize) -> bool {
    if differences > 0 {
        say(format_args!(
            "\n{differences} of {} steps differ from the article.",
            STEPS.len()
        ));
        return false;
    }
    say(format_args!(
        "\nAs in the article: disabling stops credentials from being issued, and recalls none."
    ));
    true
}

/// A line on standard output. Whoever closes it early has read enough; the drill goes on to its end.
fn say(line: fmt::Arguments<'_>) {
    drop(writeln!(io::stdout(), "{line}"));
}
