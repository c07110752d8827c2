//! A request that is no protobuf message of its type is its caller's mistake.
//!
//! The codec says `INTERNAL` for it, which is what a client would have to say of a server's reply;
//! of a server it would be a confession. It is told apart by the codec's words, which a test holds
//! it to.

use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

use http::{Request, Response};
use tonic::{Code, Status, body::Body};
use tower::{Layer, Service};

use super::status::malformed;

/// How the codec begins to say that a message does not decode.
const CODEC_SAYS: &str = "failed to decode Protobuf message";

/// Makes [`Malformed`].
#[derive(Clone, Copy, Debug)]
pub(crate) struct MalformedLayer;

impl<S> Layer<S> for MalformedLayer {
    type Service = Malformed<S>;

    fn layer(&self, inner: S) -> Malformed<S> {
        Malformed { inner }
    }
}

/// Says `INVALID_ARGUMENT` where the service inside could not decode a request.
#[derive(Clone, Debug)]
pub(crate) struct Malformed<S> {
    inner: S,
}

impl<S> Service<Request<Body>> for Malformed<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            // Decoded before anything is answered: an error is all there is.
            let is_ours = Status::from_header_map(response.headers()).is_some_and(|status| {
                status.code() == Code::Internal && status.message().starts_with(CODEC_SAYS)
            });
            Ok(if is_ours {
                malformed().into_http()
            } else {
                response
            })
        })
    }
}
