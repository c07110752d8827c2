//! One span and one closing line per call: who called what, how it ended, how long it took.
//!
//! The outermost layer, so that refused calls are counted too. How a call ended is in the headers
//! when there was nothing but an error, else in the trailers, so the reply's body is watched to its
//! end; a call that its caller or its deadline cut short ends as `CANCELLED`.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
};

use alts::{AltsConnectInfo, LogSampler};
use booking_proto::contract::reason::code_name;
use http::{HeaderMap, Request};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::Instant;
use tonic::{Code, Status, body::Body};
use tracing::{Instrument as _, Span};

use super::around::{Answer, Around};
use crate::{access::methods, grpc::limits::DENIED_LOG_INTERVAL};

/// The longest method that is logged: a caller chooses it freely.
const MAX_METHOD_CHARS: usize = 200;

/// Logs every call to the service inside; of those that an account may not make, one of each method now and
/// then, with how many were left out.
#[derive(Clone, Debug)]
pub(crate) struct CallLog(Arc<LogSampler<String>>);

impl Default for CallLog {
    fn default() -> Self {
        Self(Arc::new(LogSampler::new(DENIED_LOG_INTERVAL)))
    }
}

impl Around for CallLog {
    fn around(
        &self,
        request: Request<Body>,
        inside: impl FnOnce(Request<Body>) -> Answer,
    ) -> Answer {
        let mut call = Call::begin(&request, Arc::clone(&self.0));
        let span = call.span.clone();
        let answer = span.in_scope(|| inside(request));
        let watched = async move {
            let response = answer.await?;
            call.code = code_in(response.headers());
            Ok(response.map(|body| Body::new(Watched { body, call })))
        };
        Box::pin(watched.instrument(span))
    }
}

/// A call under way; dropping it is its end.
struct Call {
    span: Span,
    /// Whose it is, and of which method; those that we do not have are one, for a caller invents them.
    kind: String,
    denied: Arc<LogSampler<String>>,
    began: Instant,
    code: Option<Code>,
}

impl Call {
    fn begin(request: &Request<Body>, denied: Arc<LogSampler<String>>) -> Self {
        let method: String = request
            .uri()
            .path()
            .chars()
            .take(MAX_METHOD_CHARS)
            .collect();
        let peer = request.extensions().get::<AltsConnectInfo>();
        let peer = peer.map_or("none", |info| {
            info.context().peer_service_account().as_ref()
        });
        let span = tracing::info_span!("call", peer, method);
        let known = methods::of_path(request.uri().path());
        Self {
            span,
            kind: format!("{peer} {}", known.map_or("", |method| method.name)),
            denied,
            began: Instant::now(),
            code: None,
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let code = self.code.unwrap_or(Code::Cancelled);
        let mut left_out = None;
        if code == Code::PermissionDenied {
            let Some(others) = self.denied.admit(std::mem::take(&mut self.kind)) else {
                return;
            };
            left_out = (others > 0).then_some(others);
        }
        let code = code_name(code);
        let duration_us = u64::try_from(self.began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.span
            .in_scope(|| tracing::info!(code, duration_us, left_out, "call finished"));
    }
}

fn code_in(headers: &HeaderMap) -> Option<Code> {
    headers
        .get(Status::GRPC_STATUS)
        .map(|code| Code::from_bytes(code.as_bytes()))
}

/// A reply's body, with the call it belongs to.
struct Watched {
    body: Body,
    call: Call,
}

impl HttpBody for Watched {
    type Data = <Body as HttpBody>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                let code = frame.trailers_ref().and_then(code_in);
                self.call.code = code.or(self.call.code);
            }
            Some(Err(status)) => self.call.code = Some(status.code()),
            None => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
