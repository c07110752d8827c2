//! `alts-handshaker authority`: runs one, or asks a running one to do something.

use std::path::PathBuf;

use alts::ServiceAccount;
use alts_authority::{
    config::AuthorityConfig,
    proto::admin::{
        Issued, ListIssuedRequest, ListIssuedResponse, RetireRootsRequest, RevokeRequest,
        RotateRootRequest, ShowCrlRequest, ShowCrlResponse, ShowRootsRequest, ShowRootsResponse,
        authority_admin_client::AuthorityAdminClient,
    },
    server::AuthorityServer,
};
use alts_daemon::{
    admin::client::{AdminArgs, Output, connect, print, table, time, told},
    clock::Clock,
    run::{RunArgs, read_config},
};
use alts_handshake::RevocationId;
use clap::{Args, Subcommand};
use serde_json::json;

/// Runs a signing authority, or changes a running one.
///
/// With --config it runs: it keeps the root keys and the accounts, and certifies the keys of
/// machines that prove who they are. With a command it asks a running one, or a mock.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    arg_required_else_help = true,
    after_long_help = concat!("\
Examples:
  alts-handshaker authority --config /etc/alts-authority/authority.toml
  alts-handshaker authority roots                     what handshakers are configured with
  alts-handshaker authority issued                    what could be revoked
  alts-handshaker authority revoke 0x0200000000000007

This is a configuration that shows every key:

", include_str!("../../../authority/authority.toml"))
)]
pub(super) struct AuthorityArgs {
    #[command(subcommand)]
    command: Option<Command>,

    /// Addresses, machines and accounts, as TOML.
    #[arg(long, value_name = "FILE", required = true)]
    config: Option<PathBuf>,

