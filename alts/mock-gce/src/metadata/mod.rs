//! A VM's metadata server: a tree of facts, the rules for asking, and the HTTP around them.
//!
//! Google's "About VM metadata" and "View and query VM metadata" describe the interface; the words of
//! refusals are what clients have reported.

pub mod answer;
pub mod facts;
pub mod http;
#[cfg(test)]
mod tests;
pub mod tree;
