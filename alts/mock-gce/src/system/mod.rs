//! What is asked of Linux: namespaces, links, processes that can be recognised. Knows nothing of
//! clouds.

pub mod isolation;
pub mod network;
pub mod process;
pub mod runtime_dir;
