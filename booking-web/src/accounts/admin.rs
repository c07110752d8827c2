//! What the mock cloud's admin service is asked: accounts, what was issued for them, faults.

use std::{collections::BTreeMap, time::Duration};

use parking_lot::Mutex;
use tonic::transport::{Channel, Endpoint};

use super::{
    metrics,
    proto::{
        self, DisableAccountRequest, EnableAccountRequest, ListAccountsRequest, ListIssuedRequest,
        MachineFaults, SetFaultsRequest, ShowFaultsRequest, accounts_client::AccountsClient,
        authority_admin_client::AuthorityAdminClient, machines_client::MachinesClient,
    },
};

/// It is on this machine: what takes longer does not come.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

/// An admin service that does not do what it is asked, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AdminError(pub(crate) String);

/// The admin service of a mock cloud.
#[derive(Debug)]
pub struct Accounts {
    channel: Channel,
    /// The accounts of the two ends: ours as the drill names them.
    pub(crate) client_account: Option<String>,
    pub(crate) server_account: String,
    /// Restarts the backend, for the drill's third step.
    pub(crate) restart: Option<String>,
    /// What the drill's steps showed last.
    pub(crate) seen: Mutex<[Option<Seen>; 4]>,
}

/// How a drill's call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) status: &'static str,
    pub(crate) detail: String,
    pub(crate) agrees: bool,
}

/// One account, with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Account {
    pub(crate) email: String,
    pub(crate) enabled: bool,
    /// Its machines, each with connections that are open to its handshaker.
    pub(crate) machines: BTreeMap<String, u64>,
    /// Certificates that have not expired, and the seconds until the last of them does.
    pub(crate) credentials: usize,
    pub(crate) life_left_s: u64,
}

impl From<tonic::Status> for AdminError {
    fn from(status: tonic::Status) -> Self {
        Self(format!("{:?}: {}", status.code(), status.message()))
    }
}

impl Accounts {
    /// Prepares the connection to `address`, HOST:PORT or unix:/PATH; connects when first asked.
    ///
    /// # Errors
    /// When it is no address, in words.
    pub fn at(
        address: &str,
        client_account: Option<String>,
        server_account: String,
        restart: Option<String>,
    ) -> Result<Self, String> {
        let uri = if address.starts_with("unix:") {
            address.to_owned()
        } else {
            format!("http://{address}")
        };
        let endpoint = Endpoint::from_shared(uri)
            .map_err(|_| format!("{address:?} is no address; write HOST:PORT or unix:/PATH"))?;
        let channel = endpoint
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(CALL_TIMEOUT)
            .connect_lazy();
        Ok(Self {
            channel,
            client_account,
            server_account,
            restart,
            seen: Mutex::default(),
        })
    }

    /// All accounts, with their machines and credentials.
    pub(crate) async fn list(&self, now_s: u64) -> Result<Vec<Account>, AdminError> {
        let channel = || self.channel.clone();
        let mut accounts = AccountsClient::new(channel());
        let listed = accounts.list_accounts(ListAccountsRequest {}).await?;
        let mut authority = AuthorityAdminClient::new(channel());
        let issued = authority.list_issued(ListIssuedRequest::default()).await;
        let issued = issued.map_or_else(|_| Vec::new(), |answer| answer.into_inner().issued);
        let open = metrics::connections(channel()).await.unwrap_or_default();
        let account = |one: proto::Account| {
            let own = issued
                .iter()
                .filter(|cert| cert.service_account == one.email && cert.expires_at_s > now_s);
            let machines = own.clone().map(|cert| &cert.machine);
            let machines = machines.filter(|machine| !machine.is_empty());
            let connected = |machine| open.get(machine).copied().unwrap_or(0);
            let last = own.clone().map(|cert| cert.expires_at_s - now_s).max();
            Account {
                enabled: !one.disabled,
                machines: machines.map(|one| (one.clone(), connected(one))).collect(),
                credentials: own.count(),
                life_left_s: last.unwrap_or(0),
                email: one.email.clone(),
            }
        };
        Ok(listed
            .into_inner()
            .accounts
            .into_iter()
            .map(account)
            .collect())
    }

    /// Switches an account on or off.
    pub(crate) async fn switch(&self, email: &str, enabled: bool) -> Result<(), AdminError> {
        let mut client = AccountsClient::new(self.channel.clone());
        let email = email.to_owned();
        if enabled {
            client
                .enable_account(EnableAccountRequest { email })
                .await?;
        } else {
            client
                .disable_account(DisableAccountRequest { email })
                .await?;
        }
        Ok(())
    }

    /// Every machine, with what goes wrong on it on purpose.
    pub(crate) async fn machines(&self) -> Result<Vec<MachineFaults>, AdminError> {
        let mut client = MachinesClient::new(self.channel.clone());
        let answer = client.show_faults(ShowFaultsRequest::default()).await?;
        Ok(answer.into_inner().machines)
    }

    pub(crate) async fn set_faults(&self, machine: &str, faults: &str) -> Result<(), AdminError> {
        let request = SetFaultsRequest {
            machine: machine.to_owned(),
            faults: faults.to_owned(),
        };
        MachinesClient::new(self.channel.clone())
            .set_faults(request)
            .await?;
        Ok(())
    }

    /// Runs the command that restarts the backend, if there is one.
    pub(crate) async fn restart_backend(&self) -> Result<(), AdminError> {
        let Some(command) = &self.restart else {
            return Ok(());
        };
        let status = tokio::process::Command::new("sh")
            .arg("-c")
            .arg(command)
            .kill_on_drop(true)
            .status()
            .await;
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(AdminError(format!(
                "the command that restarts the backend ended with {status}"
            ))),
            Err(error) => Err(AdminError(format!(
                "the command that restarts the backend cannot be run: {error}"
            ))),
        }
    }
}
