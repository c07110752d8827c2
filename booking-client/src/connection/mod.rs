//! The service at the other end: calls over a secured channel, and lists page by page.

mod calls;
mod pages;
mod service;

pub use self::{
    calls::{Answer, Call},
    pages::{EVERYTHING, Page},
    service::Service,
};
