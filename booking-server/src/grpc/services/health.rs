//! `grpc.health.v1.Health` (the "GRPC Health Checking Protocol" of the gRPC project's documents):
//! serving while the store can be read and the server is not on its way out.
//!
//! ```text
//!  Check  -> reads the store, now
//!  Watch  -> told of changes: noticed by any Check, or by the monitor's rounds
//!  drain  -> NOT_SERVING for good; watches are told and then ended, so that they hold no drain up
//! ```

use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus, health_server,
};

use crate::{
    access::methods::{METHODS, Method},
    bookings::Bookings,
    grpc::shared::health_board::{Condition, HealthBoard},
};

/// Whether the health of this service can be asked for; the empty name is the server as a whole.
fn is_known(service: &str) -> bool {
    let of = |method: &Method| method.name.split('/').next() == Some(service);
    service.is_empty() || METHODS.iter().any(of)
}

/// Updates that a slow watcher may be behind; it is the newest that counts, so one is enough.
const WATCH_BACKLOG: usize = 1;

/// The service, over any store.
pub(in crate::grpc) struct Health<S> {
    store: S,
    board: HealthBoard,
}

impl<S: Bookings> Health<S> {
    pub(in crate::grpc) fn new(store: S, board: HealthBoard) -> Self {
        Self { store, board }
    }
}

#[tonic::async_trait]
impl<S: Bookings> health_server::Health for Health<S> {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !is_known(&request.get_ref().service) {
            return Err(Status::not_found(
                "no such service; ask for \"\" or for a service's full name",
            ));
        }
        Ok(reply(self.board.examine(&self.store).await.status()))
    }

    type WatchStream = ReceiverStream<Result<HealthCheckResponse, Status>>;

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let known = is_known(&request.get_ref().service);
        let (updates, stream) = mpsc::channel(WATCH_BACKLOG);
        tokio::spawn(report(self.board.subscribe(), known, updates));
        Ok(Response::new(ReceiverStream::new(stream)))
    }
}

/// Tells a watcher how it stands and of every change, until either side has had enough.
///
/// A service we do not have is SERVICE_UNKNOWN and not an error, as the protocol asks of Watch.
async fn report(
    mut board: watch::Receiver<Condition>,
    known: bool,
    updates: mpsc::Sender<Result<HealthCheckResponse, Status>>,
) {
    let mut told = None;
    loop {
        let condition = *board.borrow_and_update();
        let status = if known {
            condition.status()
        } else {
            ServingStatus::ServiceUnknown
        };
        if told.replace(status) != Some(status)
            && updates.send(Ok(reply(status).into_inner())).await.is_err()
        {
            return;
        }
        if condition == Condition::Draining {
            return;
        }
        tokio::select! {
            changed = board.changed() => if changed.is_err() { return },
            () = updates.closed() => return,
        }
    }
}

fn reply(status: ServingStatus) -> Response<HealthCheckResponse> {
    Response::new(HealthCheckResponse {
        status: status.into(),
    })
}
