//! Clients and servers that nobody here wrote: stock gRPC in Python, Go, Java and C++, whose own
//! ALTS talks to ours, and to each other, through our handshaker. `interop/stranger.py` says what
//! they can be asked to do, `interop/build` makes those that need a compiler.
//!
//! Every case is one function over a [`Stranger`](stranger::Stranger); `each_stranger!` makes it
//! a test per language, each in a namespace of its own that looks like a Google Compute Engine VM.
//! Where languages report the same thing differently, `stranger.rs` and `faults.rs` say how.
//!
//! What a handshaker must do for all of them has a unit test per rule beside its code. What the
//! strangers notice of it:
//!
//! | rule | here |
//! |---|---|
//! | every field that some library insists on, in every answer | every call that succeeds; the `missing-` faults |
//! | all bytes consumed, the last answer's exactly | `handshakes`: in drops and in lumps |
//! | the RPC ends with its result | the fault `leave-open` |
//! | failures as a message, a status or both, by library | refused targets, `revocation`, `late-error` |
//! | one answer for one request | the fault `split` |
//! | many handshakes at once, and connections that say nothing | a hundred at once; silent connections |
//! | versions and frame sizes handed on as they were told | `records`; the fault `missing-versions` |

#[macro_use]
mod stranger;

mod faults;
mod handshakes;
mod records;
mod revocation;
mod strangers_call_us;
mod strangers_meet;
mod we_call_strangers;
mod wiretap;
mod world;
