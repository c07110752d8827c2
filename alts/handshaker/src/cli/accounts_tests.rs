//! Tests of `accounts.rs`.

use super::*;

fn accounts() -> Vec<Account> {
    let account = |email: &str, disabled| Account {
        email: email.to_owned(),
        unique_id: "100000000000000000001".to_owned(),
        display_name: String::new(),
        disabled,
    };
    vec![account("a@p", false), account("longer@p", true)]
}

#[test]
fn a_list_is_a_table_with_aligned_columns() {
    let table = render_list(&accounts(), Output::Table).unwrap();
    let expected = "EMAIL     STATE     UNIQUE ID              DISPLAY NAME\n\
                        a@p       enabled   100000000000000000001\n\
                        longer@p  disabled  100000000000000000001\n";
    assert_eq!(table, expected);
}

#[test]
fn json_has_iams_field_names() {
    let json = render_list(&accounts()[1..], Output::Json).unwrap();
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        value,
        serde_json::json!([{
            "email": "longer@p", "uniqueId": "100000000000000000001", "displayName": "", "disabled": true,
        }])
    );
}
