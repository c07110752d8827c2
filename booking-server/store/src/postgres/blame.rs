//! Whose fault it is that a PostgreSQL server cannot be reached: a cause and a remedy, in words.

use std::io;

use rustls::{CertificateError, Error as TlsError};

use crate::{OpenError, db::message};

const REACH: &str =
    "see that it runs, and that host, user, password and database of --database-url are right";
const ENCRYPT: &str = "add ?sslmode=verify-full (or require) to --database-url if it wants encrypted \
                       connections; else see that the user exists and that its pg_hba.conf lets it in \
                       from here";
const OFFER_TLS: &str = "switch `ssl` on in its postgresql.conf; sslmode=disable in --database-url \
                         would send everything in the clear";
const TRUST: &str = "name the file of the server's authority with sslrootcert=FILE in \
                     --database-url, or with the environment variable SSL_CERT_FILE";
const NAME: &str = "use a host in --database-url that its certificate is for";
const CERTIFICATE: &str = "give the server a certificate that is in force";
const FILE: &str = "see that the host's socket and the files of sslrootcert, sslcert and sslkey in \
                    --database-url are there and may be read";

/// Refused by its access rules (invalid_authorization_specification).
const NOT_LET_IN: &str = "28000";

pub(super) fn unreachable(error: &sqlx::Error) -> OpenError {
    OpenError::Unreachable {
        cause: cause(error),
        remedy: remedy(error),
    }
}

/// What went wrong, without the driver's words around it.
fn cause(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => error.to_string(),
        error => message(error),
    }
}

fn remedy(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Database(refusal) if refusal.code().as_deref() == Some(NOT_LET_IN) => ENCRYPT,
        sqlx::Error::Io(error) => match tls(error) {
            Some(TlsError::InvalidCertificate(certificate)) => match certificate {
                CertificateError::NotValidForName
                | CertificateError::NotValidForNameContext { .. } => NAME,
                CertificateError::Expired
                | CertificateError::ExpiredContext { .. }
                | CertificateError::NotValidYet
                | CertificateError::NotValidYetContext { .. } => CERTIFICATE,
                _ => TRUST,
            },
            Some(_) => TRUST,
            None if error.kind() == io::ErrorKind::NotFound
                || error.kind() == io::ErrorKind::PermissionDenied =>
            {
                FILE
            }
            None => REACH,
        },
        // The driver's own words, and nothing but words.
        sqlx::Error::Tls(error) if error.to_string() == "server does not support TLS" => OFFER_TLS,
        sqlx::Error::Tls(_) => TRUST,
        _ => REACH,
    }
}

fn tls(error: &io::Error) -> Option<&TlsError> {
    error.get_ref()?.downcast_ref()
}
