//! `mock-gce faults`: makes a running handshaker misbehave, or stop misbehaving.

use alts_daemon::admin::client::{AdminArgs, Output, connect, print, refused};
use clap::{Args, Subcommand};
use mock_gce::faults::{
    Plan,
    proto::{
        SetFaultsRequest, ShowFaultsRequest, ShowFaultsResponse, machines_client::MachinesClient,
    },
};
use serde_json::json;

/// Makes a machine's handshaker misbehave, for tests of gRPC clients.
///
/// Possible on a mock alone: a handshaker in service does not misbehave when told to. A fault holds
/// from the next handshake on, until it is cleared or the process ends.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Faults, separated by commas:
  delay=500ms              every answer comes this much later
  split=N                  handshake frames come in two answers, N bytes in the first
  bad-mac                  the MAC in our Finished message is wrong
  bad-signature            the signature under our handshake certificate is wrong
  expired, not-yet-valid   our handshake certificate is of another time
  revoked                  our master certificate is on the revocation list
  wrong-issuer             our master certificate is by an authority that nobody knows
  short-key                the result's record key has 16 bytes
  missing-status           answers carry no status
  missing-local-identity   the result carries no local identity
  missing-versions         the result carries no RPC versions
  late-error               an error in place of the result
  leave-open               the call is not ended after its last answer
  wrong-consumed           the last answer claims one byte less than was consumed
  drop-mid-way             the call ends with OK where the result should come
  refuse-target            the client's handshaker takes the server for somebody else
  max-frame-size=N         the result's frame size is N
  limit-streams=N          at most N calls at once per connection; more wait

Examples:
  mock-gce faults prod-booking-service-vm set bad-mac
  mock-gce faults prod-booking-client-vm set delay=500ms,late-error
  mock-gce faults prod-booking-service-vm clear
  mock-gce faults                                                    every machine's")]
pub(super) struct FaultsArgs {
    /// The machine, by its name. Without it: every machine's faults are shown.
    machine: Option<String>,

    #[command(subcommand)]
    command: Option<Command>,

    #[command(flatten)]
    admin: AdminArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Replaces the machine's faults.
    Set {
        /// Separated by commas; `faults --help` lists them.
        faults: Plan,
    },
    /// Ends them.
    Clear,
    /// Shows them.
    Show,
}

pub(super) async fn run(args: FaultsArgs) -> anyhow::Result<()> {
    let mut client = MachinesClient::new(connect(&args.admin.address()?).await?);
    let machine = args.machine.unwrap_or_default();
    let faults = match args.command {
        None | Some(Command::Show) => None,
        Some(Command::Set { faults }) => Some(faults.to_string()),
        Some(Command::Clear) => Some(String::new()),
    };
    let answer = match faults {
        None => client.show_faults(ShowFaultsRequest { machine }).await,
        Some(faults) => {
            let request = SetFaultsRequest { machine, faults };
            client.set_faults(request).await
        }
    };
    print(&render(
        &answer.map_err(refused)?.into_inner(),
        args.admin.output,
    )?)
}

fn render(shown: &ShowFaultsResponse, output: Output) -> anyhow::Result<String> {
    if let Output::Json = output {
        let machines = shown.machines.iter();
        let machines: Vec<_> = machines
            .map(|m| json!({ "machine": m.machine, "faults": m.faults }))
            .collect();
        return Ok(serde_json::to_string_pretty(&machines)? + "\n");
    }
    let lines = shown
        .machines
        .iter()
        .map(|machine| match machine.faults.as_str() {
            "" => format!("{}: none\n", machine.machine),
            faults => format!("{}: {faults}\n", machine.machine),
        });
    Ok(lines.collect())
}
