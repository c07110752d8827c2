//! Tests of `exit.rs`.

use super::*;

#[test]
fn each_status_ends_with_the_exit_code_that_the_manual_promises() {
    for raw in 0..=16 {
        let code = Code::from_i32(raw);
        let expected = match raw {
            0 => Exit::Done,
            3 | 5 | 6 | 7 | 9 | 10 | 11 => Exit::Refused,
            _ => Exit::Failed,
        };
        assert_eq!(Exit::of(code), expected, "{code:?}");
    }
}

#[test]
fn the_table_lists_every_code_once_in_order() {
    let codes: Vec<u8> = TABLE.iter().map(|(exit, _)| *exit as u8).collect();
    assert_eq!(codes, [0, 1, 2, 3]);
}
