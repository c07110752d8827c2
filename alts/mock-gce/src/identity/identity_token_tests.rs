//! Tests of `identity_token.rs`.

use super::*;

fn vm() -> Vm {
    Vm {
        email: "svc@p.iam.gserviceaccount.com".into(),
        unique_id: "100000000000000000001".into(),
        instance_id: 42,
        instance_name: "vm".into(),
        created_at_s: 1000,
        project_id: "p".into(),
        project_number: 7,
        zone: "us-central1-a".into(),
    }
}

#[test]
fn a_full_token_tells_of_the_vm_and_a_standard_one_does_not() {
    let claims = |format, licenses| claims(&vm(), "https://a", format, licenses, 2000);
    assert_eq!(
        claims(Format::Standard, true),
        json!({
            "aud": "https://a", "azp": "100000000000000000001", "exp": 5600, "iat": 2000,
            "iss": "https://accounts.google.com", "sub": "100000000000000000001",
        })
    );
    let full = claims(Format::Full, false);
    assert_eq!(full["email"], "svc@p.iam.gserviceaccount.com");
    assert_eq!(full["email_verified"], true);
    assert_eq!(
        full["google"],
        json!({ "compute_engine": {
                "instance_creation_timestamp": 1000, "instance_id": "42", "instance_name": "vm",
                "project_id": "p", "project_number": 7, "zone": "us-central1-a",
            } })
    );
    let licensed = claims(Format::Full, true);
    assert_eq!(
        licensed["google"]["compute_engine"]["license_id"],
        json!([])
    );
}
