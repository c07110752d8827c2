//! Where news comes together: the last changes, numbered, and whoever listens.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;
use tokio::sync::broadcast;

/// Changes kept for pages that come back: minutes of a busy hospital.
pub(super) const KEPT: usize = 4096;
/// Changes a slow browser may be behind before it is told to fetch everything.
const BEHIND: usize = 256;

/// What a page is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum News {
    /// This case, session or theatre is not as it was. Its resource name.
    Changed(String),
    /// More than can be told: fetch everything.
    Resync,
    /// The backend is there, or not.
    Connected(bool),
    /// Nothing, so that silence means a broken connection.
    Beat,
}

/// News with its number; zero for what need not be told again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Numbered {
    pub(crate) number: u64,
    pub(crate) news: News,
}

/// Where news comes together.
#[derive(Debug)]
pub(crate) struct Hub {
    /// Tells this run's numbers from an earlier run's.
    run: String,
    inner: Mutex<Inner>,
}

#[derive(Debug)]
struct Inner {
    last: u64,
    connected: bool,
    kept: VecDeque<Arc<Numbered>>,
    /// None once the program stops: streams end then.
    sender: Option<broadcast::Sender<Arc<Numbered>>>,
}

/// What somebody missed, and everything from here on.
pub(crate) struct Subscription {
    pub(crate) missed: Vec<Arc<Numbered>>,
    pub(crate) news: Option<broadcast::Receiver<Arc<Numbered>>>,
}

impl Hub {
    pub(crate) fn new(run: String) -> Self {
        let inner = Mutex::new(Inner {
            last: 0,
            connected: false,
            kept: VecDeque::new(),
            sender: Some(broadcast::Sender::new(BEHIND)),
        });
        Self { run, inner }
    }

    /// The number of the last change, for a page that is being put together.
    pub(crate) fn mark(&self) -> String {
        self.id(self.inner.lock().last)
    }

    /// A number as browsers give it back.
    pub(crate) fn id(&self, number: u64) -> String {
        format!("{}-{number}", self.run)
    }

    /// Tells everybody.
    pub(crate) fn tell(&self, news: News) {
        let mut inner = self.inner.lock();
        let counts = matches!(news, News::Changed(_) | News::Resync);
        if let News::Connected(connected) = news {
            if inner.connected == connected {
                return;
            }
            inner.connected = connected;
        }
        if counts {
            inner.last += 1;
        }
        let number = if counts { inner.last } else { 0 };
        let numbered = Arc::new(Numbered { number, news });
        if counts {
            inner.kept.push_back(Arc::clone(&numbered));
            if inner.kept.len() > KEPT {
                inner.kept.pop_front();
            }
        }
        if let Some(sender) = &inner.sender {
            // Nobody listening is no fault.
            drop(sender.send(numbered));
        }
    }

    /// Everything after `since`, the number that a page or a stream had last.
    pub(crate) fn subscribe(&self, since: &str) -> Subscription {
        let inner = self.inner.lock();
        let known = since
            .rsplit_once('-')
            .filter(|(run, _)| *run == self.run)
            .and_then(|(_, number)| number.parse::<u64>().ok())
            .filter(|number| *number <= inner.last);
        let oldest = inner
            .kept
            .front()
            .map_or(inner.last + 1, |kept| kept.number);
        let told = |number, news| Arc::new(Numbered { number, news });
        let mut missed = match known {
            Some(number) if number + 1 >= oldest => {
                let after = inner.kept.iter().filter(|kept| kept.number > number);
                after.cloned().collect()
            }
            _ => vec![told(inner.last, News::Resync)],
        };
        if !inner.connected {
            missed.push(told(0, News::Connected(false)));
        }
        Subscription {
            missed,
            news: inner.sender.as_ref().map(broadcast::Sender::subscribe),
        }
    }

    /// Ends all streams, for good.
    pub(crate) fn close(&self) {
        self.inner.lock().sender = None;
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.inner.lock().sender.is_none()
    }
}
