//! One file per page: its handler beside its template's struct. Shared pieces have files of
//! their own: the security strip, the texts for refusals, forms and their fields.

pub(crate) mod alts_accounts;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod begin;
pub(crate) mod board;
pub(crate) mod booking;
pub(crate) mod case;
pub(crate) mod context;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod events;
pub(crate) mod field;
pub(crate) mod fields;
pub(crate) mod frame;
pub(crate) mod import;
pub(crate) mod kiosk;
pub(crate) mod posted;
pub(crate) mod print;
pub(crate) mod refusal_text;
pub(crate) mod render;
pub(crate) mod reports;
pub(crate) mod schedule;
pub(crate) mod sessions;
pub(crate) mod settings;
pub(crate) mod sign_in;
pub(crate) mod strip;
pub(crate) mod undo;
pub(crate) mod undo_offer;
pub(crate) mod url;
pub(crate) mod waiting;

#[cfg(test)]
pub(crate) mod tests;
