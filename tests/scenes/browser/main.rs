//! The pages in a real Chromium, as a person uses them.
//!
//! Needs `chromium` and `chromedriver` (Debian: chromium, chromium-driver).

mod accounts;
mod axe;
mod day;
mod driver;
mod hospital;
mod live;
mod look_up;
mod moving;
