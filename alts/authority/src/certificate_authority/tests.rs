//! What survives a restart, and what does not happen when it cannot be kept.

use std::{
    fs,
    sync::atomic::{AtomicU64, Ordering},
};

use alts_handshake::{Crl, MachineName, MasterKey, RevocationId, Seed};

use super::*;

fn account(name: &str) -> ServiceAccount {
    name.parse().unwrap()
}

fn open(dir: &std::path::Path) -> Result<CertificateAuthority, AuthorityError> {
    open_with(dir, Clock::system())
}

fn open_with(dir: &std::path::Path, clock: Clock) -> Result<CertificateAuthority, AuthorityError> {
    let (a, b) = (account("a@p"), account("b@p"));
    let accounts = [(&a, "A"), (&b, "B")];
    CertificateAuthority::open(
        StateDir::open(dir)?,
        accounts,
        Duration::from_secs(60),
        clock,
    )
}

fn issue(authority: &CertificateAuthority, name: &str) -> Result<MasterCertificate, NoCredential> {
    let key = MasterKey::new(account(name), &Seed::new([9; 32]));
    let request = key.request(MachineName::parse("vm").unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(authority.issue(request))
}

#[test]
fn a_restart_keeps_the_key_the_accounts_and_the_switches() {
    let dir = tempfile::tempdir().unwrap();
    let authority = open(dir.path()).unwrap();
    authority.set_disabled(&account("b@p"), true).unwrap();
    authority.create_account(account("c@p"), "later").unwrap();
    let (key_id, accounts) = (authority.authority_key_id(), authority.accounts());
    drop(authority);

    let authority = open(dir.path()).unwrap();
    assert_eq!(authority.authority_key_id(), key_id);
    assert_eq!(authority.accounts(), accounts);
    assert!(issue(&authority, "a@p").is_ok());
    assert_eq!(
        issue(&authority, "b@p").err(),
        Some(NoCredential::Disabled(account("b@p")))
    );
    assert_eq!(
        issue(&authority, "d@p").err(),
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
    let authority = open(dir.path()).unwrap();
    fs::remove_file(dir.path().join(DIRECTORY_FILE)).unwrap();
    fs::create_dir(dir.path().join(DIRECTORY_FILE)).unwrap();
    assert!(matches!(
        authority.set_disabled(&account("a@p"), true),
        Err(AuthorityError::State(_))
    ));
    assert!(issue(&authority, "a@p").is_ok());
}

#[test]
fn the_key_is_in_no_debug_output() {
    let dir = tempfile::tempdir().unwrap();
    let authority = open(dir.path()).unwrap();
    let file = fs::read_to_string(dir.path().join(AUTHORITY_FILE)).unwrap();
    let key = file.split('"').find(|word| word.len() == 64).unwrap();
    assert!(!format!("{authority:?}").contains(key));
}

/// A clock that a test turns in either direction.
fn turned() -> (Arc<AtomicU64>, Clock) {
    let now_s = Arc::new(AtomicU64::new(1_700_000_000));
    let read = Arc::clone(&now_s);
    let clock = Clock::new(move || Timestamp::from_unix_s(read.load(Ordering::SeqCst)));
    (now_s, clock)
}

#[test]
fn every_revocation_list_replaces_the_one_before_whatever_the_clock_does() {
    let dir = tempfile::tempdir().unwrap();
    let (now_s, clock) = turned();
    let authority = open_with(dir.path(), clock.clone()).unwrap();
    let list = |authority: &CertificateAuthority| {
        let roots = authority.root_keys().public().into_iter().collect();
        Crl::open(&authority.crl().0, &roots).unwrap()
    };
    let id = RevocationId::of_master;
    let mut before = list(&authority);
    let mut replaces = |after: Crl, what: &str| {
        assert_ne!(after, before, "{what}");
        assert_eq!(after.check_replaces(&before), Ok(()), "{what}");
        before = after;
    };
    authority.revoke(&[id(1)]).unwrap();
    replaces(list(&authority), "within a second");
    now_s.fetch_sub(3600, Ordering::SeqCst);
    authority.revoke(&[id(2)]).unwrap();
    replaces(list(&authority), "the clock was put back");
    drop(authority);
    let authority = open_with(dir.path(), clock).unwrap();
    replaces(list(&authority), "and the authority was restarted");
    now_s.fetch_add(2 * 3600, Ordering::SeqCst);
    replaces(list(&authority), "its time came");
    let last = list(&authority);
    assert!(last.contains(id(1)) && last.contains(id(2)));
}

#[test]
fn certificates_of_before_a_restart_are_still_listed_until_they_end() {
    let dir = tempfile::tempdir().unwrap();
    let (now_s, clock) = turned();
    let authority = open_with(dir.path(), clock.clone()).unwrap();
    issue(&authority, "a@p").unwrap();
    now_s.fetch_add(40, Ordering::SeqCst);
    issue(&authority, "b@p").unwrap();
    let issued = authority.issued(None);
    assert_eq!(issued.len(), 2);
    drop(authority);
    // As if somebody had written into it.
    let log = fs::OpenOptions::new()
        .append(true)
        .open(dir.path().join(ISSUED_LOG));
    std::io::Write::write_all(&mut log.unwrap(), b"# checked by me\n").unwrap();
    let authority = open_with(dir.path(), clock).unwrap();
    assert_eq!(authority.issued(None), issued);
    now_s.fetch_add(20, Ordering::SeqCst);
    assert_eq!(authority.issued(None), issued[1..]);
}

/// Roots come and go while ids are revoked: whatever order they come in, a list is signed by a root
/// that is published with it.
#[test]
fn roots_and_lists_that_change_at_once_stay_together() {
    let dir = tempfile::tempdir().unwrap();
    let authority = open(dir.path()).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..20 {
                authority.rotate_root(Duration::ZERO).unwrap();
                authority.retire_roots().unwrap();
            }
        });
        for thread in 0..3 {
            let authority = &authority;
            scope.spawn(move || {
                for serial in 0..20 {
                    let id = RevocationId::of_master(thread * 100 + serial);
                    authority.revoke(&[id]).unwrap();
                    assert!(authority.trust().crl().unwrap().contains(id));
                }
            });
        }
    });
    let trust = authority.trust();
    assert_eq!(authority.revoked().len(), 60);
    assert!(trust.roots().contains(trust.crl().unwrap().signer()));
}

