//! What the hospital has: kept whole, changed by version, seen by every server at once.

use booking_domain::{EquipmentUnit, ProcedureType, Site, Staff, Theatre, testing};
use booking_store::{Seed, StoreError};

use crate::ground::{Ground, insert, write};

pub(crate) async fn what_the_hospital_has_is_read_back_as_it_was_put(ground: Ground) {
    let store = ground.hospital().await;
    let (read, put) = (store.hospital().await.unwrap(), testing::hospital());
    assert_eq!(read.sites, put.sites);
    assert_eq!(read.theatres, put.theatres);
    assert_eq!(read.staff, put.staff);
    assert_eq!(read.units, put.units);
    assert_eq!(read.procedure_types, put.procedure_types);
    assert!(
        put.reasons
            .keys()
            .all(|code| read.reasons.contains_key(code))
    );
    assert!(
        read.reasons.len() > put.reasons.len(),
        "no reasons to begin with"
    );
}

pub(crate) async fn a_thing_is_changed_in_the_version_that_was_read(ground: Ground) {
    let store = ground.hospital().await;
    let before = store.hospital().await.unwrap();
    let theatre = before.theatres.values().next().unwrap().clone();
    let renamed = |version| Theatre {
        version,
        name: format!("Renamed {version}"),
        ..theatre.clone()
    };
    let put = async |theatre: Theatre| {
        store
            .write(theatre, |theatre, tx| Box::pin(tx.put(theatre)))
            .await
    };
    put(renamed(2)).await.unwrap();
    for late in [2, 5] {
        let refused = put(renamed(late)).await;
        assert!(matches!(refused, Err(StoreError::Stale(_))), "{refused:?}");
    }
    let refused = put(renamed(1)).await;
    assert!(matches!(refused, Err(StoreError::Exists(_))), "{refused:?}");
    let after = store.hospital().await.unwrap();
    assert_eq!(after.theatres[&theatre.id].name, "Renamed 2");
    assert!(after.revision > before.revision);
    // What was handed out does not change.
    assert_eq!(before.theatres[&theatre.id].name, theatre.name);

    // Nor may it be removed in a version that is not its own.
    let id = testing::theatre_id("OT-3");
    let remove = async |version| {
        let command = (id.clone(), version);
        store
            .write(command, |(id, version), tx| {
                Box::pin(tx.delete::<Theatre>(id, *version))
            })
            .await
    };
    assert!(matches!(remove(2).await, Err(StoreError::Stale(_))));
    remove(1).await.unwrap();
    assert!(!store.hospital().await.unwrap().theatres.contains_key(&id));
}

pub(crate) async fn what_is_referred_to_cannot_be_removed(ground: Ground) {
    let store = ground.hospital().await;
    let case = testing::with(
        testing::scheduled("c", "OT-1", "2026-06-01T09:00"),
        |details| {
            details.units = vec![testing::unit_id("CA-1")];
        },
    );
    insert(&store, vec![case]).await.unwrap();
    let theatre = write(&store, |tx| {
        Box::pin(async { tx.delete::<Theatre>(&testing::theatre_id("OT-1"), 1).await })
    });
    assert!(matches!(theatre.await, Err(StoreError::InUse(_))));
    let staff = write(&store, |tx| {
        Box::pin(async { tx.delete::<Staff>(&testing::staff_id("DC-1"), 1).await })
    });
    assert!(matches!(staff.await, Err(StoreError::InUse(_))));
    let unit = write(&store, |tx| {
        Box::pin(async {
            tx.delete::<EquipmentUnit>(&testing::unit_id("CA-1"), 1)
                .await
        })
    });
    assert!(matches!(unit.await, Err(StoreError::InUse(_))));
    let kind = write(&store, |tx| {
        Box::pin(async {
            tx.delete::<ProcedureType>(&testing::procedure_type_id("hernia"), 1)
                .await
        })
    });
    assert!(matches!(kind.await, Err(StoreError::InUse(_))));
    let site = write(&store, |tx| {
        Box::pin(async {
            let site = tx.hospital().await?.sites.keys().next().cloned();
            tx.delete::<Site>(&site.unwrap(), 1).await
        })
    });
    assert!(matches!(site.await, Err(StoreError::InUse(_))));
    write(&store, |tx| {
        Box::pin(async {
            tx.delete::<EquipmentUnit>(&testing::unit_id("CA-2"), 1)
                .await
        })
    })
    .await
    .unwrap();
}

pub(crate) async fn every_store_of_a_database_sees_the_hospital_as_it_is_now(ground: Ground) {
    let here = ground.open(Seed::Article).await;
    let there = ground.another(&here).await;
    for version in 2..6 {
        let (writer, reader) = if version % 2 == 0 {
            (&here, &there)
        } else {
            (&there, &here)
        };
        let site = reader
            .hospital()
            .await
            .unwrap()
            .sites
            .values()
            .next()
            .unwrap()
            .clone();
        let renamed = Site {
            version,
            name: format!("Name {version}"),
            ..site
        };
        writer
            .write(renamed.clone(), |site, tx| {
                Box::pin(async move {
                    tx.put(site).await?;
                    // Seen at once by whoever shares the transaction.
                    let seen = tx.hospital().await?;
                    assert_eq!(seen.sites[&site.id].name, site.name);
                    Ok::<_, StoreError>(())
                })
            })
            .await
            .unwrap();
        let seen = reader.hospital().await.unwrap();
        assert_eq!(seen.sites[&renamed.id], renamed);
    }
}
