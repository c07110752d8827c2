//! Tests of `tokens.rs`.

use super::*;

#[test]
fn a_token_opens_for_its_purpose_under_its_key_and_not_otherwise() {
    let tokens = Tokens::new(b"key");
    let token = tokens.seal("ListCases", b"payload");
    assert_eq!(tokens.open("ListCases", &token), Ok(b"payload".to_vec()));
    assert_eq!(tokens.open("ListStaff", &token), Err(InvalidToken));
    assert_eq!(
        Tokens::new(b"other").open("ListCases", &token),
        Err(InvalidToken)
    );
}

#[test]
fn a_token_with_any_bit_altered_or_any_part_missing_does_not_open() {
    let tokens = Tokens::new(b"key");
    let token = tokens.seal("p", b"payload");
    for at in 0..token.len() {
        assert_eq!(tokens.open("p", &token[..at]), Err(InvalidToken));
        for other in "AZaz09-_=+ /é".chars() {
            let altered = format!("{}{other}{}", &token[..at], &token[at + 1..]);
            let same = altered == token;
            assert_eq!(tokens.open("p", &altered).is_ok(), same, "{altered}");
        }
    }
    assert_eq!(
        tokens.open("p", &"A".repeat(MAX_TOKEN_BYTES + 1)),
        Err(InvalidToken)
    );
}
