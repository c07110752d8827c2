//! An authority and machines with handshakers of their own, all in this process and joined by
//! sockets only, as they would be on several computers.

use std::{fs, net::SocketAddr, path::Path};

use alts_authority::{config::AuthorityConfig, server::AuthorityServer};
use alts_daemon::clock::Clock;
use alts_handshaker::{config::serve::ServeConfig, serve::ServedMachine};
use tempfile::TempDir;

use crate::support::*;

/// Everything that is not the point of a test.
pub(crate) struct Suite {
    pub(crate) dir: TempDir,
    pub(crate) authority: Option<AuthorityServer>,
    pub(crate) address: SocketAddr,
    settings: Settings,
}

/// What tests vary.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) credential_lifetime_s: u64,
    pub(crate) revocation: &'static str,
    pub(crate) gce: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            credential_lifetime_s: 3600,
            revocation: "mode = \"issue\"",
            gce: String::new(),
        }
    }
}

impl Suite {
    pub(crate) async fn start(settings: Settings) -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("good.secret"), "good".repeat(10)).unwrap();
        fs::write(dir.path().join("bad.secret"), "evil".repeat(10)).unwrap();
        let any = "127.0.0.1:0".parse().unwrap();
        let authority = start_authority(dir.path(), any, &settings).await;
        Self {
            address: authority.address,
            authority: Some(authority),
            dir,
            settings,
        }
    }

    pub(crate) fn authority(&self) -> &AuthorityServer {
        self.authority.as_ref().unwrap()
    }

    pub(crate) async fn stop_authority(&mut self) {
        self.authority.take().unwrap().stop().await;
    }

    /// On the same port, with the same state.
    pub(crate) async fn restart_authority(&mut self) {
        let authority = start_authority(self.dir.path(), self.address, &self.settings).await;
        self.authority = Some(authority);
    }

    pub(crate) fn roots(&self) -> String {
        let keys = self.authority().authority.root_keys().public();
        let hex = |key: &[u8]| {
            key.iter()
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
        };
        let keys: Vec<String> = keys
            .iter()
            .map(|key| format!("{:?}", hex(key.as_bytes())))
            .collect();
        keys.join(", ")
    }

    /// A machine with this secret.
    pub(crate) async fn machine(&self, name: &str, account: &str, secret: &str) -> ServedMachine {
        let identity = format!("source = \"static\"\nsecret_file = \"{secret}.secret\"\n");
        self.machine_with(name, account, &identity, &self.roots())
            .await
    }

    pub(crate) async fn machine_with(
        &self,
        name: &str,
        account: &str,
        identity: &str,
        roots: &str,
    ) -> ServedMachine {
        let text = format!(
            "machine = \"{name}\"\nservice_account = \"{account}\"\nlisten = [\"127.0.0.1:0\"]\n\
             [authority]\naddress = \"{}\"\nroots = [{roots}]\nrefresh_s = 1\n\
             [identity]\n{identity}\n\
             [revocation]\n{}\n",
            self.address, self.settings.revocation
        );
        let file = self.dir.path().join("serve.toml").display().to_string();
        let config = ServeConfig::parse(&text, &file).unwrap();
        let state = self.dir.path().join(format!("state-{name}"));
        ServedMachine::start(&config, &state, Clock::system())
            .await
            .unwrap()
    }

    pub(crate) async fn client(&self) -> ServedMachine {
        self.machine("client-vm", CLIENT, "good").await
    }

    pub(crate) async fn server(&self) -> ServedMachine {
        self.machine("server-vm", SERVER, "good").await
    }

    pub(crate) fn set_disabled(&self, email: &str, disabled: bool) {
        self.authority()
            .authority
            .set_disabled(&account(email), disabled)
            .unwrap();
    }
}

async fn start_authority(dir: &Path, address: SocketAddr, settings: &Settings) -> AuthorityServer {
    let enrolment = |machine: &str, account: &str| {
        format!(
            "[[enrolment]]\nmachine = \"{machine}\"\nservice_accounts = [\"{account}\"]\n\
             secret_file = \"good.secret\"\n"
        )
    };
    let text = format!(
        "listen = \"{address}\"\n[certificates]\ncredential_lifetime_s = {}\n{}{}{}",
        settings.credential_lifetime_s,
        enrolment("client-vm", CLIENT),
        enrolment("server-vm", SERVER),
        settings.gce,
    );
    let file = dir.join("authority.toml").display().to_string();
    let config = AuthorityConfig::parse(&text, &file).unwrap();
    AuthorityServer::start(&config, &dir.join("state"), Clock::system())
        .await
        .unwrap()
}

/// A new process on that machine.
pub(crate) async fn process_on(machine: &ServedMachine) -> Library {
    Library::connect(machine.addresses[0], "grpc-java-netty/1.63.0").await
}

/// A new process on that machine, as soon as one is given a credential: of its authority's newest root
/// key, and so when the machine has learnt of that.
pub(crate) async fn certified_process_on(machine: &ServedMachine) -> Library {
    eventually(|| async {
        let process = process_on(machine).await;
        process.try_start_client(&[SERVER]).await.map(|_| process)
    })
    .await
}

/// Tries again until it works; a test that waits too long hangs and is ended by its patience.
pub(crate) async fn eventually<T, E: std::fmt::Debug, F: Future<Output = Result<T, E>>>(
    mut attempt: impl FnMut() -> F,
) -> T {
    within(async {
        loop {
            if let Ok(value) = attempt().await {
                return value;
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    })
    .await
}
