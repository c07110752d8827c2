//! Killed at any point, and started again: no account state is lost, workloads that hold credentials
//! go on, the others recover by themselves within seconds.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use alts::gcp::{HandshakerReq, HandshakerResp};
use alts_authority::proto::admin::{
    CreateAccountRequest, DisableAccountRequest, EnableAccountRequest,
    accounts_client::AccountsClient,
};
use alts_daemon::admin::client::connect;
use serde_json::Value;
use tonic::{Status, transport::Channel};

use crate::{
    binary::*,
    processes::*,
    suite::eventually,
    support::{
        CLIENT, Call, Library, SERVER, client_start, next, server_start, shake, start_client_status,
    },
};

/// "Within seconds", generously: the machine that runs tests is busy. Unloaded it is well under one.
const SECONDS: Duration = Duration::from_secs(8);

/// Changes to one account: created, disabled, enabled, disabled.
const CHANGES: usize = 4;

/// Killed in turn.
const VICTIMS: [&str; 3] = [
    "the authority",
    "the client's handshaker",
    "the server's handshaker",
];

/// When a process is killed: the same in every run of the test.
struct Chance(u64);

impl Chance {
    /// Below `bound`. Xorshift (Marsaglia).
    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % bound
    }
}

/// What accounts must be after a crash: as confirmed, or as last asked for without an answer.
#[derive(Default)]
struct Expected {
    /// Account -> disabled.
    confirmed: BTreeMap<String, bool>,
    pending: Option<(String, bool)>,
}

impl Expected {
    /// Compares with a list of accounts, and takes what the pending change became for confirmed.
    fn compare(&mut self, list: &Value, round: usize) {
        let found: BTreeMap<&str, bool> = list
            .as_array()
            .unwrap()
            .iter()
            .map(|account| {
                let disabled = account["disabled"].as_bool().unwrap();
                (account["email"].as_str().unwrap(), disabled)
            })
            .collect();
        let pending = self.pending.take();
        for (email, confirmed) in &mut self.confirmed {
            let found = *found
                .get(email.as_str())
                .unwrap_or_else(|| panic!("round {round}: {email} is lost"));
            let asked = pending.as_ref().filter(|(asked, _)| asked == email);
            let may_be = asked.is_some_and(|(_, disabled)| *disabled == found);
            assert!(
                found == *confirmed || may_be,
                "round {round}: {email} is disabled={found}, confirmed was {confirmed}"
            );
            *confirmed = found;
        }
        // One that was asked for and not confirmed may be there or not.
        if let Some((email, false)) = pending
            && let Some(disabled) = found.get(email.as_str())
        {
            self.confirmed.insert(email, *disabled);
        }
    }
}

type Admin = AccountsClient<Channel>;

async fn create(admin: &mut Admin, email: &str) -> Result<(), Status> {
    let request = CreateAccountRequest {
        email: email.to_owned(),
        display_name: String::new(),
    };
    admin.create_account(request).await.map(|_| ())
}

async fn switch(admin: &mut Admin, email: &str, disabled: bool) -> Result<(), Status> {
    let email = email.to_owned();
    if disabled {
        let request = DisableAccountRequest { email };
        admin.disable_account(request).await.map(|_| ())
    } else {
        let request = EnableAccountRequest { email };
        admin.enable_account(request).await.map(|_| ())
    }
}

/// Creates accounts and switches them, one change after the other, until it is `enough` or nobody
/// answers; tells of each change that was confirmed.
fn change_accounts(
    admin: &str,
    mut expected: Expected,
    round: usize,
    tell: &mpsc::Sender<()>,
    enough: &AtomicBool,
) -> Expected {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut client = AccountsClient::new(connect(admin).await.unwrap());
        for n in 0.. {
            if enough.load(Ordering::Relaxed) {
                break;
            }
            let email = format!("svc-{round}-{}@p.iam", n / CHANGES);
            let disabled = n % CHANGES % 2 == 1;
            expected.pending = Some((email.clone(), disabled));
            let done = match n % CHANGES {
                0 => create(&mut client, &email).await,
                _ => switch(&mut client, &email, disabled).await,
            };
            if done.is_err() {
                break;
            }
            expected.confirmed.insert(email, disabled);
            expected.pending = None;
            // Whoever killed the process listens no more.
            let _ = tell.send(());
        }
        expected
    })
}

fn accounts(admin: &str) -> Value {
    let list = run(&["accounts", "list", "--output", "json", "--admin", admin]);
    serde_json::from_str(&stdout(&list)).unwrap_or_else(|_| panic!("{}", stderr(&list)))
}

