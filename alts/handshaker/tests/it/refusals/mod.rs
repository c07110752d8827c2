//! Everything malformed that may reach a handshaker or an authority, and in which words it is refused.
//!
//! Four tables of what comes over the wire: handshake bytes, requests of a library, requests of a
//! machine, revocation lists. Each row is an input and its refusal, and no two refusals of a table
//! have the same words. The tables of single fields are beside the code that reads them:
//!
//! | of | in |
//! |---|---|
//! | handshake messages, tickets in them | `src/handshake/tests/fields.rs` |
//! | certificates | `src/handshake/tests/chains.rs` |
//! | tickets (never refused: a full handshake follows) | `src/handshake/tests/resumption.rs` |
//! | identity tokens, key sets | `src/identity/token_tests.rs`, `jwks.rs` |
//! | configurations | `src/config/*_tests.rs` |

mod authority;
mod handshaker;

use std::collections::BTreeMap;

use tonic::{Code, Status};

/// Collects a table's refusals: each must be in one line, as expected, and unlike all others.
#[derive(Default)]
struct Table(BTreeMap<String, &'static str>);

impl Table {
    fn row(&mut self, what: &'static str, said: String, expected: &str) {
        assert!(said.contains(expected), "{what}: {said}");
        assert_eq!(said.lines().count(), 1, "{what}: {said}");
        if let Some(other) = self.0.insert(said, what) {
            panic!("{what} and {other} are refused in the same words");
        }
    }

    fn status(&mut self, what: &'static str, status: &Status, code: Code, expected: &str) {
        assert_eq!(status.code(), code, "{what}: {status}");
        self.row(what, status.message().to_owned(), expected);
    }
}
