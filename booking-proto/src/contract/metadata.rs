//! The metadata that calls carry.

/// Names the person for whom an account calls; only the account is proven by ALTS, and only an
/// account with `act_as` in the backend's access file may say it.
pub const ON_BEHALF_OF: &str = "on-behalf-of";
