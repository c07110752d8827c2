//! The service at the other end: calls over a secured channel, and lists page by page.

mod pages;
mod service;

pub use self::{
    pages::{EVERYTHING, PageRequest},
    service::{
        ArticleClient, AuditClient, CaseClient, Client, HospitalClient, ReportClient,
        ScheduleClient, Service, SessionClient, TransferClient, WatchClient,
    },
};
