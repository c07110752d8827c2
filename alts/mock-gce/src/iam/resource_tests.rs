//! Tests of `resource.rs`.

use super::*;

fn account(name: &str) -> Account {
    Account {
        email: name.parse().unwrap(),
        unique_id: format!("1{}", name.len()),
        display_name: String::new(),
        description: String::new(),
        disabled: false,
    }
}

#[test]
fn what_is_empty_is_left_out_and_every_change_has_its_etag() {
    let plain = account("svc@p");
    let json = to_json("p", &plain);
    let etag = json["etag"].as_str().unwrap().to_owned();
    assert_eq!(
        json,
        json!({
            "name": "projects/p/serviceAccounts/svc@p", "projectId": "p", "uniqueId": "15",
            "email": "svc@p", "etag": etag, "oauth2ClientId": "15",
        })
    );
    let disabled = Account {
        disabled: true,
        ..plain.clone()
    };
    let named = Account {
        display_name: "S".into(),
        ..plain
    };
    assert_eq!(to_json("p", &disabled)["disabled"], true);
    assert_eq!(to_json("p", &named)["displayName"], "S");
    assert_ne!(to_json("p", &disabled)["etag"], etag);
    assert_ne!(to_json("p", &named)["etag"], etag);
}

#[test]
fn an_account_id_follows_iams_rule() {
    let parse = |id: &str| Creation::parse(json!({ "accountId": id }).to_string().as_bytes());
    for good in ["svc-01", "prod-ot-booking-svc", &"a".repeat(30)] {
        assert!(parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "svc-1",
        &"a".repeat(31),
        "1svc-01",
        "svc-01-",
        "Svc-01",
        "svc 01",
        "svc.01",
    ] {
        let error = parse(bad).unwrap_err();
        assert_eq!(
            (error.code, error.status),
            (400, "INVALID_ARGUMENT"),
            "{bad}"
        );
    }
    for body in ["", "[]", "{\"accountId\": 1}", "{"] {
        assert_eq!(
            Creation::parse(body.as_bytes()).unwrap_err().code,
            400,
            "{body}"
        );
    }
}
