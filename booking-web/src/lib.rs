//! The front end of the OT booking suite: pages for a browser, complete without JavaScript.
//!
//! ```text
//!   browser ──HTTP/1──► serve ─► guard ─► visitor ─► pages ──► backend ──gRPC over ALTS──►
//!                                                    ▲  ▲          │
//!                                                 view  └──────────┘
//!                                what is shown: pure      what was found, and who proved to have
//!                                                         said so
//! ```
//!
//! [`backend`] is the seam: pages see calls that end with an answer or a refusal, always together
//! with what was proven about the other end; only `backend/alts.rs` and `backend/observed.rs` know ALTS. `view` works out
//! what to show, without I/O or clock. [`pages`] has one file per page, [`visitor`] says who is
//! looking, `live` brings changes to open pages, `imports` takes logs of past cases in, [`accounts`] switches the mock cloud's accounts
//! where that is allowed, `guard` is what every request passes first, [`serve`](mod@serve) the
//! sockets. [`app`] puts them together without opening any, so that tests ask the very same router.

pub mod accounts;
pub mod backend;
pub mod cli;
mod guard;
pub mod host_policy;
mod imports;
mod live;
pub mod pages;
pub mod serve;
pub mod state;
pub mod telemetry;
mod view;
pub mod visitor;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

pub use self::{host_policy::HostPolicy, state::AppState};

/// The whole front end as a router: every page, behind every guard.
pub fn app(state: AppState) -> Router {
    let pages = Router::new()
        .merge(hospital())
        .merge(one_case())
        .merge(past_cases())
        .merge(around())
        .fallback(pages::error::not_found)
        .method_not_allowed_fallback(pages::error::method_not_allowed)
        .with_state(state.clone());
    guard::around(pages, state)
}

/// What a hospital works with.
fn hospital() -> Router<AppState> {
    use pages::{audit, board, kiosk, print, reports, schedule, sessions, waiting};
    Router::new()
        .route("/", get(board::board))
        .route("/schedule", get(schedule::schedule))
        .route("/waiting", get(waiting::waiting))
        .route("/sessions", get(sessions::show))
        .route("/sessions/{id}/{action}", post(sessions::act))
        .route("/reports", get(reports::show))
        .route("/kiosk", get(kiosk::kiosk))
        .route("/print", get(print::show))
        .route("/audit", get(audit::show))
        .route("/audit/verify", post(audit::verify))
}

/// One case, and what is done to it.
fn one_case() -> Router<AppState> {
    use pages::{
        case::{act, edit, emergency, new, place, show, slots},
        undo,
    };
    Router::new()
        .route("/cases/new", get(new::show).post(new::create))
        .route("/cases/{id}", get(show::show))
        .route("/cases/{id}/move", get(place::show).post(place::place))
        .route("/cases/{id}/slots", get(slots::show))
        .route("/cases/{id}/edit", get(edit::show).post(edit::save))
        .route(
            "/cases/{id}/emergency",
            get(emergency::show).post(emergency::apply),
        )
        .route("/cases/{id}/{action}", post(act::act))
        .route("/undo", post(undo::undo))
}

/// Logs of past cases, which may be larger than any form.
fn past_cases() -> Router<AppState> {
    use pages::import::{MAX_UPLOAD_BYTES, log, show, upload};
    Router::new()
        .route(
            "/import",
            get(show)
                .post(upload)
                .layer(DefaultBodyLimit::max(MAX_UPLOAD_BYTES)),
        )
        .route("/import/{id}", get(log::show))
        .route("/import/{id}/{action}", post(log::act))
}

/// The article's look-up, signing in, settings, the cloud's accounts, files.
fn around() -> Router<AppState> {
    use pages::{alts_accounts, assets, begin, booking, events, settings, sign_in};
    Router::new()
        .route("/lookup", get(booking::form))
        .route("/booking", get(booking::moved).post(booking::look_up))
        .route("/sign-in", get(sign_in::show).post(sign_in::sign_in))
        .route("/sign-in/demo/{key}", get(sign_in::demo))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/begin", get(begin::show).post(begin::make))
        .route("/settings", get(settings::show).post(settings::save))
        .route("/alts/accounts", get(alts_accounts::show))
        .route("/alts/accounts/switch", post(alts_accounts::switch))
        .route("/alts/accounts/faults", post(alts_accounts::faults))
        .route("/alts/accounts/drill/{step}", post(alts_accounts::drill))
        .route("/events", get(events::events))
        // Nothing of the backend: its faults must not make a supervisor restart the front end.
        .route("/healthz", get(async || "ok\n"))
        .route("/static/{name}", get(assets::file))
}
