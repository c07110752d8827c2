//! What carries calls to the backend: one channel for the program, whatever is behind it.

use std::{future::Future, pin::Pin, time::Duration};

use axum::http::{Request, Response};
use tonic::{Status, body::Body};
use tower::util::BoxCloneSyncService;

use super::reply::{Lookup, Reply};

/// Answers the article's look-up, and carries everything else.
pub trait Backend: Send + Sync + 'static {
    /// Looks a booking up, within `timeout`. Never fails otherwise than by a [`Refusal`].
    ///
    /// On behalf of `person` where one has signed in; without, it is the article's call word for
    /// word, and what this front end's account may counts alone.
    ///
    /// [`Refusal`]: super::Refusal
    fn look_up(&self, lookup: Lookup, person: Option<String>, timeout: Duration) -> Pending<'_>;

    /// The channel, for the calls of package `ot.v1`. A handle: all share one connection.
    fn channel(&self) -> GrpcChannel;

    /// Leaves the connection behind and makes a new one when next asked, as a program does that
    /// was started again: also towards the handshaker, which asks for a new credential.
    fn reconnect(&self) {}
}

/// Carries one gRPC call, and notes in the request's peer slot who answered.
pub type GrpcChannel = BoxCloneSyncService<Request<Body>, Response<Body>, Status>;

/// A [`Reply`] to come.
pub type Pending<'a> = Pin<Box<dyn Future<Output = Reply> + Send + 'a>>;
