//! When a credential is renewed. Pure.

use std::time::Duration;

use alts_handshake::{Timestamp, Validity};

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
