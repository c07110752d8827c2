//! `ot.v1.WatchService`: changes as they happen, in the order in which they were committed.
//!
//! ```text
//!  a place in the order of changes
//!  cases, page by page, as they are     -> SNAPSHOT… SNAPSHOT_COMPLETE(token)
//!  feed of changes from that place      -> CHANGED / REMOVED / CONFIGURATION(token)
//!  nothing for a while                  -> HEARTBEAT(token)
//!
//!  task --try_send--> queue (1,000) --> stream        queue full: told so, ended, never skipped
//! ```
//!
//! The reader sets the pace of the snapshot, and no page waits in a transaction: a case that changes
//! between two pages is in the feed.
//!
//! A change says which case; what is told is the case as it is now, so that a reader who falls
//! behind is never told what is long past. Whether the reader may still watch is asked again
//! whenever roles change.

mod filter;

use std::sync::Arc;

use booking_domain::{Case, CaseId};
use booking_proto::{
    contract::{limits::WATCH_HEARTBEAT, resource},
    ot::v1::{
        self, WatchScheduleResponse, watch_schedule_response::Kind,
        watch_service_server::WatchService,
    },
};
use booking_store::{Change, ChangeFeed, ChangeKind, FeedError};
use tokio::{
    sync::{mpsc, watch},
    time,
};
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

use self::filter::{Filter, next_page};
use crate::{
    access::{Denied, Permission, Policy},
    app::Refusal,
    grpc::{
        convert::{case::case, values::timestamp},
        fields::{Fields, reading},
        layers::access::Admitted,
        shared::{
            GrpcServices, Reply,
            health_board::Condition,
            shown,
            watchers::{MAX_WATCHES, WatchPermit},
        },
        status,
        tokens::{InvalidToken, Tokens},
    },
};

/// Messages that a reader may be behind. A board shows some hundred cases.
const QUEUE: usize = 1_000;

/// Room in the queue that is kept for how the watch ended.
const LAST_WORD: usize = 1;

/// What a reader of a watch is told; an error is the last of it.
type WatchStream = ReceiverStream<Result<WatchScheduleResponse, Status>>;

/// What resume tokens are for.
const TOKEN: &str = "resume watch";

/// The token of a place in the order of changes.
pub(super) fn token(tokens: &Tokens, position: u64) -> String {
    tokens.seal(TOKEN, &position.to_be_bytes())
}

#[tonic::async_trait]
impl WatchService for GrpcServices {
    type WatchScheduleStream = WatchStream;

    async fn watch_schedule(
        &self,
        request: Request<v1::WatchScheduleRequest>,
    ) -> Reply<WatchStream> {
        let admitted = Admitted::of(&request)?;
        let wire = request.into_inner();
        let hospital = self.hospital().await?;
        let (filter, resume) = reading(|fields| {
            let filter = Filter::read(fields, &hospital, &wire);
            let resume = self.resume_from(fields, &wire.resume_token);
            Some((filter?, resume?))
        })?;
        let permit = self.watchers.enter(admitted.caller.principal());
        let permit = permit.ok_or_else(|| status::too_many_watches(MAX_WATCHES))?;
        let position = match resume {
            Some(position) => position,
            None => {
                let mut reads = self.app.read().await?;
                reads.position().await.map_err(Refusal::from)?
            }
        };
        let feed = self.app.store().changes_after(position).await;
        let feed = feed.map_err(lost)?;
        let (queue, receiver) = mpsc::channel(QUEUE + LAST_WORD);
        let watch = Watch {
            services: self.clone(),
            admitted,
            filter,
            queue: queue.clone(),
            _permit: permit,
        };
        tokio::spawn(async move {
            let Err(ended) = watch.run(resume.is_none(), feed).await;
            // Whoever does not read any more need not be told.
            drop(queue.try_send(Err(ended)));
        });
        Ok(Response::new(ReceiverStream::new(receiver)))
    }
}

impl GrpcServices {
    /// The place that a token stands for; `None` inside for no token.
    fn resume_from(&self, fields: &mut Fields, token: &str) -> Option<Option<u64>> {
        if token.is_empty() {
            return Some(None);
        }
        let position = self.tokens.open(TOKEN, token);
        let position = position.and_then(|it| it.try_into().map_err(|_| InvalidToken));
        let position = fields.take("resume_token", position)?;
        Some(Some(u64::from_be_bytes(position)))
    }
}

/// What a caller is told when the feed cannot go on.
fn lost(error: FeedError) -> Status {
    match error {
        FeedError::Lost => Refusal::WatchExpired.into(),
        FeedError::Store(error) => Refusal::from(error).into(),
        _ => draining(),
    }
}

fn draining() -> Status {
    Status::unavailable("the server is stopping; resume with the last token, elsewhere or soon")
}

/// One watch under way.
struct Watch {
    services: GrpcServices,
    admitted: Admitted,
    filter: Filter,
    queue: mpsc::Sender<Result<WatchScheduleResponse, Status>>,
    _permit: WatchPermit,
}

/// What may end a watch, whatever it is about to tell.
struct Outside {
    roles: watch::Receiver<Arc<Policy>>,
    condition: watch::Receiver<Condition>,
}

/// Never: a watch goes on until something ends it.
enum Never {}

