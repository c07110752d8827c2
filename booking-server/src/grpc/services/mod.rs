//! One file or folder for each service: what its requests ask for, and what they are answered with.

mod access;
mod audit;
pub(super) mod booking;
mod case;
pub(super) mod health;
mod hospital;
mod report;
mod schedule;
mod session;
mod transfer;
mod watch;
