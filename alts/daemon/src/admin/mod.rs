//! The admin surface: what an operator may do to a running process. gRPC, and `/metrics` for
//! Prometheus, on one port of loopback or a Unix socket.
//!
//! | file | for |
//! |---|---|
//! | `address.rs` | where it is |
//! | `surface.rs` | the port; each process adds the services it has |
//! | `guard.rs` | who may ask there: programs, and no web page |
//! | `client.rs` | how commands ask there, and how its refusals read |
//! | `scrape.rs` | its metrics, read from outside |

pub mod address;
pub mod client;
mod guard;
pub mod scrape;
pub mod surface;