#[test]
fn an_authority_killed_while_it_writes_keeps_every_change_that_it_confirmed() {
    let mut processes = Processes::start("info");
    let mut expected = Expected::default();
    let mut chance = Chance(2024);
    for round in 0..12 {
        expected.compare(&accounts(&processes.admin), round);
        let admin = processes.admin.clone();
        let (tell, confirmations) = mpsc::channel();
        let endless = AtomicBool::new(false);
        let changing =
            thread::spawn(move || change_accounts(&admin, expected, round, &tell, &endless));
        for _ in 0..=chance.below(6) {
            confirmations.recv().unwrap();
        }
        thread::sleep(Duration::from_micros(chance.below(4000)));
        processes.kill_authority();
        expected = changing.join().unwrap();
        processes.start_authority();
    }
    assert!(expected.confirmed.len() > 6, "{:?}", expected.confirmed);
    expected.compare(&accounts(&processes.admin), 12);
}

/// How long it takes until a handshake works again.
async fn recovery(client: &Library, server: &Library) -> Duration {
    let begun = Instant::now();
    eventually(|| async {
        let (mut call, first) = client.try_start_client(&[SERVER]).await?;
        let mut peer = server.try_call().await?;
        let second = peer.try_ask(server_start(&first)).await?;
        let third = call.try_ask(next(&second.out_frames)).await?;
        let fourth = peer.try_ask(next(&third.out_frames)).await?;
        let result = third.result.and(fourth.result);
        result.map(|_| ()).ok_or_else(|| Status::unknown("refused"))
    })
    .await;
    begun.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_at_any_point_comes_back_and_everybody_goes_on() {
    let mut processes = Processes::start("info");
    let (mut client_vm, mut server_vm) = processes.machines();
    let (client, server) = (client_vm.process().await, server_vm.process().await);
    shake(&client, &server, &[SERVER]).await.key();

    let mut expected = Expected::default();
    let mut chance = Chance(7);
    for round in 0..12 {
        let (admin, (tell, confirmations)) = (processes.admin.clone(), mpsc::channel());
        let enough = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&enough);
        let changing =
            thread::spawn(move || change_accounts(&admin, expected, round, &tell, &told));
        // Handshakes are under way while the process dies: it is killed in the middle of some.
        let busy: Vec<_> = (0..8)
            .map(|_| {
                let (client, server) = (client.clone(), server.clone());
                tokio::spawn(async move { recovery(&client, &server).await })
            })
            .collect();
        for _ in 0..=chance.below(4) {
            confirmations.recv().unwrap();
        }
        tokio::time::sleep(Duration::from_micros(chance.below(4000))).await;
        let victim = VICTIMS[round % VICTIMS.len()];
        match victim {
            "the authority" => {
                processes.kill_authority();
                // Whoever holds a credential goes on without it; that is no recovery.
                shake(&client, &server, &[SERVER]).await.key();
                processes.start_authority();
            }
            "the client's handshaker" => client_vm.restart(),
            _ => server_vm.restart(),
        }
        enough.store(true, Ordering::Relaxed);
        expected = changing.join().unwrap();
        for handshake in busy {
            let took = handshake.await.unwrap();
            assert!(took < SECONDS, "round {round}: under way for {took:?}");
        }
        let took = recovery(&client, &server).await;
        assert!(
            took < SECONDS,
            "round {round}: {took:?} after {victim} died"
        );
        let newcomers = (client_vm.process().await, server_vm.process().await);
        let took = recovery(&newcomers.0, &newcomers.1).await;
        assert!(took < SECONDS, "round {round}: a newcomer waited {took:?}");
        expected.compare(&accounts(&processes.admin), round);
    }
    assert!(expected.confirmed.len() > 6, "{:?}", expected.confirmed);
}

#[tokio::test]
async fn a_killed_authority_is_missed_by_newcomers_alone_and_still_knows_who_is_disabled() {
    let mut processes = Processes::start("info");
    let (client_vm, server_vm) = processes.machines();
    let (client, server) = (client_vm.process().await, server_vm.process().await);
    shake(&client, &server, &[SERVER]).await.key();

    let disable = ["accounts", "disable", CLIENT, "--admin", &processes.admin];
    assert_eq!(code(&run(&disable)), 0);
    processes.kill_authority();
    shake(&client, &server, &[SERVER]).await.key();
    let newcomer = client_vm.process().await;
    let told = start_client_status(&newcomer).await;
    assert!(told.message().contains("out of reach"), "{told}");

    processes.start_authority();
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
}

impl Library {
    /// Begins a handshake, if it can be begun: the call, and what it has to say to the peer.
    pub(crate) async fn try_start_client(
        &self,
        targets: &[&str],
    ) -> Result<(Call, Vec<u8>), Status> {
        let mut call = self.try_call().await?;
        let answer = call.try_ask(client_start(targets)).await?;
        Ok((call, answer.out_frames))
    }
}

impl Call {
    /// The same of a handshaker that may be gone, or may end the call.
    pub(crate) async fn try_ask(
        &mut self,
        request: HandshakerReq,
    ) -> Result<HandshakerResp, Status> {
        // A call that has ended takes no request, and its end says why.
        let _ = self.requests.send(request).await;
        let answer = self.answer().await?;
        answer.ok_or_else(|| Status::cancelled("the call ended without an answer"))
    }
}
