//! Tests of `page.rs`.

use super::*;

fn account(name: &str) -> Account {
    Account {
        email: name.parse().unwrap(),
        unique_id: "1".to_owned(),
        display_name: String::new(),
        description: String::new(),
        disabled: false,
    }
}

#[test]
fn pages_follow_each_other_and_hold_every_account_once() {
    let accounts: Vec<Account> = (0..250).map(|n| account(&format!("a{n:03}@p"))).collect();
    for (size, pages) in [
        (None, 13),
        (Some("1000"), 3),
        (Some("100"), 3),
        (Some("250"), 3),
    ] {
        let (mut token, mut seen, mut count) = (String::new(), Vec::new(), 0);
        loop {
            let (page, next) = page(&accounts, size, Some(&token)).unwrap();
            seen.extend(page);
            count += 1;
            token = next;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!((seen, count), (accounts.clone(), pages), "{size:?}");
    }
    // A page that ends with the last account is the last.
    assert_eq!(page(&accounts[..20], None, None).unwrap().1, "");
    assert!(page(&accounts, Some("many"), None).is_err());
    assert!(page(&accounts, Some("-1"), None).is_err());
    assert!(page(&accounts, None, Some("!")).is_err());
}
