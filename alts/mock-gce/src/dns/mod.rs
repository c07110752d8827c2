//! Each machine's name server, as the metadata server is on a VM: port 53 of its address.
//!
//! It exists so that the answer is *no*, and at once. Names of machines are in `/etc/hosts`, too; but
//! resolvers ask for IPv6 addresses all the same, and for names of the outside world, and where nobody
//! answers they wait for seconds. c-ares, and so C-core, waits even when it is refused.

mod answer;
mod serve;

pub use self::{answer::Zone, serve::serve};
