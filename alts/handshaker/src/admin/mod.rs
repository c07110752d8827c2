//! The admin surface: what an operator may do to a running process. gRPC, and `/metrics` for
//! Prometheus, on one port of loopback or a Unix socket.
//!
//! | file | for |
//! |---|---|
//! | `surface.rs` | the port; each process adds the services it has |
//! | `guard.rs` | who may ask there: programs, and no web page |
//! | `scrape.rs` | its metrics, read from outside |

mod guard;
pub mod proto;
pub mod scrape;
pub mod surface;
