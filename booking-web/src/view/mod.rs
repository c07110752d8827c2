//! What pages show, worked out from what the backend says: plain structs from pure functions of
//! messages, the hospital's time zone and now. No I/O, no clock, no HTML.

pub(crate) mod attention;
pub(crate) mod board;
pub(crate) mod card;
pub(crate) mod chart;
pub(crate) mod civil;
pub(crate) mod directory;
pub(crate) mod grid;
pub(crate) mod history;
pub(crate) mod lanes;
pub(crate) mod preset;
pub(crate) mod theatre_state;
pub(crate) mod waiting;
pub(crate) mod wording;

#[cfg(test)]
mod tests;
