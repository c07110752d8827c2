//! How answers are printed, whatever they are about: tables and lines for people, JSON for programs.
//!
//! Everything that is printed came over the network, so nothing is written raw: see [`crate::printable`].

pub mod json;
pub mod printer;
pub mod table;
pub mod time;
