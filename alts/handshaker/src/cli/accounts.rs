//! `alts-handshaker accounts`: one call to the admin service, one answer on stdout.

use alts::ServiceAccount;
use alts_authority::proto::admin::{
    Account, ChangeAccountResponse, CreateAccountRequest, DisableAccountRequest,
    EnableAccountRequest, ListAccountsRequest, accounts_client::AccountsClient,
};
use alts_daemon::admin::client::{Output, connect, print, refused, table};
use anyhow::Context;
use clap::Subcommand;
use serde_json::{Value, json};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Shows all accounts.
    List,
    /// Stops credentials from being issued for an account.
    Disable {
        /// For example prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com
        account: ServiceAccount,
    },
    /// Lets credentials be issued for an account again.
    Enable {
        /// For example prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com
        account: ServiceAccount,
    },
    /// Adds an account, enabled.
    Create {
        /// For example NAME@PROJECT.iam.gserviceaccount.com
        account: ServiceAccount,
        /// What people call it.
        #[arg(long, value_name = "TEXT", default_value = "")]
        display_name: String,
    },
}

pub(super) async fn run(command: Command, admin: &str, output: Output) -> anyhow::Result<()> {
    let mut client = AccountsClient::new(connect(admin).await?);
    let text = match command {
        Command::List => {
            let answer = client.list_accounts(ListAccountsRequest {}).await;
            render_list(&answer.map_err(refused)?.into_inner().accounts, output)
        }
        Command::Create {
            account,
            display_name,
        } => {
            let email = account.to_string();
            let answer = client
                .create_account(CreateAccountRequest {
                    email,
                    display_name,
                })
                .await;
            render_change(
                Some(answer.map_err(refused)?.into_inner()),
                "created",
                output,
            )
        }
        Command::Disable { account } => {
            let email = account.to_string();
            let answer = client
                .disable_account(DisableAccountRequest { email })
                .await;
            render_switched(answer.map_err(refused)?.into_inner(), "disabled", output)
        }
        Command::Enable { account } => {
            let email = account.to_string();
            let answer = client.enable_account(EnableAccountRequest { email }).await;
            render_switched(answer.map_err(refused)?.into_inner(), "enabled", output)
        }
    };
    print(&text?)
}

/// Field names as in IAM's JSON.
fn as_json(account: &Account) -> Value {
    json!({
        "email": account.email, "uniqueId": account.unique_id,
        "displayName": account.display_name, "disabled": account.disabled,
    })
}

fn render_list(accounts: &[Account], output: Output) -> anyhow::Result<String> {
    if let Output::Json = output {
        let all: Vec<Value> = accounts.iter().map(as_json).collect();
        return Ok(serde_json::to_string_pretty(&all)? + "\n");
    }
    let rows = accounts.iter().map(|account| {
        let state = match account.disabled {
            true => "disabled",
            false => "enabled",
        };
        [
            account.email.clone(),
            state.to_owned(),
            account.unique_id.clone(),
            account.display_name.clone(),
        ]
    });
    Ok(table(["EMAIL", "STATE", "UNIQUE ID", "DISPLAY NAME"], rows))
}

fn render_switched(
    answer: ChangeAccountResponse,
    state: &str,
    output: Output,
) -> anyhow::Result<String> {
    let what = match answer.changed {
        true => state.to_owned(),
        false => format!("was {state} already"),
    };
    render_change(answer.account, &what, output)
}

fn render_change(account: Option<Account>, what: &str, output: Output) -> anyhow::Result<String> {
    let account = account.context(
        "the admin service answered without an account; use the same version on both sides",
    )?;
    Ok(match output {
        Output::Table => format!("{} {what}\n", account.email),
        Output::Json => serde_json::to_string_pretty(&as_json(&account))? + "\n",
    })
}

#[cfg(test)]
#[path = "accounts_tests.rs"]
mod tests;