#[test]
fn only_enabled_accounts_are_certified() {
    let root = RootKey::new(&Seed::new([1; 32]));
    let lifetime = Duration::from_secs(3600);
    let account: ServiceAccount = "svc@p.iam".parse().unwrap();
    let machine = MachineName::parse("vm").unwrap();
    let request = MasterKey::new(account.clone(), &Seed::new([2; 32])).request(machine);
    let mut directory = Directory::default();
    let now = Timestamp::from_unix_s(1000);
    let issue = |directory: &Directory| certificate(&root, &request, directory, lifetime, now, 7);

    assert_eq!(
        issue(&directory).err(),
        Some(NoCredential::Unknown(account.clone()))
    );
    directory.create(account.clone(), "", 1).unwrap();
    let certificate = issue(&directory).unwrap();
    assert_eq!(certificate.validity(), Validity::starting(now, lifetime));
    directory.set_disabled(&account, true).unwrap();
    assert_eq!(
        issue(&directory).err(),
        Some(NoCredential::Disabled(account))
    );
}

fn certify(authority: &CertificateAuthority, seed: u8) -> Result<MasterCertificate, NoCredential> {
    let key = MasterKey::new(account("a@p"), &Seed::new([seed; 32]));
    authority.certify(&key.request(MachineName::parse("vm").unwrap()), "")
}

#[test]
fn a_key_whose_certificate_was_revoked_is_never_certified_again_while_it_lives() {
    let dir = tempfile::tempdir().unwrap();
    let (now_s, clock) = turned();
    let authority = open_with(dir.path(), clock.clone()).unwrap();
    let certificate = certify(&authority, 5).unwrap();
    authority.revoke(&[certificate.revocation_id()]).unwrap();
    let refused = |authority: &CertificateAuthority| {
        let refused = certify(authority, 5).unwrap_err().to_string();
        assert!(
            refused.contains("a certificate of this key was revoked"),
            "{refused}"
        );
        certify(authority, 6).unwrap();
    };
    refused(&authority);
    drop(authority);
    let authority = open_with(dir.path(), clock).unwrap();
    now_s.fetch_add(59, Ordering::SeqCst);
    refused(&authority);
}

#[test]
fn the_list_and_its_file_forget_what_has_ended_everywhere() {
    let dir = tempfile::tempdir().unwrap();
    let (now_s, clock) = turned();
    let authority = open_with(dir.path(), clock).unwrap();
    let first = certify(&authority, 5).unwrap().revocation_id();
    authority.revoke(&[first]).unwrap();
    let longest = fs::metadata(dir.path().join(REVOCATIONS_FILE))
        .unwrap()
        .len();
    for round in 6..40 {
        // A certificate lives for a minute, and clocks differ by five at most.
        now_s.fetch_add(700, Ordering::SeqCst);
        let id = certify(&authority, round).unwrap().revocation_id();
        authority.revoke(&[id]).unwrap();
        assert_eq!(authority.revoked(), [id]);
        let len = fs::metadata(dir.path().join(REVOCATIONS_FILE))
            .unwrap()
            .len();
        assert!(len <= longest + 16, "{len} bytes after {longest}");
    }
    assert!(!authority.trust().crl().unwrap().contains(first));
}