    #[command(flatten)]
    run: RunArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Puts certificates on the revocation list.
    Revoke {
        /// As the log and `issued` show them, such as 0x0200000000000007
        #[arg(required = true, value_name = "ID")]
        ids: Vec<RevocationId>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Shows the revocation list.
    Crl {
        #[command(subcommand)]
        command: CrlCommand,
    },
    /// Shows certificates that are still good.
    Issued {
        /// Of this account only.
        #[arg(long, value_name = "EMAIL")]
        account: Option<ServiceAccount>,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Shows the root keys: the line that handshakers are configured with.
    Roots {
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Publishes a new root key, which signs when every machine knows of it.
    RotateRoot {
        /// Time until it signs. Handshakers ask for root keys at least every five minutes.
        #[arg(long, value_name = "SECONDS", default_value_t = 300)]
        lead_s: u64,
        #[command(flatten)]
        admin: AdminArgs,
    },
    /// Forgets all root keys but the one that signs. What the others signed is refused from then
    /// on: wait until it has expired.
    RetireRoots {
        #[command(flatten)]
        admin: AdminArgs,
    },
}

#[derive(Debug, Subcommand)]
enum CrlCommand {
    /// Ids that are revoked.
    Show {
        #[command(flatten)]
        admin: AdminArgs,
    },
}

pub(super) async fn run(args: AuthorityArgs) -> anyhow::Result<()> {
    match args.command {
        None => serve(args.config.unwrap_or_default(), args.run).await,
        Some(command) => ask(command).await,
    }
}

/// `path`: clap insists on it where there is no command.
async fn serve(path: PathBuf, run: RunArgs) -> anyhow::Result<()> {
    let (text, name) = read_config(&path, "`authority --help` shows one")?;
    let config = AuthorityConfig::parse(&text, &name)?;
    let (state_dir, signals) = run.begin(config.state_dir.clone(), "alts-authority")?;
    let process = AuthorityServer::start(&config, &state_dir, Clock::system()).await?;
    // What scripts wait for.
    tracing::info!(
        address = %process.address,
        admin = %process.admin,
        state_dir = %state_dir.display(),
        signing_key = %process.authority.authority_key_id(),
        "authority ready"
    );
    signals.then(process.stop()).await;
    Ok(())
}

async fn ask(command: Command) -> anyhow::Result<()> {
    let admin = match &command {
        Command::Revoke { admin, .. }
        | Command::Crl {
            command: CrlCommand::Show { admin },
        }
        | Command::Issued { admin, .. }
        | Command::Roots { admin }
        | Command::RotateRoot { admin, .. }
        | Command::RetireRoots { admin } => admin,
    };
    let output = admin.output;
    let mut client =
        AuthorityAdminClient::new(connect(&admin.address_of("alts-authority")?).await?);
    let text = match command {
        Command::Revoke { ids, .. } => {
            let revocation_ids = ids.iter().map(|id| id.as_u64()).collect();
            let answer = client.revoke(RevokeRequest { revocation_ids }).await;
            render_crl(&told(answer)?, output)
        }
        Command::Crl { .. } => {
            let answer = client.show_crl(ShowCrlRequest {}).await;
            render_crl(&told(answer)?, output)
        }
        Command::Issued { account, .. } => {
            let service_account = account.map(String::from).unwrap_or_default();
            let answer = client.list_issued(ListIssuedRequest { service_account });
            render_issued(&told(answer.await)?, output)
        }
        Command::Roots { .. } => {
            let answer = client.show_roots(ShowRootsRequest {}).await;
            render_roots(&told(answer)?, output)
        }
        Command::RotateRoot { lead_s, .. } => {
            let answer = client.rotate_root(RotateRootRequest { lead_s }).await;
            render_roots(&told(answer)?, output)
        }
        Command::RetireRoots { .. } => {
            let answer = client.retire_roots(RetireRootsRequest {}).await;
            render_roots(&told(answer)?, output)
        }
    };
    print(&text?)
}

fn id(number: u64) -> String {
    RevocationId::from_u64(number).to_string()
}

fn render_crl(crl: &ShowCrlResponse, output: Output) -> anyhow::Result<String> {
    let ids: Vec<String> = crl.revocation_ids.iter().copied().map(id).collect();
    let (issued, due) = (time(crl.issued_at_s), time(crl.next_update_s));
    let json = json!({ "issuedAt": issued, "nextUpdate": due, "revoked": ids });
    output.render(&json, || {
        let count = ids.len();
        let head = format!("{count} revoked; list of {issued}, good until {due}\n");
        ids.iter().fold(head, |text, id| text + id + "\n")
    })
}

fn render_issued(list: &ListIssuedResponse, output: Output) -> anyhow::Result<String> {
    let as_json = |issued: &Issued| {
        json!({
            "revocationId": id(issued.revocation_id), "machine": issued.machine,
            "serviceAccount": issued.service_account, "instanceId": issued.instance_id,
            "issuedAt": time(issued.issued_at_s), "expiresAt": time(issued.expires_at_s),
        })
    };
    let rows = list.issued.iter().map(|issued| {
        [
            id(issued.revocation_id),
            time(issued.expires_at_s),
            issued.machine.clone(),
            issued.service_account.clone(),
            issued.instance_id.clone(),
        ]
    });
    let names = ["REVOCATION ID", "EXPIRES", "MACHINE", "ACCOUNT", "INSTANCE"];
    let all: Vec<_> = list.issued.iter().map(as_json).collect();
    output.render(&all, || table(names, rows))
}

fn render_roots(roots: &ShowRootsResponse, output: Output) -> anyhow::Result<String> {
    let (generation, keys) = (roots.generation, &roots.keys);
    let from = time(roots.signs_from_s);
    let json = json!({ "generation": generation, "keys": keys, "newestSignsFrom": from });
    output.render(&json, || {
        let keys: Vec<String> = keys.iter().map(|key| format!("\"{key}\"")).collect();
        format!(
            "# generation {generation}; the first key signs from {from} on\nroots = [{}]\n",
            keys.join(", ")
        )
    })
}
