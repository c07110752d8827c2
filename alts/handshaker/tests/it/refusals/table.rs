//! A table of refusals, for tests of several crates.

use std::collections::BTreeMap;

use tonic::{Code, Status};

/// Collects a table's refusals: each must be in one line, as expected, and unlike all others.
#[derive(Default)]
pub(crate) struct Table(BTreeMap<String, &'static str>);

impl Table {
    pub(crate) fn row(&mut self, what: &'static str, said: String, expected: &str) {
        assert!(said.contains(expected), "{what}: {said}");
        assert_eq!(said.lines().count(), 1, "{what}: {said}");
        if let Some(other) = self.0.insert(said, what) {
            panic!("{what} and {other} are refused in the same words");
        }
    }

    pub(crate) fn status(
        &mut self,
        what: &'static str,
        status: &Status,
        code: Code,
        expected: &str,
    ) {
        assert_eq!(status.code(), code, "{what}: {status}");
        self.row(what, status.message().to_owned(), expected);
    }
}
