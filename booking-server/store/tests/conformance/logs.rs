//! The audit and its chain, and the memory of answers.

use std::time::Duration;

use booking_domain::testing;
use booking_store::{
    AuditCondition, AuditQuery, AuditRecord, FieldChange, OpenOptions, Outcome, Seed, Store,
    StoredResponse,
};
use jiff::Timestamp;

use crate::ground::{Ground, insert, write};

pub(crate) fn record(method: &str, account: &str, outcome: Outcome) -> AuditRecord {
    AuditRecord {
        at: testing::at("2026-06-01T09:00:00.123456789Z"),
        method: format!("ot.v1.CaseService/{method}"),
        resource: "cases/c".to_owned(),
        account: account.to_owned(),
        transport: "alts".to_owned(),
        person: "anna".to_owned(),
        request_id: String::new(),
        etag_before: "\"v1\"".to_owned(),
        etag_after: "\"v2\"".to_owned(),
        changes: vec![FieldChange {
            field: "notes".to_owned(),
            before: "a \"quoted\"\nline".to_owned(),
            after: "Ö\u{1f600}".to_owned(),
        }],
        reason: "NO_BED".to_owned(),
        outcome,
    }
}

async fn page(store: &Store, query: AuditQuery) -> Vec<(u64, String)> {
    let mut read = store.read().await.unwrap();
    let events = read.audit_page(&query).await.unwrap();
    events
        .into_iter()
        .map(|event| (event.sequence, event.record.account))
        .collect()
}

pub(crate) async fn the_audit_is_chained_and_read_newest_first(ground: Ground) {
    let store = ground.open(Seed::None).await;
    assert_eq!(store.verify_audit().await.unwrap().events, 0);
    for (number, account) in ["a@x", "b@x", "a@x", "c@x"].into_iter().enumerate() {
        let outcome = if number == 1 {
            Outcome::Denied
        } else {
            Outcome::Ok
        };
        store
            .audit(record("GetCase", account, outcome))
            .await
            .unwrap();
    }
    let all = AuditQuery {
        limit: 10,
        ..AuditQuery::default()
    };
    let newest_first = [(4, "c@x"), (3, "a@x"), (2, "b@x"), (1, "a@x")];
    assert_eq!(
        page(&store, all.clone()).await,
        newest_first.map(|(n, who)| (n, who.to_owned()))
    );
    let only = |condition| AuditQuery {
        conditions: vec![condition],
        ..all.clone()
    };
    let by = only(AuditCondition::AccountIs("a@x".to_owned()));
    assert_eq!(page(&store, by).await.len(), 2);
    assert_eq!(
        page(&store, only(AuditCondition::OutcomeIs(Outcome::Denied))).await[0].0,
        2
    );
    assert_eq!(
        page(&store, only(AuditCondition::ResourceIs("cases/d".into()))).await,
        []
    );
    let older = AuditQuery {
        before: Some(3),
        limit: 1,
        ..AuditQuery::default()
    };
    assert_eq!(page(&store, older).await, [(2, "b@x".to_owned())]);

    let report = store.verify_audit().await.unwrap();
    assert_eq!((report.events, report.broken), (4, None));
    let mut read = store.read().await.unwrap();
    let newest = read
        .audit_page(&AuditQuery {
            limit: 1,
            ..AuditQuery::default()
        })
        .await
        .unwrap();
    assert_eq!(newest[0].hash, report.head);
    let mut expected = record("GetCase", "c@x", Outcome::Ok);
    expected.at = testing::at("2026-06-01T09:00:00.123456Z");
    assert_eq!(newest[0].record, expected);
}

