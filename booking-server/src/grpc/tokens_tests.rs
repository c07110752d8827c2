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

#[test]
fn a_value_comes_back_and_what_another_version_has_sealed_does_not() {
    let tokens = Tokens::new(b"key");
    let token = tokens.seal_value("p", &("S-1", 7));
    let opened = tokens.open_value("p", &token);
    assert_eq!(opened, Ok(("S-1".to_owned(), 7)));
    // Where a key was once sealed as protobuf.
    let older = tokens.seal("p", b"\x0a\x03S-1");
    assert_eq!(tokens.open_value::<String>("p", &older), Err(InvalidToken));
}
