//! Tests of `client.rs`.

use super::*;

#[test]
fn times_read_as_in_rfc_3339() {
    for (unix_s, expected) in [
        (0, "1970-01-01T00:00:00Z"),
        (951_782_400, "2000-02-29T00:00:00Z"),
        (1_717_239_045, "2024-06-01T10:50:45Z"),
        (4_107_542_399, "2100-02-28T23:59:59Z"),
        (4_107_542_400, "2100-03-01T00:00:00Z"),
    ] {
        assert_eq!(time(unix_s), expected);
    }
}
