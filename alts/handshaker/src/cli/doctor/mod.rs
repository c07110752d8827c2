//! `alts-handshaker doctor`: does ALTS work on this machine, and if not, why not?

mod findings;
mod probe;

use std::process::ExitCode;

use alts::{DEFAULT_HANDSHAKER_ADDRESS, ServiceAccount};
use alts_daemon::admin::client::print;
use clap::Args;

use self::{findings::Finding, probe::examine};

/// Finds out whether ALTS works on this machine, and says in plain words what to do if not.
///
/// It looks at what kind of machine this is, dials the handshaker, has it shake hands with itself to
/// see whom it speaks for, and, given HOST:PORT, shakes hands with the server there.
///
/// Exit code 0: healthy. 1: something is wrong.
#[derive(Debug, Args)]
#[command(after_long_help = "\
Examples:
  alts-handshaker doctor                                              on Compute Engine
  alts-handshaker doctor --handshaker-address 127.0.0.1:18080         beside a mock
  alts-handshaker doctor --handshaker-address 127.0.0.1:18080 \\
      --target prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com 127.0.0.1:8080")]
pub(super) struct DoctorArgs {
    /// A server that speaks ALTS.
    #[arg(value_name = "HOST:PORT", value_parser = host_port)]
    peer: Option<String>,

    /// The handshaker to examine.
    #[arg(
        long,
        value_name = "HOST:PORT",
        env = "ALTS_HANDSHAKER_ADDRESS",
        value_parser = host_port,
        default_value = DEFAULT_HANDSHAKER_ADDRESS
    )]
    handshaker_address: String,

    /// Whom the server must prove to be; any of several.
    #[arg(long = "target", value_name = "ACCOUNT")]
    targets: Vec<ServiceAccount>,
}

pub(super) async fn run(args: DoctorArgs) -> anyhow::Result<ExitCode> {
    let mut sick = false;
    let mut printed = Ok(());
    // As it is found, so that a slow step shows what was found before it.
    let tell = |finding: Finding| {
        sick |= finding.is_problem();
        if printed.is_ok() {
            printed = print(&finding.to_string());
        }
    };
    let peer = args.peer.as_deref();
    examine(&args.handshaker_address, peer, &args.targets, tell).await;
    printed?;
    print(match sick {
        true => "\nSomething is wrong.\n",
        false => "\nHealthy.\n",
    })?;
    Ok(if sick {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Neither resolved nor dialled yet: that is a finding of its own.
fn host_port(text: &str) -> Result<String, &'static str> {
    let parts = text.rsplit_once(':');
    let good = parts.is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    good.then(|| text.to_owned())
        .ok_or("write HOST:PORT, such as 127.0.0.1:18080")
}