impl Watch {
    /// Tells all there is to tell, until the reader goes, or may not or cannot be told any more.
    async fn run(mut self, snapshot: bool, mut feed: ChangeFeed) -> Result<Never, Status> {
        let mut outside = Outside {
            roles: self.services.gatekeeper.subscribe(),
            condition: self.services.board.subscribe(),
        };
        // They may have changed since the call was let in.
        outside.roles.mark_changed();
        if snapshot {
            self.tell_all(&mut outside).await?;
            self.tell(Kind::SnapshotComplete, feed.position(), |_| {})?;
        }
        let mut heartbeat = time::interval(WATCH_HEARTBEAT);
        heartbeat.reset();
        loop {
            tokio::select! {
                change = feed.next() => {
                    let change = change.map_err(lost)?;
                    self.pass_on(&change).await?;
                    heartbeat.reset();
                }
                _ = heartbeat.tick() => self.tell(Kind::Heartbeat, feed.position(), |_| {})?,
                Ok(()) = outside.roles.changed() => self.ask_again()?,
                () = drained(&mut outside.condition) => return Err(draining()),
                () = self.queue.closed() => return Err(gone()),
            }
        }
    }

    /// Tells of every case that is watched.
    async fn tell_all(&mut self, outside: &mut Outside) -> Result<(), Status> {
        let mut query = Some(self.filter.first_page());
        while let Some(asked) = query {
            let page = self.services.app.read().await?.cases(&asked).await;
            let mut page = page.map_err(Refusal::from)?;
            query = next_page(asked, &page);
            page.retain(|it| self.filter.has(it));
            for it in &page {
                self.tell_at_leisure(it, outside).await?;
            }
        }
        Ok(())
    }

    /// Tells of one case once the queue has room for it: a snapshot is longer than any queue.
    async fn tell_at_leisure(&mut self, it: &Case, outside: &mut Outside) -> Result<(), Status> {
        let queue = self.queue.clone();
        loop {
            tokio::select! {
                biased;
                Ok(()) = outside.roles.changed() => self.ask_again()?,
                () = drained(&mut outside.condition) => return Err(draining()),
                room = queue.reserve_many(1 + LAST_WORD) => {
                    let mut room = room.map_err(|_| gone())?;
                    let room = room.next().expect("as many as were asked for");
                    room.send(Ok(WatchScheduleResponse {
                        kind: Kind::Snapshot.into(),
                        case: Some(self.shown(it)),
                        ..WatchScheduleResponse::default()
                    }));
                    return Ok(());
                }
            }
        }
    }

    /// Tells of one change, if it is the reader's business.
    async fn pass_on(&self, change: &Change) -> Result<(), Status> {
        let at = Some(timestamp(change.at));
        let named = |message: &mut WatchScheduleResponse| {
            message.name = changed_name(change);
            message.commit_time = at;
        };
        if change.kind != ChangeKind::Case {
            return self.tell(Kind::Configuration, change.seq, named);
        }
        let Ok(id) = CaseId::parse(&change.id) else {
            return Ok(());
        };
        let found = self.services.app.read().await?.case(&id).await;
        let found = found.map_err(Refusal::from)?;
        match found.filter(|case| self.filter.has(case)) {
            Some(found) => self.tell(Kind::Changed, change.seq, |message| {
                message.case = Some(self.shown(&found));
                message.commit_time = at;
            }),
            None if self.filter.had(change) => self.tell(Kind::Removed, change.seq, named),
            None => Ok(()),
        }
    }

    fn tell(
        &self,
        kind: Kind,
        position: u64,
        fill: impl FnOnce(&mut WatchScheduleResponse),
    ) -> Result<(), Status> {
        let mut message = WatchScheduleResponse {
            kind: kind.into(),
            resume_token: token(&self.services.tokens, position),
            ..WatchScheduleResponse::default()
        };
        fill(&mut message);
        if self.queue.capacity() <= LAST_WORD {
            return Err(Refusal::WatchExpired.into());
        }
        self.queue.try_send(Ok(message)).map_err(|_| gone())
    }

    /// A case as the reader may see it.
    fn shown(&self, it: &Case) -> v1::Case {
        shown(case(it), self.admitted.sees_patients())
    }

    /// Roles have changed: whether the reader may still watch, and what they see.
    fn ask_again(&mut self) -> Result<(), Status> {
        let caller = &self.admitted.caller;
        let denied = || status::permission_denied(Denied(Permission::ScheduleRead));
        let policy = self.services.gatekeeper.policy();
        let now = policy.caller(&caller.account, caller.person.as_deref());
        let now = now.map_err(|_| denied())?;
        now.may_call(self.admitted.method)
            .map_err(status::permission_denied)?;
        self.admitted.caller = Arc::new(now);
        Ok(())
    }
}

/// Waits until the server is on its way out.
async fn drained(condition: &mut watch::Receiver<Condition>) {
    // The board outlives every watch; were it gone, so would be the server.
    drop(condition.wait_for(|now| now.is_draining()).await);
}

/// Nobody reads this.
fn gone() -> Status {
    Status::cancelled("the reader has gone")
}

/// The name of something that has changed.
fn changed_name(change: &Change) -> String {
    let collection = match change.kind {
        ChangeKind::Case => resource::CASES,
        ChangeKind::Session => resource::SESSIONS,
        ChangeKind::SessionTemplate => resource::SESSION_TEMPLATES,
        ChangeKind::Unavailability => resource::UNAVAILABILITIES,
        ChangeKind::Site => resource::SITES,
        ChangeKind::Theatre => resource::THEATRES,
        ChangeKind::Staff => resource::STAFF,
        ChangeKind::Unit => resource::EQUIPMENT_UNITS,
        ChangeKind::ProcedureType => resource::PROCEDURE_TYPES,
        ChangeKind::Reason => resource::REASONS,
    };
    resource::name(collection, &change.id)
}
