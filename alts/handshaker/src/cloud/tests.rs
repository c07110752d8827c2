//! What survives a restart, and what does not happen when it cannot be kept.

use std::fs;

use super::*;
use crate::handshake::{MachineName, MasterKey, Seed};

fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

fn open(dir: &std::path::Path) -> Result<Cloud, CloudError> {
    let (a, b) = (account("a@p"), account("b@p"));
    let accounts = [(&a, "A"), (&b, "B")];
    Cloud::open(
        StateDir::open(dir)?,
        accounts,
        Duration::from_secs(60),
        Clock::system(),
    )
}

fn issue(cloud: &Cloud, name: &str) -> Result<MasterCertificate, NoCredential> {
    let key = MasterKey::new(account(name), &Seed::new([9; 32]));
    let request = key.request(MachineName::parse("vm").unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(cloud.issue(request))
}

#[test]
fn a_restart_keeps_the_key_the_accounts_and_the_switches() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = open(dir.path()).unwrap();
    cloud.set_disabled(&account("b@p"), true).unwrap();
    cloud.create_account(account("c@p"), "later").unwrap();
    let (key_id, accounts) = (cloud.authority_key_id(), cloud.accounts());
    drop(cloud);

    let cloud = open(dir.path()).unwrap();
    assert_eq!(cloud.authority_key_id(), key_id);
    assert_eq!(cloud.accounts(), accounts);
    assert!(issue(&cloud, "a@p").is_ok());
    assert_eq!(
        issue(&cloud, "b@p").err(),
        Some(NoCredential::Disabled(account("b@p")))
    );
    assert_eq!(
        issue(&cloud, "d@p").err(),
        Some(NoCredential::Unknown(account("d@p")))
    );
}

#[test]
fn a_damaged_file_stops_the_start_and_neither_file_is_touched() {
    for damaged in [AUTHORITY_FILE, DIRECTORY_FILE] {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()).unwrap());
        fs::write(
            dir.path().join(damaged),
            "{\"version\":1,\"content\":{\"sig",
        )
        .unwrap();
        let before =
            [AUTHORITY_FILE, DIRECTORY_FILE].map(|f| fs::read(dir.path().join(f)).unwrap());
        let error = open(dir.path()).unwrap_err().to_string();
        assert!(
            error.contains(damaged) && error.contains("damaged"),
            "{error}"
        );
        let after = [AUTHORITY_FILE, DIRECTORY_FILE].map(|f| fs::read(dir.path().join(f)).unwrap());
        assert_eq!(before, after);
    }
}

#[test]
fn a_change_that_cannot_be_kept_does_not_happen() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = open(dir.path()).unwrap();
    fs::remove_file(dir.path().join(DIRECTORY_FILE)).unwrap();
    fs::create_dir(dir.path().join(DIRECTORY_FILE)).unwrap();
    assert!(matches!(
        cloud.set_disabled(&account("a@p"), true),
        Err(CloudError::State(_))
    ));
    assert!(issue(&cloud, "a@p").is_ok());
}

#[test]
fn the_key_is_in_no_debug_output() {
    let dir = tempfile::tempdir().unwrap();
    let cloud = open(dir.path()).unwrap();
    let file = fs::read_to_string(dir.path().join(AUTHORITY_FILE)).unwrap();
    let key = file.split('"').find(|word| word.len() == 64).unwrap();
    assert!(!format!("{cloud:?}").contains(key));
}
