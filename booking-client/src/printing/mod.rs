//! How answers are printed, whatever they are about: tables and lines for people, JSON for programs.
//!
//! Everything that is printed came over the network, so nothing is written raw: see [`crate::printable`].

pub mod json;
mod printer;
mod table;
mod time;

pub use self::{
    printer::Printer,
    table::{Column, details, joined, table, when},
    time::{civil, clock, date_time, dated_span, span},
};
