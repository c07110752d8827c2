//! `alts-handshaker accounts`: one call to the admin service, one answer on stdout.

use alts::ServiceAccount;
use alts_authority::proto::admin::{
    Account, CreateAccountRequest, DisableAccountRequest, EnableAccountRequest,
    ListAccountsRequest, accounts_client::AccountsClient,
};
use anyhow::Context;
use clap::Subcommand;
use serde::Serialize;

use alts_daemon::admin::client::{Output, connect, print, refused};

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
            let answer = answer.map_err(refused)?.into_inner();
            let what = if answer.changed {
                "disabled"
            } else {
                "was disabled already"
            };
            render_change(answer.account, what, output)
        }
        Command::Enable { account } => {
            let email = account.to_string();
            let answer = client.enable_account(EnableAccountRequest { email }).await;
            let answer = answer.map_err(refused)?.into_inner();
            let what = if answer.changed {
                "enabled"
            } else {
                "was enabled already"
            };
            render_change(answer.account, what, output)
        }
    };
    print(&text?)
}

/// Field names as in IAM's JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AccountView<'a> {
    email: &'a str,
    unique_id: &'a str,
    display_name: &'a str,
    disabled: bool,
}

impl<'a> From<&'a Account> for AccountView<'a> {
    fn from(account: &'a Account) -> Self {
        Self {
            email: &account.email,
            unique_id: &account.unique_id,
            display_name: &account.display_name,
            disabled: account.disabled,
        }
    }
}

fn render_list(accounts: &[Account], output: Output) -> anyhow::Result<String> {
    if let Output::Json = output {
        let views: Vec<AccountView<'_>> = accounts.iter().map(AccountView::from).collect();
        return Ok(serde_json::to_string_pretty(&views)? + "\n");
    }
    let width = accounts
        .iter()
        .map(|account| account.email.chars().count())
        .max();
    let width = width.unwrap_or(0).max("EMAIL".len());
    let mut table = format!(
        "{:width$}  {:8}  {:21}  DISPLAY NAME\n",
        "EMAIL", "STATE", "UNIQUE ID"
    );
    for account in accounts {
        let state = if account.disabled {
            "disabled"
        } else {
            "enabled"
        };
        let row = format!(
            "{:width$}  {state:8}  {:21}  {}",
            account.email, account.unique_id, account.display_name
        );
        table.push_str(row.trim_end());
        table.push('\n');
    }
    Ok(table)
}

fn render_change(account: Option<Account>, what: &str, output: Output) -> anyhow::Result<String> {
    let account = account.context(
        "the admin service answered without an account; use the same version on both sides",
    )?;
    Ok(match output {
        Output::Table => format!("{} {what}\n", account.email),
        Output::Json => serde_json::to_string_pretty(&AccountView::from(&account))? + "\n",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accounts() -> Vec<Account> {
        let account = |email: &str, disabled| Account {
            email: email.to_owned(),
            unique_id: "100000000000000000001".to_owned(),
            display_name: String::new(),
            disabled,
        };
        vec![account("a@p", false), account("longer@p", true)]
    }

    #[test]
    fn a_list_is_a_table_with_aligned_columns() {
        let table = render_list(&accounts(), Output::Table).unwrap();
        let expected = "EMAIL     STATE     UNIQUE ID              DISPLAY NAME\n\
                        a@p       enabled   100000000000000000001\n\
                        longer@p  disabled  100000000000000000001\n";
        assert_eq!(table, expected);
    }

    #[test]
    fn json_has_iams_field_names() {
        let json = render_list(&accounts()[1..], Output::Json).unwrap();
        let value: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(
            value,
            serde_json::json!([{
                "email": "longer@p", "uniqueId": "100000000000000000001", "displayName": "", "disabled": true,
            }])
        );
    }
}