pub(crate) async fn the_audit_cannot_be_changed_or_shortened(ground: Ground) {
    let store = ground.open(Seed::None).await;
    for account in ["a@x", "b@x", "c@x"] {
        store
            .audit(record("GetCase", account, Outcome::Ok))
            .await
            .unwrap();
    }
    for sql in [
        "update audit_event set account = 'z@x' where seq = 2",
        "delete from audit_event where seq = 3",
    ] {
        let refused = ground.tamper(sql).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    // Somebody who owns the database can drop the rule; the chain still tells.
    let drop_rules = match ground {
        Ground::Sqlite(_) => {
            "drop trigger audit_event_no_update; drop trigger audit_event_no_delete;"
        }
        Ground::Postgres(_) => "drop trigger audit_event_no_change on audit_event;",
    };
    ground.tamper(drop_rules).await.unwrap();
    let table = [
        ("update audit_event set account = 'z@x' where seq = 2", 2),
        ("update audit_event set account = 'b@x' where seq = 2", 0),
        ("update audit_event set at_us = at_us + 1 where seq = 1", 1),
        ("update audit_event set at_us = at_us - 1 where seq = 1", 0),
        ("update audit_event set changes = '[]' where seq = 3", 3),
        ("delete from audit_event where seq = 3", 3),
        ("delete from audit_event where seq = 1", 1),
    ];
    for (sql, broken) in table {
        ground.tamper(sql).await.unwrap();
        let report = store.verify_audit().await.unwrap();
        let place = report.broken.map_or(0, |(place, _)| place);
        assert_eq!(place, broken, "{sql}");
        let found = store.examine().await.unwrap();
        assert_eq!(
            found.iter().any(|it| it.kind == "AUDIT_BROKEN"),
            broken != 0,
            "{sql}"
        );
    }
}

pub(crate) async fn an_answer_is_remembered_by_whom_it_was_for(ground: Ground) {
    let store = ground.open(Seed::None).await;
    let answer = StoredResponse {
        method: "CreateCase".to_owned(),
        request_hash: [7; 32],
        response: vec![0, 1, 255],
        at: testing::at("2026-06-01T09:00"),
    };
    let remember = async |who: &'static str| {
        let command = (who, answer.clone());
        store
            .write(command, |(who, answer), tx| {
                Box::pin(async move {
                    tx.remember(who, "r-1", answer.clone());
                    Ok::<_, booking_store::StoreError>(())
                })
            })
            .await
    };
    remember("anna").await.unwrap();
    let ask = async |who, id| store.read().await.unwrap().request(who, id).await.unwrap();
    assert_eq!(ask("anna", "r-1").await, Some(answer.clone()));
    assert_eq!(ask("bert", "r-1").await, None);
    assert_eq!(ask("anna", "r-2").await, None);
    remember("bert").await.unwrap();
    assert!(remember("anna").await.is_err(), "remembered twice");
}

pub(crate) async fn old_changes_and_answers_are_forgotten(ground: Ground) {
    let store = ground.hospital().await;
    insert(&store, vec![testing::requested("old")])
        .await
        .unwrap();
    let old = store.read().await.unwrap().position().await.unwrap();
    ground
        .tamper("update change_log set at_us = 0")
        .await
        .unwrap();
    insert(&store, vec![testing::requested("new")])
        .await
        .unwrap();
    write(&store, |tx| {
        Box::pin(async {
            tx.remember(
                "anna",
                "r-1",
                StoredResponse {
                    method: String::new(),
                    request_hash: [0; 32],
                    response: Vec::new(),
                    at: Timestamp::UNIX_EPOCH,
                },
            );
            Ok(())
        })
    })
    .await
    .unwrap();

    let options = OpenOptions {
        keep_changes: Duration::from_secs(60),
        ..OpenOptions::default()
    };
    store.prune(&options).await.unwrap();
    assert!(
        store.changes_since(old - 1, 10).await.is_err(),
        "an old change is still there"
    );
    assert_eq!(store.changes_since(old, 10).await.unwrap().len(), 1);
    assert_eq!(
        store
            .read()
            .await
            .unwrap()
            .request("anna", "r-1")
            .await
            .unwrap(),
        None
    );
    assert_eq!(store.examine().await.unwrap(), []);
}
