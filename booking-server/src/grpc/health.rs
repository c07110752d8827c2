//! `grpc.health.v1.Health` (the "GRPC Health Checking Protocol" of the gRPC project's documents):
//! serving while the store can be read and the server is not on its way out.
//!
//! ```text
//!  Check  -> reads the store, now
//!  Watch  -> told of changes: noticed by any Check, or by the monitor's rounds
//!  drain  -> NOT_SERVING for good; watches are told and then ended, so that they hold no drain up
//! ```

use std::time::Duration;

use booking_proto::otbooking::ot_booking_service_server::SERVICE_NAME;
use tokio::{
    sync::{mpsc, watch},
    time::{self, MissedTickBehavior},
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tonic_health::pb::{
    HealthCheckRequest, HealthCheckResponse, health_check_response::ServingStatus, health_server,
};

use crate::bookings::Bookings;

/// The services whose health can be asked for; the empty name is the server as a whole.
const SERVICES: [&str; 11] = [
    "",
    SERVICE_NAME,
    "ot.v1.CaseService",
    "ot.v1.ScheduleService",
    "ot.v1.WatchService",
    "ot.v1.HospitalService",
    "ot.v1.SessionService",
    "ot.v1.ReportService",
    "ot.v1.TransferService",
    "ot.v1.AuditService",
    "ot.v1.AccessService",
];

/// How often the monitor reads the store: a watcher learns of a lost disk within seconds.
const MONITOR_INTERVAL: Duration = Duration::from_secs(5);

/// How long the store may take to be read before it counts as unreadable.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// Updates that a slow watcher may be behind; it is the newest that counts, so one is enough.
const WATCH_BACKLOG: usize = 1;

/// How the server is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Condition {
    Serving,
    StoreUnreadable,
    Draining,
}

impl Condition {
    pub(super) fn is_draining(self) -> bool {
        self == Self::Draining
    }

    pub(super) fn status(self) -> ServingStatus {
        match self {
            Self::Serving => ServingStatus::Serving,
            Self::StoreUnreadable | Self::Draining => ServingStatus::NotServing,
        }
    }
}

/// Where the condition is written up: cheap to clone, all clones are one board.
#[derive(Clone, Debug)]
pub(crate) struct HealthBoard(watch::Sender<Condition>);

impl HealthBoard {
    /// A server in good order.
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(Condition::Serving))
    }

    /// The condition, now and as it changes.
    pub(super) fn subscribe(&self) -> watch::Receiver<Condition> {
        self.0.subscribe()
    }

    /// The server is on its way out; nothing changes that.
    pub(crate) fn drain(&self) {
        self.0.send_replace(Condition::Draining);
    }

    /// Reads the store and writes up what that says.
    async fn examine(&self, store: &impl Bookings) -> Condition {
        let found = match time::timeout(PROBE_TIMEOUT, store.probe()).await {
            Ok(Ok(())) => Condition::Serving,
            Ok(Err(error)) => self.unreadable(&error),
            Err(_) => self.unreadable(&"no answer in time"),
        };
        self.0.send_if_modified(|current| {
            let news = *current != Condition::Draining && *current != found;
            if news {
                *current = found;
                tracing::info!(condition = ?found, "health changed");
            }
            news
        });
        *self.0.borrow()
    }

    /// Logs the cause when it is news, not on every round.
    fn unreadable(&self, cause: &dyn std::fmt::Display) -> Condition {
        if *self.0.borrow() == Condition::Serving {
            tracing::error!(error = %cause, "the store cannot be read");
        }
        Condition::StoreUnreadable
    }

    /// Examines the store again and again, until dropped.
    pub(crate) async fn monitor(self, store: impl Bookings) {
        let mut rounds = time::interval(MONITOR_INTERVAL);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            rounds.tick().await;
            self.examine(&store).await;
        }
    }
}

/// The service, over any store.
pub(super) struct Health<S> {
    store: S,
    board: HealthBoard,
}

impl<S: Bookings> Health<S> {
    pub(super) fn new(store: S, board: HealthBoard) -> Self {
        Self { store, board }
    }
}

#[tonic::async_trait]
impl<S: Bookings> health_server::Health for Health<S> {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        if !SERVICES.contains(&request.get_ref().service.as_str()) {
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
        let known = SERVICES.contains(&request.get_ref().service.as_str());
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
