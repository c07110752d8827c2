//! The metadata server of Compute Engine, as far as identity needs it.
//!
//! Source: Compute Engine's documentation, "About VM metadata" and "Verifying the identity of
//! instances".

use alts_daemon::http::{self, HttpError};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::identity::jwt::MAX_TOKEN_LEN;

/// Where it is on every instance.
pub const DEFAULT_METADATA: &str = "http://metadata.google.internal";

/// Keeps a request that a browser was tricked into from being answered.
const FLAVOR: (&str, &str) = ("metadata-flavor", "Google");

/// A metadata server by its base address, such as [`DEFAULT_METADATA`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MetadataServer(pub String);

/// Why it says nothing useful.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// No answer.
    #[error(transparent)]
    Http(#[from] HttpError),
    /// An answer by somebody else.
    #[error("{0} does not answer as a metadata server: the header Metadata-Flavor is missing")]
    NotMetadata(String),
    /// An answer that makes no sense.
    #[error("{0} answered with something that is no text")]
    NotText(String),
}

impl MetadataServer {
    /// The account that is attached to this machine.
    pub async fn default_account(&self) -> Result<String, MetadataError> {
        self.get("instance/service-accounts/default/email", 1024)
            .await
    }

    /// What this machine is called.
    pub async fn instance_name(&self) -> Result<String, MetadataError> {
        self.get("instance/name", 1024).await
    }

    /// A proof of this machine's identity for one audience.
    pub async fn identity_token(&self, audience: &str) -> Result<String, MetadataError> {
        let audience = percent_encoded(audience);
        let path =
            format!("instance/service-accounts/default/identity?audience={audience}&format=full");
        self.get(&path, MAX_TOKEN_LEN).await
    }

    async fn get(&self, path: &str, max_len: usize) -> Result<String, MetadataError> {
        let base = self.0.trim_end_matches('/');
        let url = format!("{base}/computeMetadata/v1/{path}");
        let answer = http::get(&url, &[FLAVOR], max_len).await?;
        // Something else on that address must not pass for the metadata server.
        let flavor = answer.headers.get(FLAVOR.0);
        if flavor.is_none_or(|value| value.as_bytes() != FLAVOR.1.as_bytes()) {
            return Err(MetadataError::NotMetadata(base.to_owned()));
        }
        String::from_utf8(answer.body.to_vec())
            .map(|text| text.trim().to_owned())
            .map_err(|_| MetadataError::NotText(base.to_owned()))
    }
}

/// RFC 3986, section 2.1: everything but the unreserved characters.
fn percent_encoded(text: &str) -> String {
    const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
        .remove(b'-')
        .remove(b'.')
        .remove(b'_')
        .remove(b'~');
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
#[path = "metadata_tests.rs"]
mod tests;
