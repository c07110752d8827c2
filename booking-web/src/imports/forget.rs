//! Lets a log go when its time is over: nobody else may ever come and have it swept away.

use std::sync::Arc;

use tokio::time::{Instant, sleep_until};

use super::Imports;

/// Waits until the log of this id is let go, by itself when its time is over.
pub(crate) async fn forget(imports: Arc<Imports>, id: String) {
    loop {
        let now = Instant::now().into_std();
        imports.let_go(now);
        let kept_until = imports.all().get(&id).map(|import| import.kept_until(now));
        let Some(kept_until) = kept_until else {
            return;
        };
        sleep_until(kept_until.into()).await;
    }
}
