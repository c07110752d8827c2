//! The front end of the OT booking suite: pages for a browser, complete without JavaScript.
//!
//! ```text
//!   browser ──HTTP/1──► serve ─► guard ─► pages ──Lookup──► backend ──gRPC over ALTS──►
//!                                           ▲                  │
//!                                           └─────Reply────────┘
//!                              what was found, and who proved to have said so
//! ```
//!
//! [`backend`] is the seam: pages see a [`backend::Backend`] that answers a look-up with a booking
//! or a refusal, always together with what was proven about the other end. Only
//! `backend/alts.rs` knows gRPC and ALTS. [`pages`] has one file per page, `guard` what every
//! request passes first, [`serve`](mod@serve) the sockets. [`app`] puts them together without
//! opening any, so that tests ask the very same router.

pub mod backend;
pub mod cli;
mod guard;
pub mod pages;
pub mod serve;
pub mod state;
pub mod telemetry;

use axum::{Router, routing::get};

pub use self::{guard::hosts::HostPolicy, state::AppState};

/// The whole front end as a router: every page, behind every guard.
pub fn app(state: AppState) -> Router {
    let pages = Router::new()
        .route("/", get(pages::booking::form))
        .route(
            "/booking",
            get(pages::booking::moved).post(pages::booking::look_up),
        )
        .route("/healthz", get(pages::health::healthz))
        .route("/static/style.css", get(pages::assets::style))
        .route("/static/icon.svg", get(pages::assets::icon))
        .fallback(pages::error::not_found)
        .method_not_allowed_fallback(pages::error::method_not_allowed)
        .with_state(state.clone());
    guard::around(pages, state)
}
