//! `alts-handshaker accounts`: one call to the admin service, one answer on stdout.

use alts::ServiceAccount;
use alts_authority::proto::admin::{
    Account, ChangeAccountResponse, CreateAccountRequest, DisableAccountRequest,
    EnableAccountRequest, ListAccountsRequest, accounts_client::AccountsClient,
};
use alts_daemon::admin::client::{Output, connect, print, table, told};
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
            render_list(&told(answer)?.accounts, output)
        }
        Command::Create {
            account,
            display_name,
        } => {
            let email = account.to_string();
            let request = CreateAccountRequest {
                email,
                display_name,
            };
            let created = told(client.create_account(request).await)?;
            render_change(Some(created), "created", output)
        }
        Command::Disable { account } => {
            let email = account.to_string();
            let answer = client.disable_account(DisableAccountRequest { email });
            render_switched(told(answer.await)?, "disabled", output)
        }
        Command::Enable { account } => {
            let email = account.to_string();
            let answer = client.enable_account(EnableAccountRequest { email });
            render_switched(told(answer.await)?, "enabled", output)
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
    let names = ["EMAIL", "STATE", "UNIQUE ID", "DISPLAY NAME"];
    let all: Vec<Value> = accounts.iter().map(as_json).collect();
    output.render(&all, || table(names, rows))
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
    output.render(&as_json(&account), || format!("{} {what}\n", account.email))
}

#[cfg(test)]
#[path = "accounts_tests.rs"]
mod tests;
