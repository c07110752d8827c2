//! Sends a log's rows to the backend, some hundred in a call, until its end or somebody's wish.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use booking_proto::ot::v1::{ImportCasesRequest, ImportRow};
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
    let mut run = Run {
        client,
        import: &import,
        settings: &settings,
        mode,
        tally: Tally::default(),
    };
    let ended = run.everything().await;
    let tally = run.tally;
    let stage = match ended {
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

struct Run<'a> {
    client: BackendClient,
    import: &'a Import,
    settings: &'a Settings,
    mode: RunMode,
    tally: Tally,
}

impl Run<'_> {
    async fn everything(&mut self) -> Result<(), Why> {
        let Settings { zone, mapping, .. } = self.settings;
        let unreadable = |error: theatre_log::LogError| Why::Unreadable(error.to_string());
        let log = Log::open(&*self.import.bytes, mapping, zone.clone()).map_err(unreadable)?;
        let mut batch = Vec::with_capacity(BATCH);
        for row in log {
            match row.map_err(unreadable)? {
                Ok(row) => {
                    self.tally.read(&row);
                    batch.push(row);
                }
                Err(refused) => self.tally.not_understood(refused),
            }
            if batch.len() == BATCH {
                self.send(std::mem::take(&mut batch)).await?;
            }
        }
        if batch.is_empty() {
            return Ok(());
        }
        self.send(batch).await
    }

    async fn send(&mut self, rows: Vec<ImportRow>) -> Result<(), Why> {
        let request = ImportCasesRequest {
            source: self.settings.source.clone(),
            // The only site goes without saying.
            site: String::new(),
            rows,
            strict: self.settings.strict,
            validate_only: self.mode == RunMode::DryRun,
            request_id: uuid::Uuid::new_v4().to_string(),
        };
        let mut attempt = 1;
        let outcomes = loop {
            if self.import.is_to_stop() {
                return Err(Why::Wished);
            }
            match self.client.import_cases(request.clone()).await {
                Ok(answer) => break answer.outcomes,
                Err(refusal) if attempt < ATTEMPTS && may_be_sent_again(&refusal) => {
                    tokio::time::sleep(PAUSE * attempt).await;
                    attempt += 1;
                }
                Err(refusal) => return Err(Why::Refused(Box::new(refusal))),
            }
        };
        for outcome in outcomes {
            self.tally.outcome(outcome);
        }
        self.import.tell(&self.tally);
        Ok(())
    }
}

/// Nothing was said about the rows, and what was sent once may be sent twice.
fn may_be_sent_again(refusal: &Refusal) -> bool {
    use RefusalKind::{BackendUnreachable, Busy, TimedOut};
    matches!(refusal.kind, BackendUnreachable | Busy | TimedOut)
}
