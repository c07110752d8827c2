//! The mock cloud without machines, as libraries and operators see it: in this process, and as the
//! binary beside `alts-handshaker`.

mod accounts;
mod binary;
mod calls;
mod crowd;
mod drill;
mod faults;
mod handshakes;
mod operate;
#[path = "../../../../handshaker/tests/it/output.rs"]
mod output;
mod process;
mod refusals;
#[path = "../../../../handshaker/tests/it/support.rs"]
mod support;
#[path = "../../../../handshaker/tests/it/refusals/table.rs"]
mod table;
mod web_page;
mod world;
