//! How far a misspelt account is from one that exists: for errors that help.

/// People type the whole name, or only its first part.
pub(crate) fn distance(wanted: &str, email: &str) -> usize {
    let local = email.split('@').next().unwrap_or_default();
    let wanted_local = wanted.split('@').next().unwrap_or_default();
    let whole = edit_distance(wanted, email);
    // One more than a whole-name match of the same distance.
    whole.min(edit_distance(wanted_local, local) + 1)
}

/// Levenshtein's distance, in characters.
fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let substituted = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = substituted.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edit_distance_counts_the_edits() {
        for (a, b, expected) in [
            ("", "", 0),
            ("abc", "", 3),
            ("kitten", "sitting", 3),
            ("ü", "u", 1),
        ] {
            assert_eq!(edit_distance(a, b), expected);
        }
    }
}
