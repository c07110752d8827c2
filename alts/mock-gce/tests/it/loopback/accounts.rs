//! The admin service over gRPC.

use alts_authority::proto::admin::{
    Account, CreateAccountRequest, DisableAccountRequest, EnableAccountRequest,
    ListAccountsRequest, accounts_client::AccountsClient,
};
use tonic::{Code, transport::Channel};

use super::{support::*, world::*};

async fn admin(world: &World) -> AccountsClient<Channel> {
    AccountsClient::connect(format!("http://{}", world.mock.admin))
        .await
        .unwrap()
}

async fn list(admin: &mut AccountsClient<Channel>) -> Vec<Account> {
    admin
        .list_accounts(ListAccountsRequest {})
        .await
        .unwrap()
        .into_inner()
        .accounts
}

#[tokio::test]
async fn accounts_are_listed_created_disabled_and_enabled() {
    let world = World::start().await;
    let mut admin = admin(&world).await;
    let create = CreateAccountRequest {
        email: "new@p.iam".to_owned(),
        display_name: "New".to_owned(),
    };
    let created = admin
        .create_account(create.clone())
        .await
        .unwrap()
        .into_inner();
    assert_eq!(
        (created.display_name.as_str(), created.disabled),
        ("New", false)
    );
    let again = admin.create_account(create).await.unwrap_err();
    assert_eq!(again.code(), Code::AlreadyExists);

    let email = "new@p.iam".to_owned();
    let disable = DisableAccountRequest {
        email: email.clone(),
    };
    let first = admin
        .disable_account(disable.clone())
        .await
        .unwrap()
        .into_inner();
    let second = admin.disable_account(disable).await.unwrap().into_inner();
    assert_eq!((first.changed, second.changed), (true, false));
    let emails: Vec<(String, bool)> = list(&mut admin)
        .await
        .into_iter()
        .map(|account| (account.email, account.disabled))
        .collect();
    assert_eq!(
        emails,
        [
            (CLIENT.to_owned(), false),
            ("new@p.iam".to_owned(), true),
            (SERVER.to_owned(), false)
        ]
    );
    let enabled = admin
        .enable_account(EnableAccountRequest { email })
        .await
        .unwrap()
        .into_inner();
    assert!(!enabled.account.unwrap().disabled);
}

#[tokio::test]
async fn what_is_not_an_account_is_refused_by_its_name() {
    let world = World::start().await;
    let mut admin = admin(&world).await;
    let cases = [
        ("servr@p.iam", Code::NotFound, "did you mean server@p.iam?"),
        ("", Code::InvalidArgument, "missing"),
        ("a b", Code::InvalidArgument, "cannot be part"),
    ];
    for (email, code, cause) in cases {
        let email = email.to_owned();
        let status = admin
            .disable_account(DisableAccountRequest { email })
            .await
            .unwrap_err();
        assert_eq!(status.code(), code);
        assert!(status.message().contains(cause), "{}", status.message());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_at_once_are_all_kept() {
    let world = World::start().await;
    let admin = admin(&world).await;
    let mut running = tokio::task::JoinSet::new();
    for i in 0..40 {
        let mut admin = admin.clone();
        running.spawn(async move {
            let email = format!("svc-{i}@p.iam");
            admin
                .create_account(CreateAccountRequest {
                    email,
                    display_name: String::new(),
                })
                .await
                .unwrap();
        });
    }
    running.join_all().await;
    drop(admin);
    let world = world.restarted().await;
    let mut admin = AccountsClient::connect(format!("http://{}", world.mock.admin))
        .await
        .unwrap();
    assert_eq!(list(&mut admin).await.len(), 42);
}
