//! Tests of `hex.rs`.

use super::*;

#[test]
fn digits_are_read_as_they_are_written_and_nothing_else_is() {
    let bytes: Vec<u8> = (0..=255).collect();
    let digits = hex(&bytes);
    assert!(digits.starts_with("000102") && digits.ends_with("fdfeff"));
    assert_eq!(unhex(&digits).unwrap().as_slice(), bytes);
    assert_eq!(unhex("FF").unwrap().as_slice(), [0xff]);
    for bad in ["0", "0g", "é", "+1", " 1"] {
        assert_eq!(unhex(bad), None, "{bad}");
    }
}
