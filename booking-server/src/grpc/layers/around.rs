//! A layer that is one function: given a call and the service inside, it answers.

use std::{
    convert::Infallible,
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response};
use tonic::body::Body;
use tower::{Layer, Service};

/// What comes of a call.
pub(super) type Answer = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

/// What is done around every call.
pub(crate) trait Around: Clone {
    /// Answers a call, as a rule with what comes of it `inside`.
    fn around(
        &self,
        request: Request<Body>,
        inside: impl FnOnce(Request<Body>) -> Answer,
    ) -> Answer;
}

/// Puts something around a service.
#[derive(Clone, Debug)]
pub(crate) struct AroundLayer<A>(pub(in crate::grpc) A);

impl<A: Around, S> Layer<S> for AroundLayer<A> {
    type Service = Surrounded<A, S>;

    fn layer(&self, inside: S) -> Surrounded<A, S> {
        Surrounded {
            around: self.0.clone(),
            inside,
        }
    }
}

/// A service, with what is around it.
#[derive(Clone, Debug)]
pub(crate) struct Surrounded<A, S> {
    around: A,
    inside: S,
}

impl<A, S> Service<Request<Body>> for Surrounded<A, S>
where
    A: Around,
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answer;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inside.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Answer {
        let inside = |request| Box::pin(self.inside.call(request)) as Answer;
        self.around.around(request, inside)
    }
}
