//! Everything malformed that may reach an authority, and in which words it is refused.
//!
//! Two tables of what comes over the wire: requests of a machine, revocation lists; two more, handshake
//! bytes and requests of a library, are in `mock-gce`'s tests. Each row is an input and its refusal, and no two refusals of a table
//! have the same words. The tables of single fields are beside the code that reads them:
//!
//! | of | in |
//! |---|---|
//! | handshake messages, tickets in them | `alts/handshake/src/tests/fields.rs` |
//! | certificates | `alts/handshake/src/tests/chains.rs` |
//! | tickets (never refused: a full handshake follows) | `alts/handshake/src/tests/resumption.rs` |
//! | identity tokens, key sets | `alts/authority/src/identity/token_tests.rs`, `jwks.rs` |
//! | configurations | `config_tests.rs` and `serve_tests.rs` of their crates |

mod authority;
mod table;
