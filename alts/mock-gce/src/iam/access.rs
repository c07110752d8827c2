//! Who may call what. Pure.

use super::{error::ApiError, method::Method};
use crate::{
    config::Config,
    identity::access_token::{Bearer, CLOUD_PLATFORM, Grant},
};

/// The scope that IAM has for itself.
const IAM_SCOPE: &str = "https://www.googleapis.com/auth/iam";

/// Decides over a call with the token that came, and what that is worth.
///
/// # Errors
/// The refusal, in Google's words.
pub fn check(
    config: &Config,
    method: Method,
    authorization: Option<&str>,
    worth: impl Fn(&str) -> Option<Grant>,
    resource: &str,
) -> Result<Bearer, ApiError> {
    let token = authorization
        .and_then(bearer_token)
        .ok_or_else(|| ApiError::credentials_missing(method))?;
    let grant = worth(token).ok_or_else(|| ApiError::credentials_invalid(method))?;
    let scoped = |scope: &String| scope == CLOUD_PLATFORM || scope == IAM_SCOPE;
    if !grant.scopes.iter().any(scoped) {
        return Err(ApiError::insufficient_scopes(method));
    }
    let allowed = match &grant.bearer {
        Bearer::Operator => true,
        Bearer::Account(email) => {
            let accounts = config.accounts.iter();
            let mut roles = accounts.filter(|account| account.email == *email);
            roles.any(|account| account.roles.iter().any(|role| method.is_in(*role)))
        }
    };
    if allowed {
        Ok(grant.bearer)
    } else {
        Err(ApiError::permission_denied(method, resource))
    }
}

/// RFC 6750, section 2.1; the scheme's case does not matter (RFC 9110, section 11.1).
fn bearer_token(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
#[path = "access_tests.rs"]
mod tests;
