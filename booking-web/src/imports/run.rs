//! Sends a log's rows to the backend, some hundred in a call, until its end or somebody's wish.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use booking_proto::ot::v1::ImportCasesRequest;
use theatre_log::Log;

use super::{
    store::{Import, RunMode, Settings, Stage, Why},
    tally::Tally,
};
use crate::backend::{BackendClient, Refusal, RefusalKind};

/// Rows in one call: a second's work for the backend.
const BATCH: usize = 500;
/// How often a batch is sent again when its answer is lost, and how long after: half a minute in all,
/// the time of a restart.
const ATTEMPTS: u32 = 8;
const PAUSE: Duration = Duration::from_secs(1);

/// Runs to the end of the log, and notes in `import` how far it is and how it ended.
pub(crate) async fn run(
    client: BackendClient,
    import: Arc<Import>,
    mode: RunMode,
    settings: Settings,
) {
    let mut tally = Tally::default();
    let stage = match everything(&client, &import, mode, settings, &mut tally).await {
        Ok(()) => Stage::Done(mode),
        Err(why) => Stage::Stopped(mode, why),
    };
    // Counts are no patient's data; what rows say stays out of the log.
    tracing::info!(
        ?mode,
        new = tally.new_cases(),
        unchanged = tally.unchanged,
        refused = tally.refused,
        whole = matches!(stage, Stage::Done(_)),
        "a log of past cases was read"
    );
    import.end(stage, tally, Instant::now());
}

async fn everything(
    client: &BackendClient,
    import: &Import,
    mode: RunMode,
    settings: Settings,
    tally: &mut Tally,
) -> Result<(), Why> {
    let unreadable = |error: theatre_log::LogError| Why::Unreadable(error.to_string());
    let log = Log::open(&*import.bytes, &settings.mapping, settings.zone).map_err(unreadable)?;
    let mut request = ImportCasesRequest {
        source: settings.source,
        // The only site goes without saying.
        site: String::new(),
        rows: Vec::with_capacity(BATCH),
        strict: settings.strict,
        validate_only: mode.is_dry(),
        request_id: String::new(),
    };
    for row in log {
        match row.map_err(unreadable)? {
            Ok(row) => {
                tally.read(&row);
                request.rows.push(row);
            }
            Err(refused) => tally.not_understood(refused),
        }
        if request.rows.len() == BATCH {
            send(client, import, &mut request, tally).await?;
        }
    }
    if request.rows.is_empty() {
        return Ok(());
    }
    send(client, import, &mut request, tally).await
}

/// Sends the rows that have come together, and begins anew.
async fn send(
    client: &BackendClient,
    import: &Import,
    request: &mut ImportCasesRequest,
    tally: &mut Tally,
) -> Result<(), Why> {
    request.request_id = uuid::Uuid::new_v4().to_string();
    let mut attempt = 1;
    let outcomes = loop {
        if import.is_to_stop() {
            return Err(Why::Wished);
        }
        match client.import_cases(request.clone()).await {
            Ok(answer) => break answer.outcomes,
            Err(refusal) if attempt < ATTEMPTS && may_be_sent_again(&refusal) => {
                tokio::time::sleep(PAUSE * attempt).await;
                attempt += 1;
            }
            Err(refusal) => return Err(Why::Refused(Box::new(refusal))),
        }
    };
    request.rows.clear();
    for outcome in outcomes {
        tally.outcome(outcome);
    }
    import.tell(tally);
    Ok(())
}

/// Nothing was said about the rows, and what was sent once may be sent twice.
fn may_be_sent_again(refusal: &Refusal) -> bool {
    use RefusalKind::{BackendUnreachable, Busy, TimedOut};
    matches!(refusal.kind, BackendUnreachable | Busy | TimedOut)
}
