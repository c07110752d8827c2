//! Follows the backend's changes for as long as the program runs, and comes back after every
//! interruption where it was.

use std::{sync::Arc, time::Duration};

use booking_proto::{
    contract::{permission::Permission, reason::WATCH_TOKEN_EXPIRED},
    ot::v1::{GetDayScheduleRequest, WatchScheduleResponse, watch_schedule_response::Kind},
};

use super::hub::{Hub, News};
use crate::backend::{BackendHandle, Refusal, RefusalKind};

/// Between two tries: at first, and at most.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// Between two tries while the backend lets this front end's account see no changes: each is an
/// event "denied" in the audit, and rights are given by hand.
const DENIED_PAUSE: Duration = Duration::from_secs(60);
/// A sign of life to every page.
const BEAT: Duration = Duration::from_secs(10);
/// The backend says something every 15 s; silence for longer is a connection that is gone.
const SILENCE: Duration = Duration::from_secs(40);

/// Never returns before the hub is closed.
pub(crate) async fn follow(backend: BackendHandle, hub: Arc<Hub>) {
    let beat = async {
        while !hub.is_closed() {
            tokio::time::sleep(BEAT).await;
            hub.tell(News::Beat);
        }
    };
    let follow = async {
        let mut token = String::new();
        let mut pause = FIRST_PAUSE;
        while !hub.is_closed() {
            let mut heard = false;
            let ended = once(&backend, &hub, &mut token, &mut heard).await;
            match ended.err() {
                // What was told before is on every page; what comes next begins anew.
                Some(refusal) if refusal.reason == WATCH_TOKEN_EXPIRED.name => token.clear(),
                Some(refusal) if refusal.kind == RefusalKind::PermissionMissing => {
                    tracing::info!(
                        again_in = ?DENIED_PAUSE,
                        "the backend does not let this front end's account see changes; pages are not live"
                    );
                    hub.tell(News::Connected(false));
                    tokio::time::sleep(DENIED_PAUSE).await;
                }
                refusal => {
                    let kind = refusal.map(|refusal| refusal.kind);
                    tracing::debug!(?kind, "changes are not followed for the moment");
                    // Streams end now and then; nothing is lost while the next one begins at once.
                    if heard {
                        pause = FIRST_PAUSE;
                    } else {
                        hub.tell(News::Connected(false));
                    }
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    };
    tokio::join!(beat, follow);
}

/// Follows until the stream ends; `heard` tells whether anything came.
async fn once(
    backend: &BackendHandle,
    hub: &Hub,
    token: &mut String,
    heard: &mut bool,
) -> Result<(), Refusal> {
    let client = backend.client(None);
    // Asked first, because a call in vain is an event in the audit.
    let account = client.learn().await;
    if account.is_some_and(|account| !account.may(Permission::ScheduleRead)) {
        return Err(Refusal::right_missing(Permission::ScheduleRead));
    }
    if token.is_empty() {
        // A day's schedule comes with a token, so that nothing but changes has to be sent.
        let day = client.get_day_schedule(GetDayScheduleRequest::default());
        *token = day.await?.resume_token;
        hub.tell(News::Resync);
    }
    let mut stream = client.watch(token.clone()).await?;
    hub.tell(News::Connected(true));
    while let Ok(next) = tokio::time::timeout(SILENCE, stream.message()).await {
        let Some(message) = next.map_err(|status| Refusal::from(&status))? else {
            break;
        };
        *heard = true;
        hub.tell(News::Connected(true));
        if !message.resume_token.is_empty() {
            token.clone_from(&message.resume_token);
        }
        if let Some(name) = name(message) {
            hub.tell(News::Changed(name));
        }
    }
    Ok(())
}

/// What changed, if anything did.
fn name(message: WatchScheduleResponse) -> Option<String> {
    match message.kind() {
        Kind::Changed => message.case.map(|case| case.name),
        Kind::Removed | Kind::Configuration => Some(message.name),
        Kind::Snapshot | Kind::SnapshotComplete | Kind::Heartbeat | Kind::Unspecified => None,
    }
}
