//! Who may open pages: whoever has signed in; others are sent to where they can, or told why not.

use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, FromRequestParts},
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse as _, Redirect, Response},
};
use jiff::Timestamp;

use super::{error::ErrorPage, url};
use crate::{
    state::AppState,
    visitor::{Visitor, Way, named},
};

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let from = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let from = from.map(|ConnectInfo(address)| address.ip());
        let sign_in = &state.sign_in;
        let (headers, now) = (&parts.headers, Timestamp::now());
        let found = match &sign_in.way {
            Way::Iap(iap) => match iap.person(headers, now).await {
                Ok(name) => named(headers, &name),
                Err(why) => {
                    tracing::warn!(why, "Identity-Aware Proxy names nobody");
                    None
                }
            },
            _ => sign_in.visitor(headers, from, now),
        };
        found.ok_or_else(|| match sign_in.way {
            Way::Local { .. } => to_sign_in(parts),
            Way::Proxy { .. } | Way::Iap(_) => ErrorPage {
                status: StatusCode::FORBIDDEN,
                title: "Nobody has signed you in",
                cause: "This front end believes its proxy about who you are, and the request did \
                        not come through it, or without a name, or with one that does not count now.",
                remedy: "Open the address that your hospital gave you for theatre bookings.",
            }
            .into_response(),
            Way::Open | Way::Closed => ErrorPage {
                status: StatusCode::FORBIDDEN,
                title: "Sign-in is not set up",
                cause: "This front end can be reached from other machines, and nobody has said \
                        how people sign in. Until then it only looks up single bookings.",
                remedy: "Whoever runs it should start it with --users or --person-header.",
            }
            .into_response(),
        })
    }
}

/// And back afterwards, to what was asked for.
fn to_sign_in(parts: &Parts) -> Response {
    let wanted = parts.uri.path_and_query().map(|wanted| wanted.as_str());
    let back = wanted.filter(|_| parts.method == Method::GET);
    let next = url::with_query("/sign-in", [("next", back.unwrap_or("/"))]);
    Redirect::to(&next).into_response()
}
