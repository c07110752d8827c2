//! Clients and servers that nobody here wrote: stock gRPC in Python, Go, Java and C++, whose own
//! ALTS talks to ours, and to each other, through our handshaker. See `interop/stranger.py` for
//! what they are asked to do.
//!
//! Every case is one function over a [`Stranger`](stranger::Stranger); `each_stranger!` makes it
//! a test per language, each in a namespace of its own that looks like a Google Compute Engine VM.
//! Where languages report the same failure differently, the table is in `stranger.rs`.

#[macro_use]
mod stranger;

mod handshakes;
mod records;
mod revocation;
mod strangers_call_us;
mod strangers_meet;
mod we_call_strangers;
mod wiretap;
mod world;
