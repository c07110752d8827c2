//! A mock cloud with two machines, in this process.

use std::path::Path;

use alts_authority::proto::admin::{
    DisableAccountRequest, EnableAccountRequest, accounts_client::AccountsClient,
};
use alts_daemon::clock::Clock;
use mock_gce::loopback::{MockCloud, config::Config};
use tempfile::TempDir;

use super::support::{CLIENT, Library, SERVER};

fn config(more: &str) -> Config {
    let text = format!(
        "{more}[admin]\naddress = \"127.0.0.1:0\"\n\
         [[machine]]\nname = \"client-vm\"\naddress = \"127.0.0.1:0\"\nservice_account = \
             \"{CLIENT}\"\n\
         [[machine]]\nname = \"server-vm\"\naddress = \"127.0.0.1:0\"\nservice_account = \
             \"{SERVER}\"\n"
    );
    Config::parse(&text, "test.toml").unwrap()
}

/// A running mock and its state.
pub(crate) struct World {
    pub(crate) mock: MockCloud,
    pub(crate) state: TempDir,
    more: &'static str,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_with("").await
    }

    /// With more in its configuration.
    pub(crate) async fn start_with(more: &'static str) -> Self {
        let state = tempfile::tempdir().unwrap();
        let mock = start_mock(state.path(), more).await;
        Self { mock, state, more }
    }

    pub(crate) async fn restarted(self) -> Self {
        self.mock.stop().await;
        let mock = start_mock(self.state.path(), self.more).await;
        Self { mock, ..self }
    }

    /// A new process on the client's machine.
    pub(crate) async fn client_process(&self) -> Library {
        Library::connect(self.mock.machines[0].address, "grpc-java-netty/1.63.0").await
    }

    /// A new process on the server's machine.
    pub(crate) async fn server_process(&self) -> Library {
        Library::connect(self.mock.machines[1].address, "grpc-java-netty/1.63.0").await
    }

    pub(crate) async fn set_disabled(&self, email: &str, disabled: bool) {
        let mut admin = AccountsClient::connect(format!("http://{}", self.mock.admin))
            .await
            .unwrap();
        let email = email.to_owned();
        if disabled {
            admin
                .disable_account(DisableAccountRequest { email })
                .await
                .unwrap();
        } else {
            admin
                .enable_account(EnableAccountRequest { email })
                .await
                .unwrap();
        }
    }
}

async fn start_mock(state: &Path, more: &str) -> MockCloud {
    MockCloud::start(&config(more), state, Clock::system())
        .await
        .unwrap()
}
