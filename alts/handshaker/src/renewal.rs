//! Renewal of a connection's credential before it ends: in the background, so that no handshake waits
//! for it, and for as long as it takes.

use std::{sync::Weak, time::Duration};

use tokio::time::sleep;

use crate::{
    Issuer,
    connection::Connection,
    environment,
    handshake::{Timestamp, Validity},
    retry::Backoff,
};

/// Waits between attempts to renew: the first, and the longest.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LONGEST_RETRY: Duration = Duration::from_secs(60);

/// Waits for the time to renew, and renews: handshakes go on with the old credential meanwhile.
/// Aborted when that is replaced or its connection ends.
pub(crate) async fn renew<I: Issuer>(connection: Weak<Connection<I>>, validity: Validity) {
    let Some(wait) = connection.upgrade().map(|connection| {
        let now = connection.workload().clock.now();
        renewal_wait(validity, now, environment::fraction())
    }) else {
        return;
    };
    sleep(wait).await;
    let mut backoff = Backoff::new(FIRST_RETRY, LONGEST_RETRY);
    loop {
        let Some(connection) = connection.upgrade() else {
            return;
        };
        let machine = connection.workload().machine.clone();
        // Not under the lock: handshakes must not wait for this.
        match connection.obtain().await {
            Ok(master) => {
                // Drops, and so aborts, what this task belongs to: nothing is left to be done here.
                match connection.replace(master).await {
                    Ok(()) => tracing::debug!(%machine, "credential renewed"),
                    Err(cause) => tracing::warn!(%machine, %cause, "credential not renewed"),
                }
                return;
            }
            Err(cause) => {
                let now = connection.workload().clock.now();
                let left_s = validity
                    .not_after
                    .as_unix_s()
                    .saturating_sub(now.as_unix_s());
                if left_s == 0 {
                    tracing::warn!(%machine, %cause, "the credential has ended");
                    return;
                }
                tracing::warn!(%machine, %cause, left_s, "the credential cannot be renewed; \
                    going on with it until it ends");
            }
        }
        drop(connection);
        sleep(backoff.next(environment::fraction())).await;
    }
}

/// Until two thirds of its life, spread by a tenth so that credentials which were issued together
/// are not renewed together. `fraction`: random, 0 to 1.
pub(crate) fn renewal_wait(validity: Validity, now: Timestamp, fraction: f64) -> Duration {
    let life_s = validity.not_after.as_unix_s() - validity.not_before.as_unix_s();
    let life = Duration::from_secs(life_s);
    let after = life.mul_f64(2.0 / 3.0 - 0.05 + 0.1 * fraction.clamp(0.0, 1.0));
    let age_s = now
        .as_unix_s()
        .saturating_sub(validity.not_before.as_unix_s());
    // An authority whose clock is far behind issues what is old already: that must not become a
    // loop without a pause.
    after
        .saturating_sub(Duration::from_secs(age_s))
        .max(life / 3)
}
