//! Tests of `access.rs`.

use super::*;

fn grant(bearer: Bearer, scope: &str) -> Grant {
    Grant {
        bearer,
        scopes: vec![scope.to_owned()],
        expires_at_s: u64::MAX,
    }
}

#[test]
fn token_scope_and_role_are_asked_for_in_this_order() {
    let text = "project = \"p\"\n\
            [[machine]]\nname = \"vm\"\naddress = \"10.128.0.2\"\nservice_account = \"none@p\"\n\
            [[account]]\nemail = \"viewer@p\"\nroles = [\"roles/iam.serviceAccountViewer\"]\n\
            [[account]]\nemail = \"admin@p\"\nroles = [\"roles/iam.serviceAccountAdmin\"]\n";
    let config = Config::parse(text, "c.toml").unwrap();
    let account = |name: &str| Bearer::Account(format!("{name}@p").parse().unwrap());
    let mail = "https://www.googleapis.com/auth/userinfo.email";
    let cases = [
        (None, Method::List, None, Some((401, "CREDENTIALS_MISSING"))),
        (
            Some("Basic x"),
            Method::List,
            None,
            Some((401, "CREDENTIALS_MISSING")),
        ),
        (
            Some("Bearer "),
            Method::List,
            None,
            Some((401, "CREDENTIALS_MISSING")),
        ),
        (
            Some("Bearer x"),
            Method::List,
            None,
            Some((401, "ACCESS_TOKEN_EXPIRED")),
        ),
        (
            Some("bearer x"),
            Method::Delete,
            Some(grant(Bearer::Operator, IAM_SCOPE)),
            None,
        ),
        (
            Some("Bearer x"),
            Method::List,
            Some(grant(account("admin"), mail)),
            Some((403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")),
        ),
        (
            Some("Bearer x"),
            Method::Get,
            Some(grant(account("none"), CLOUD_PLATFORM)),
            Some((403, "IAM_PERMISSION_DENIED")),
        ),
        (
            Some("Bearer x"),
            Method::Get,
            Some(grant(account("viewer"), CLOUD_PLATFORM)),
            None,
        ),
        (
            Some("Bearer x"),
            Method::Disable,
            Some(grant(account("viewer"), CLOUD_PLATFORM)),
            Some((403, "IAM_PERMISSION_DENIED")),
        ),
        (
            Some("Bearer x"),
            Method::Disable,
            Some(grant(account("admin"), IAM_SCOPE)),
            None,
        ),
    ];
    for (authorization, method, worth, refusal) in cases {
        let checked = check(
            &config,
            method,
            authorization,
            |_| worth.clone(),
            "projects/p",
        );
        let seen = checked.err().map(|error| {
            let reason = error.details[0]["reason"].as_str().unwrap().to_owned();
            (error.code, reason)
        });
        let refusal = refusal.map(|(code, reason)| (code, reason.to_owned()));
        assert_eq!(seen, refusal, "{authorization:?} {method:?}");
    }
}
