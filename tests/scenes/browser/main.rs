//! The pages in a real Chromium, as a person uses them.
//!
//! Needs `chromium` and `chromedriver` (Debian: chromium, chromium-driver).

mod accounts;
mod axe;
mod day;
mod driver;
mod emergency;
mod every_page;
mod hospital;
mod imports;
mod kiosk;
mod live;
mod load;
mod look_up;
mod moving;
mod paper;
mod pieces;
mod refusals;
mod showcase;
mod sign_in;
