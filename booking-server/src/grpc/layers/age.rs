//! Connections do not grow older than they may, whatever goes on in them.
//!
//! ```text
//!   age      told to go: no new call comes in (tonic's GOAWAY); watches end, UNAVAILABLE
//!   age + 30 s             every other call that still has something to tell ends likewise
//! ```
//!
//! tonic asks a connection to go and then waits for its calls. A watch has no end of its own, so
//! without this an account that was disabled would be told of changes for ever.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::{Duration, Instant},
};

use alts::AltsConnectInfo;
use http::{HeaderMap, Request};
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};
use tonic::{Status, body::Body};

use super::around::{Answer, Around};
use crate::grpc::limits::CALL_TIMEOUT;

/// Calls that go on until somebody has had enough.
const WATCHES: [&str; 2] = [
    "/ot.v1.WatchService/WatchSchedule",
    "/grpc.health.v1.Health/Watch",
];

/// Ends the answers of the service inside with their connection's time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Age {
    /// How old a connection may grow; any age when absent.
    pub(in crate::grpc) max_age: Option<Duration>,
}

impl Age {
    /// When a call has to have ended.
    fn end(&self, request: &Request<Body>) -> Option<Instant> {
        let info = request.extensions().get::<AltsConnectInfo>()?;
        let end = info.connected_at().checked_add(self.max_age?)?;
        if WATCHES.contains(&request.uri().path()) {
            Some(end)
        } else {
            end.checked_add(CALL_TIMEOUT)
        }
    }
}

impl Around for Age {
    fn around(
        &self,
        request: Request<Body>,
        inside: impl FnOnce(Request<Body>) -> Answer,
    ) -> Answer {
        let end = self.end(&request);
        let answer = inside(request);
        let Some(end) = end else { return answer };
        Box::pin(async move {
            let end = Box::pin(sleep_until(end.into()));
            Ok(answer.await?.map(|body| {
                Body::new(Ending {
                    body: Some(body),
                    end,
                })
            }))
        })
    }
}

/// A reply's body, until its time has come.
struct Ending {
    /// Absent when it was ended.
    body: Option<Body>,
    end: Pin<Box<Sleep>>,
}

impl HttpBody for Ending {
    type Data = <Body as HttpBody>::Data;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Status>>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else {
            return Poll::Ready(None);
        };
        // First, so that whoever begins to read again late is not told what has queued up.
        if this.end.as_mut().poll(cx).is_ready() {
            this.body = None;
            return Poll::Ready(Some(trailers(&too_old()).map(Frame::trailers)));
        }
        Pin::new(body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body
            .as_ref()
            .map(HttpBody::size_hint)
            .unwrap_or_default()
    }
}

fn too_old() -> Status {
    Status::unavailable("the connection has reached its age; connect again and go on from there")
}

fn trailers(status: &Status) -> Result<HeaderMap, Status> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers)?;
    Ok(trailers)
}
