//! Bytes as hexadecimal digits. Some of them are keys: no copy is left behind.

use base16ct::{lower, mixed};
use zeroize::Zeroizing;

/// Lower-case digits.
pub fn hex(bytes: &[u8]) -> String {
    lower::encode_string(bytes)
}

/// `None`: an odd number of digits, or something that is none.
pub fn unhex(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    mixed::decode_vec(digits).ok().map(Zeroizing::new)
}

#[cfg(test)]
#[path = "hex_tests.rs"]
mod tests;
