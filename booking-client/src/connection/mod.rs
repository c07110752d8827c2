//! The service at the other end: calls over a secured channel, and lists page by page.

pub mod pages;
pub mod service;
