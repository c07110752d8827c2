//! gRPC libraries that nobody here wrote, in Python, Go, Java and C++: their own ALTS talks to ours,
//! and to each other's, in machines that look like Google Compute Engine to them.
//!
//! ```text
//!   prod-booking-client-vm           intruder-vm             prod-booking-service-vm
//!   +----------------------+    +-------------------+    +--------------------------+
//!   | a library calls      |----| a meddler between |----| a library serves on 8080 |
//!   +----------------------+    | them, or nobody   |    +--------------------------+
//!                               +-------------------+
//! ```
//!
//! Every program takes the words that `interop/stranger.py` explains, ours included: each case is one
//! function over a client's and a server's [`Library`](library::Library), and a test for each pair of
//! them. Where libraries report the same thing differently, `library.rs` and `faults.rs` say how.
//! `interop/build` makes those that need a compiler.
//!
//! `learner.rs` is about handshakers: one in Python, for learners, meets ours.

#[macro_use]
mod library;

mod faults;
mod handshakes;
mod learner;
mod meetings;
mod records;
mod revocation;
mod rules;
mod world;
