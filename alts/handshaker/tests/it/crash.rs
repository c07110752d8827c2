//! Killed at any point, and started again.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Duration,
};

use alts_handshaker::admin::proto::{CreateAccountRequest, accounts_client::AccountsClient};
use serde_json::Value;

use crate::{
    binary::*,
    suite::eventually,
    support::{CLIENT, Library, SERVER, shake, start_client_status},
};

/// Creates accounts one after the other until nobody answers; tells of each that was confirmed, and
/// returns how many were.
fn create_until_killed(admin: String, round: usize, tell: mpsc::Sender<()>) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut client = AccountsClient::connect(format!("http://{admin}"))
            .await
            .unwrap();
        for confirmed in 0.. {
            let request = CreateAccountRequest {
                email: format!("svc-{round}-{confirmed}@p.iam"),
                display_name: String::new(),
            };
            if client.create_account(request).await.is_err() {
                return confirmed;
            }
            // Whoever killed the mock listens no more.
            let _ = tell.send(());
        }
        unreachable!("it is killed long before")
    })
}

#[test]
fn a_mock_killed_while_it_writes_keeps_every_change_that_it_confirmed() {
    let dir = tempfile::tempdir().unwrap();
    let mut confirmed: Vec<usize> = Vec::new();
    for round in 0..12 {
        let mut mock = Mock::start(dir.path());
        let list = stdout(&mock.accounts(&["list", "--output", "json"]));
        let accounts: Value = serde_json::from_str(&list).unwrap();
        let emails: Vec<&str> = accounts
            .as_array()
            .unwrap()
            .iter()
            .map(|account| account["email"].as_str().unwrap())
            .collect();
        for (round, count) in confirmed.iter().enumerate() {
            for number in 0..*count {
                let email = format!("svc-{round}-{number}@p.iam");
                assert!(emails.contains(&email.as_str()), "{email} is lost");
            }
        }
        let admin = mock.admin.clone();
        let (tell, confirmations) = mpsc::channel();
        let creator = thread::spawn(move || create_until_killed(admin, round, tell));
        for _ in 0..=round {
            confirmations.recv().unwrap();
        }
        // Never at the same point of the next write.
        thread::sleep(Duration::from_micros(173) * round as u32);
        mock.child.kill().unwrap();
        mock.child.wait().unwrap();
        confirmed.push(creator.join().unwrap());
    }
}

/// A process that is killed when the test ends, and the value of a field of its ready line.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Already gone is fine.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(args: &[&str], ready: &str, field: &str) -> (Running, String) {
    use std::io::{BufRead, BufReader};
    let mut child = Command::new(BINARY)
        .args(args)
        .args(["--log-format", "json"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
    let running = Running(child);
    let value = loop {
        let line = log.next().expect("it ended before it was ready").unwrap();
        let line: Value = serde_json::from_str(&line).unwrap();
        if line["fields"]["message"] == ready {
            break line["fields"][field].as_str().unwrap().to_owned();
        }
    };
    // Keeps the pipe from filling.
    thread::spawn(move || log.for_each(drop));
    (running, value)
}

fn write(dir: &Path, name: &str, text: &str) -> String {
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Authority and two handshakers as processes.
struct Processes {
    dir: tempfile::TempDir,
    authority: Option<Running>,
    address: String,
    admin: String,
}

impl Processes {
    fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "machine.secret", &"s3cr".repeat(10));
        let mut processes = Self {
            authority: None,
            address: "127.0.0.1:0".to_owned(),
            admin: format!("unix:{}/admin.sock", dir.path().display()),
            dir,
        };
        processes.start_authority();
        processes
    }

    /// On the port it had before, if it had one.
    fn start_authority(&mut self) {
        let enrolment = |machine: &str, account: &str| {
            format!(
                "[[enrolment]]\nmachine = \"{machine}\"\nservice_accounts = [\"{account}\"]\n\
                 secret_file = \"machine.secret\"\n"
            )
        };
        let text = format!(
            "listen = \"{}\"\nstate_dir = \"{}\"\n[admin]\naddress = \"{}\"\n{}{}",
            self.address,
            self.dir.path().join("authority").display(),
            self.admin,
            enrolment("client-vm", CLIENT),
            enrolment("server-vm", SERVER),
        );
        let config = write(self.dir.path(), "authority.toml", &text);
        let (running, address) = start(
            &["authority", "--config", &config],
            "authority ready",
            "address",
        );
        (self.authority, self.address) = (Some(running), address);
    }

    fn start_machine(&self, machine: &str, account: &str, listen: &str) -> (Running, String) {
        let roots = stdout(&run(&["authority", "roots", "--admin", &self.admin]));
        let text = format!(
            "machine = \"{machine}\"\nservice_account = \"{account}\"\nlisten = [\"{listen}\"]\n\
             state_dir = \"{}\"\n[authority]\naddress = \"{}\"\n{roots}refresh_s = 1\n\
             [identity]\nsource = \"static\"\nsecret_file = \"machine.secret\"\n",
            self.dir.path().join(machine).display(),
            self.address,
        );
        let config = write(self.dir.path(), &format!("{machine}.toml"), &text);
        start(
            &["serve", "--config", &config],
            "handshaker ready",
            "address",
        )
    }
}

async fn library(address: &str) -> Library {
    Library::connect(address.parse().unwrap(), "grpc-java-netty/1.63.0").await
}

#[tokio::test]
async fn processes_that_are_killed_come_back_and_everybody_goes_on_within_seconds() {
    let mut processes = Processes::start();
    let (_client_vm, client_address) = processes.start_machine("client-vm", CLIENT, "127.0.0.1:0");
    let (server_vm, server_address) = processes.start_machine("server-vm", SERVER, "127.0.0.1:0");
    let (client, server) = (
        library(&client_address).await,
        library(&server_address).await,
    );
    shake(&client, &server, &[SERVER]).await.key();

    let disable = ["accounts", "disable", CLIENT, "--admin", &processes.admin];
    assert_eq!(code(&run(&disable)), 0);
    drop(processes.authority.take());
    // Killed: whoever holds a credential goes on, nobody else begins.
    shake(&client, &server, &[SERVER]).await.key();
    let newcomer = library(&client_address).await;
    assert!(
        start_client_status(&newcomer)
            .await
            .message()
            .contains("out of reach")
    );

    processes.start_authority();
    // It still knows who is disabled.
    let told = eventually(|| async {
        let status = start_client_status(&newcomer).await;
        if status.message().contains("disabled") {
            Ok(status)
        } else {
            Err(status)
        }
    })
    .await;
    assert_eq!(told.code(), tonic::Code::Unavailable);
    let enable = ["accounts", "enable", CLIENT, "--admin", &processes.admin];
    assert_eq!(code(&run(&enable)), 0);
    shake(&newcomer, &server, &[SERVER]).await.key();

    // A handshaker that is killed and started again on its port: libraries connect again.
    drop(server_vm);
    let (_server_vm, _) = processes.start_machine("server-vm", SERVER, &server_address);
    eventually(|| async { server.try_call().await }).await;
    shake(&client, &server, &[SERVER]).await.key();
}
