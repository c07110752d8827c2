//! Which certificates of a PostgreSQL server count, and when that would be nobody's.
//!
//! ```text
//!   sslmode       encrypted     by an authority that is trusted   for the host of the URL
//!   disable       no
//!   prefer        if it offers  unasked                           unasked
//!   require       yes           unasked                           unasked
//!   verify-ca     yes           yes                               unasked
//!   verify-full   yes           yes                               yes
//! ```
//!
//! The driver trusts the machine's authorities as well as the one of `sslrootcert`. With
//! `verify-full` that is as it should be: no public authority certifies somebody else's host. With
//! `verify-ca` anybody with a certificate for any host at all would do, so it is refused unless the
//! machine's authorities were replaced.

use std::env;

use sqlx::postgres::PgSslMode;

use crate::OpenError;

/// Where the driver looks for other authorities than the machine's.
const REPLACED_BY: [&str; 2] = ["SSL_CERT_FILE", "SSL_CERT_DIR"];

/// Whether this process trusts certain authorities in place of the machine's.
pub(super) fn authorities_are_named() -> bool {
    REPLACED_BY
        .iter()
        .any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Refuses what would only look like a check.
pub(super) fn check(mode: PgSslMode, authorities_are_named: bool) -> Result<(), OpenError> {
    if matches!(mode, PgSslMode::VerifyCa) && !authorities_are_named {
        return Err(OpenError::Unreachable {
            cause: "sslmode=verify-ca would take a certificate for any host from any authority \
                    that this machine trusts"
                .to_owned(),
            remedy: "start with the environment variable SSL_CERT_FILE naming the file of the \
                     server's authority, which alone is trusted then, or use sslmode=verify-full",
        });
    }
    Ok(())
}
