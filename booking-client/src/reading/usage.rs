//! What is wrong with a command line that clap accepts.

use theatre_log::CivilError;
use thiserror::Error;

/// A command line that parses but means nothing. Says what to write instead; what was typed is printable.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UsageError {
    /// The first item is not `HOST:PORT`.
    #[error("'{0}' is not an address: {1}; write HOST:PORT, for example 10.128.0.2:8080")]
    Address(String, &'static str),
    /// The first item may be meant as either.
    #[error(
        "'{0}' is not an address: the port is missing; write HOST:PORT, for example \
         10.128.0.2:8080, or a command: 'booking-client help' lists them"
    )]
    NeitherAddressNorCommand(String),
    /// The first item is a service account.
    #[error("'{0}' looks like a service account; the server's HOST:PORT comes first")]
    AccountFirst(String),
    /// No service account at all: then anybody could answer.
    #[error(
        "no service account to expect of the server; name at least one after the address, for \
         example prod-ot-booking-svc@grpc-alts-demo.iam.gserviceaccount.com"
    )]
    NoAccount,
    /// Something that no service account can look like.
    #[error("'{0}' is not a service account: {1}; write its e-mail address")]
    Account(String, String),
    /// Two commas in a row, or one at an end.
    #[error("an account is empty; remove the extra comma or quotes, or name the account")]
    EmptyItem,
    /// A command, and nothing says which service it is for.
    #[error(
        "no service to ask; give --server HOST:PORT and --server-account ACCOUNT, or set OT_SERVER \
         and OT_SERVER_ACCOUNT"
    )]
    NoServer,
    /// A command behind the article's call, where accounts stand.
    #[error(
        "'{0}' is a command and comes first; name the service with --server and \
         --server-account, or set OT_SERVER and OT_SERVER_ACCOUNT"
    )]
    CommandAfterAddress(String),
    /// Something of the article's call in front of a command.
    #[error(
        "{0} belongs to the article's call and not to a command; name the service with --server \
         and --server-account"
    )]
    MixedForms(&'static str),
    /// Something in a command that means nothing.
    #[error("{0}")]
    Meaning(String),
}

impl From<CivilError> for UsageError {
    fn from(error: CivilError) -> Self {
        Self::Meaning(error.to_string())
    }
}
