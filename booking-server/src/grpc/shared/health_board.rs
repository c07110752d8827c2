//! How the server is: serving while the store can be read and the server is not on its way out.

use std::{fmt::Display, time::Duration};

use tokio::{
    sync::watch,
    time::{self, MissedTickBehavior},
};
use tonic_health::pb::health_check_response::ServingStatus;

use crate::bookings::Bookings;

/// How often the monitor reads the store: a watcher learns of a lost disk within seconds.
const MONITOR_INTERVAL: Duration = Duration::from_secs(5);

/// How long the store may take to be read before it counts as unreadable.
const PROBE_TIMEOUT: Duration = Duration::from_secs(2);

/// How the server is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(in crate::grpc) enum Condition {
    Serving,
    StoreUnreadable,
    Draining,
}

impl Condition {
    pub(in crate::grpc) fn is_draining(self) -> bool {
        self == Self::Draining
    }

    pub(in crate::grpc) fn status(self) -> ServingStatus {
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
    pub(in crate::grpc) fn subscribe(&self) -> watch::Receiver<Condition> {
        self.0.subscribe()
    }

    /// The server is on its way out; nothing changes that.
    pub(crate) fn drain(&self) {
        self.0.send_replace(Condition::Draining);
    }

    /// Reads the store and writes up what that says.
    pub(in crate::grpc) async fn examine(&self, store: &impl Bookings) -> Condition {
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
    fn unreadable(&self, cause: &dyn Display) -> Condition {
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
