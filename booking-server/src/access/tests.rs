//! What roles may, what access files say, and that a new file is followed.

use std::{fs, time::Duration};

use tokio::{sync::watch, time::timeout};

use super::{methods::METHODS, *};
use crate::testing::PATIENCE;

const ACCOUNT: &str = "web@p.iam.gserviceaccount.com";

#[test]
fn grants_widen_by_union_and_narrow_by_intersection() {
    let own = Grants::NONE.with(Permission::CasesSchedule, Scope::Own);
    let any = Grants::NONE.with(Permission::CasesSchedule, Scope::Any);
    let scope = |grants: Grants| grants.scope(Permission::CasesSchedule);
    assert_eq!(scope(own.union(any)), Some(Scope::Any));
    assert_eq!(scope(own.intersection(any)), Some(Scope::Own));
    assert_eq!(scope(own.intersection(Grants::NONE)), None);
}

#[test]
fn names_of_roles_and_permissions_are_read_back() {
    for role in Role::ALL {
        assert_eq!(role.as_str().parse(), Ok(role));
    }
    for permission in Permission::ALL {
        assert_eq!(permission.as_str().parse(), Ok(*permission));
    }
}

#[test]
fn nobody_but_an_admin_sets_the_hospital_up_and_an_admin_moves_no_case() {
    for role in Role::ALL {
        let may = |permission| role.grants().scope(permission).is_some();
        assert_eq!(
            may(Permission::HospitalWrite),
            role == Role::Admin,
            "{role}"
        );
        assert_eq!(may(Permission::AuditRead), role == Role::Auditor, "{role}");
        assert_eq!(
            may(Permission::BookingInfoGet),
            role == Role::Legacy,
            "{role}"
        );
    }
    let admin = Role::Admin.grants();
    for clinical in [
        Permission::CasesRequest,
        Permission::CasesSchedule,
        Permission::CasesWithdraw,
        Permission::CasesRecord,
        Permission::PatientsRead,
    ] {
        assert_eq!(admin.scope(clinical), None, "{clinical}");
    }
}

#[test]
fn the_table_for_people_has_every_method_and_every_role() {
    let table = role_table();
    for method in METHODS {
        assert!(table.contains(method.name), "{}", method.name);
    }
    assert!(table.starts_with("method"));
    assert_eq!(table.lines().count(), METHODS.len() + 1);
}

#[test]
fn an_access_file_says_who_may_what() {
    let policy = parse(&format!(
        "[accounts.\"{ACCOUNT}\"]\nroles = [\"coordinator\"]\nact_as = true\n\
         [people.anna]\nroles = [\"surgeon\"]\npermissions = [\"cases.record\"]\nstaff = \"DC-3904\"\n"
    ))
    .unwrap();
    let anna = policy.caller(ACCOUNT, Some("anna")).unwrap();
    assert_eq!(anna.author(), "anna");
    assert_eq!(
        anna.staff.as_ref().map(|staff| staff.as_str()),
        Some("DC-3904")
    );
    // Hers alone, though the account may for anything.
    assert_eq!(anna.scope(Permission::CasesSchedule), Ok(Scope::Own));
    assert!(anna.may(Permission::CasesRecord));
    // The account's and not hers.
    assert!(anna.scope(Permission::EmergencyPlan).is_err());
    let nobody = policy.caller(ACCOUNT, Some("bert")).unwrap();
    assert_eq!(nobody.grants, Grants::NONE);
    assert_eq!(policy.caller("other@p", None), Err(Stranger::Account));
    let own = parse("[accounts.\"a@b\"]\nroles = [\"viewer\"]").unwrap();
    assert_eq!(own.caller("a@b", Some("anna")), Err(Stranger::MayNotActAs));
}

#[test]
fn what_is_no_access_file_is_refused_with_its_line_and_what_to_write() {
    let table = [
        (
            "[accounts.\"a@b\"]\nroles = [\"chief\"]",
            "line 2",
            "kiosk, viewer",
        ),
        (
            "\n[people.a]\npermissions = [\"all\"]",
            "line 3",
            "cases.read",
        ),
        ("[people.a]\nact_as = true", "line 2", "only accounts"),
        ("[people.a]\nrole = [\"viewer\"]", "line 2", "unknown field"),
        ("[people.\"\"]\nroles = []", "line 1", "128"),
        ("[accounts.\"a b\"]\nroles = []", "line 1", ""),
        ("[people.a]\nstaff = \"\"", "line 2", "is empty"),
        ("accounts = 3", "line 1", ""),
        ("[people.a", "line 1", ""),
    ];
    for (text, line, words) in table {
        let error = parse(text).unwrap_err().to_string();
        assert!(
            error.starts_with(line) && error.contains(words),
            "{text}: {error}"
        );
    }
}

#[test]
fn accounts_of_the_command_line_may_ask_the_article_s_question_unless_the_file_says_more() {
    let legacy = ["a@b".parse().unwrap(), "c@d".parse().unwrap()];
    let file = parse("[accounts.\"a@b\"]\nroles = [\"viewer\"]").unwrap();
    let policy = file.with_legacy(&legacy);
    let caller = |account| policy.caller(account, None).unwrap();
    assert!(caller("c@d").may(Permission::BookingInfoGet));
    assert!(!caller("a@b").may(Permission::BookingInfoGet));
    assert!(caller("a@b").may(Permission::CasesRead));
}

/// A file that is followed; the sender stands for SIGHUP.
async fn followed(text: &str) -> (tempfile::TempDir, Gatekeeper, watch::Sender<()>) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("access.toml");
    fs::write(&path, text).unwrap();
    let (file, policy) = AccessFile::open(path, Vec::new()).unwrap();
    let gatekeeper = Gatekeeper::new(policy);
    let (hang_up, hang_ups) = watch::channel(());
    tokio::spawn(file.follow(gatekeeper.clone(), hang_ups));
    (directory, gatekeeper, hang_up)
}

#[tokio::test]
async fn a_file_that_changes_is_followed_and_a_broken_one_changes_nothing() {
    let (directory, gatekeeper, hang_up) = followed("[accounts.\"a@b\"]\nroles = []").await;
    let path = directory.path().join("access.toml");
    let mut changes = gatekeeper.subscribe();

    fs::write(&path, "[accounts.\"c@d\"]\nroles = [").unwrap();
    hang_up.send(()).unwrap();
    let changed = timeout(Duration::from_millis(200), changes.changed()).await;
    assert!(changed.is_err(), "a broken file was taken");
    assert!(gatekeeper.policy().knows("a@b"));

    // Without a signal: by the poll.
    fs::write(&path, "[accounts.\"c@d\"]\nroles = [\"viewer\"]").unwrap();
    timeout(PATIENCE, changes.changed()).await.unwrap().unwrap();
    assert!(gatekeeper.policy().knows("c@d") && !gatekeeper.policy().knows("a@b"));
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let error = AccessFile::open("/no/such.toml".into(), Vec::new()).unwrap_err();
    assert!(error.to_string().contains("/no/such.toml"), "{error}");
}
