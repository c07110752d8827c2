//! Bytes as hexadecimal digits. Some of them are keys: no copy is left behind.

use zeroize::Zeroizing;

/// Lower-case digits.
pub fn hex(bytes: &[u8]) -> String {
    // Sized beforehand, so that growing leaves no copy of a key behind.
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for nibble in [byte >> 4, byte & 0xf] {
            digits.push(char::from_digit(nibble.into(), 16).expect("a nibble is a digit"));
        }
    }
    digits
}

/// `None`: an odd number of digits, or something that is none.
pub fn unhex(digits: &str) -> Option<Zeroizing<Vec<u8>>> {
    if !digits.len().is_multiple_of(2) {
        return None;
    }
    let nibble = |digit: &u8| char::from(*digit).to_digit(16);
    let mut bytes = Zeroizing::new(Vec::with_capacity(digits.len() / 2));
    for pair in digits.as_bytes().chunks_exact(2) {
        let byte = nibble(&pair[0])? << 4 | nibble(&pair[1])?;
        bytes.push(u8::try_from(byte).expect("two digits are below 256"));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
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
}
