//! `scripts/demo`: the whole suite on this machine, the article's call, and a page to look at.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use tests::{
    CLIENT_ACCOUNT, SERVER_ACCOUNT, http,
    suite::{Ports, Suite},
};

/// Starts a mock handshaker, the backend with a demo hospital and the front end on this machine,
/// makes the article's call over ALTS, shows today's lists, and serves the page until Ctrl-C.
#[derive(Debug, Parser)]
#[command(name = "scripts/demo")]
struct Args {
    /// Do everything, check it, and exit
    #[arg(long)]
    once: bool,

    /// The backend's port; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    server_port: u16,

    /// The front end's port; 0 takes a free one
    #[arg(long, default_value_t = 0, value_name = "PORT")]
    web_port: u16,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(args: Args) -> Result<()> {
    let interrupted = tokio::signal::ctrl_c();
    tokio::pin!(interrupted);
    let shown = async {
        let suite = Suite::start_demo(Ports {
            server: args.server_port,
            web: args.web_port,
        })
        .await?;
        introduce(&suite);
        show_call(&suite).await?;
        show_day(&suite).await?;
        show_page(&suite).await?;
        Ok::<_, anyhow::Error>(suite)
    };
    let mut suite = tokio::select! {
        shown = shown => shown?,
        // What has started is stopped when it is dropped.
        _ = &mut interrupted => return Ok(()),
    };
    if args.once {
        suite.stop().await?;
        println!("\nAll of it held. Everything is stopped.");
        return Ok(());
    }
    println!("\nOpen  {}", suite.sign_in_link()?);
    println!("      (signs you in as Anna, who runs the theatres; nobody asks for a password)");
    println!("Try   {}", accounts_command(&suite));
    println!("Or    {}", client_environment(&suite));
    println!(
        "      target/debug/booking-client schedule    (or help, cases list --waiting, watch, report utilisation …)"
    );
    println!("Stop  Ctrl-C");
    loop {
        tokio::select! {
            interrupted = &mut interrupted => break interrupted?,
            // The third step of the drill on the accounts page.
            restarted = suite.restart_when_wished() => restarted?,
        }
    }
    println!("\nStopping…");
    suite.stop().await
}

fn introduce(suite: &Suite) {
    println!("The OT booking suite on this machine. No Google is involved: the handshakers are");
    println!("ours (a mock cloud with real cryptography).\n");
    println!("  front end   http://{}/", suite.web_addr);
    println!("              runs as {CLIENT_ACCOUNT}");
    println!("  backend     {} (gRPC over ALTS)", suite.server_addr);
    println!("              runs as {SERVER_ACCOUNT}");
    println!(
        "  handshakers {} and {}",
        suite.mock.handshaker(0),
        suite.mock.handshaker(1)
    );
    println!("              one per machine; the keys stay there");
}

async fn show_call(suite: &Suite) -> Result<()> {
    let output = suite.client(&["--show-peer"]).await?;
    let (stdout, stderr) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    println!(
        "\n$ booking-client {} {SERVER_ACCOUNT} --show-peer",
        suite.server_addr
    );
    print!("{stdout}{stderr}");
    ensure!(output.status.success(), "the article's call failed");
    ensure!(
        stdout.contains("Date of booking: 01-Jun-2024 11:30"),
        "not the article's answer"
    );
    ensure!(
        stdout.contains(SERVER_ACCOUNT),
        "the backend's account is not shown"
    );
    Ok(())
}

/// Today in two theatres of the demo hospital.
async fn show_day(suite: &Suite) -> Result<()> {
    let args = ["schedule", "--theatre", "OT-1", "--theatre", "OT-8"];
    let output = suite.command(&args).await?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    println!("\n$ booking-client {}", args.join(" "));
    print!("{stdout}{}", String::from_utf8_lossy(&output.stderr));
    ensure!(output.status.success(), "the day is not shown");
    ensure!(stdout.contains("OT-8"), "the demo hospital is not there");
    Ok(())
}

/// The cookie that Anna's link leaves.
async fn signed_in(suite: &Suite) -> Result<String> {
    let link = suite.sign_in_link()?;
    let path = link.splitn(4, '/').nth(3).context("the link's path")?;
    let answer = http::get(suite.web_addr, &format!("/{path}")).await?;
    let cookie = answer.head.lines().find_map(|line| {
        let line = line
            .to_ascii_lowercase()
            .starts_with("set-cookie: ")
            .then_some(line)?;
        line[12..].split(';').next().map(str::to_owned)
    });
    cookie.context("the link leaves a cookie")
}

async fn show_page(suite: &Suite) -> Result<()> {
    let page = http::post_form_as(
        suite.web_addr,
        "/booking",
        "patient=PT-1204&doctor=DC-3904&description=",
        &signed_in(suite).await?,
    )
    .await?;
    println!("\nThe same through the front end: HTTP {}", page.status);
    for wanted in ["01-Jun-2024 11:30", "Gall bladder stone", SERVER_ACCOUNT] {
        ensure!(
            page.body.contains(wanted),
            "the page lacks {wanted:?}:\n{}",
            page.body
        );
        println!("  the page shows  {wanted}");
    }
    Ok(())
}

fn client_environment(suite: &Suite) -> String {
    format!(
        "export OT_SERVER={} OT_SERVER_ACCOUNT={SERVER_ACCOUNT} ALTS_HANDSHAKER_ADDRESS={} ALTS_ALLOW_UNTRUSTED_HANDSHAKER=1",
        suite.server_addr,
        suite.mock.handshaker(0)
    )
}

fn accounts_command(suite: &Suite) -> String {
    format!(
        "target/debug/alts-handshaker accounts --admin {} disable {CLIENT_ACCOUNT}",
        suite.mock.admin()
    )
}
