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
mod tests {
    use super::*;

    fn grant(bearer: Bearer, scope: &str) -> Grant {
        Grant {
            bearer,
            scopes: vec![scope.to_owned()],
            expires_at_s: u64::MAX,
        }
    }

    #[test]
    fn token_scope_and_role_are_asked_for_in_this_order() {
        let text = "project = \"p\"\n\
            [[machine]]\nname = \"vm\"\naddress = \"10.128.0.2\"\nservice_account = \"none@p\"\n\
            [[account]]\nemail = \"viewer@p\"\nroles = [\"roles/iam.serviceAccountViewer\"]\n\
            [[account]]\nemail = \"admin@p\"\nroles = [\"roles/iam.serviceAccountAdmin\"]\n";
        let config = Config::parse(text, "c.toml").unwrap();
        let account = |name: &str| Bearer::Account(format!("{name}@p").parse().unwrap());
        let mail = "https://www.googleapis.com/auth/userinfo.email";
        let cases = [
            (None, Method::List, None, Some((401, "CREDENTIALS_MISSING"))),
            (
                Some("Basic x"),
                Method::List,
                None,
                Some((401, "CREDENTIALS_MISSING")),
            ),
            (
                Some("Bearer "),
                Method::List,
                None,
                Some((401, "CREDENTIALS_MISSING")),
            ),
            (
                Some("Bearer x"),
                Method::List,
                None,
                Some((401, "ACCESS_TOKEN_EXPIRED")),
            ),
            (
                Some("bearer x"),
                Method::Delete,
                Some(grant(Bearer::Operator, IAM_SCOPE)),
                None,
            ),
            (
                Some("Bearer x"),
                Method::List,
                Some(grant(account("admin"), mail)),
                Some((403, "ACCESS_TOKEN_SCOPE_INSUFFICIENT")),
            ),
            (
                Some("Bearer x"),
                Method::Get,
                Some(grant(account("none"), CLOUD_PLATFORM)),
                Some((403, "IAM_PERMISSION_DENIED")),
            ),
            (
                Some("Bearer x"),
                Method::Get,
                Some(grant(account("viewer"), CLOUD_PLATFORM)),
                None,
            ),
            (
                Some("Bearer x"),
                Method::Disable,
                Some(grant(account("viewer"), CLOUD_PLATFORM)),
                Some((403, "IAM_PERMISSION_DENIED")),
            ),
            (
                Some("Bearer x"),
                Method::Disable,
                Some(grant(account("admin"), IAM_SCOPE)),
                None,
            ),
        ];
        for (authorization, method, worth, refusal) in cases {
            let checked = check(
                &config,
                method,
                authorization,
                |_| worth.clone(),
                "projects/p",
            );
            let seen = checked.err().map(|error| {
                let reason = error.details[0]["reason"].as_str().unwrap().to_owned();
                (error.code, reason)
            });
            let refusal = refusal.map(|(code, reason)| (code, reason.to_owned()));
            assert_eq!(seen, refusal, "{authorization:?} {method:?}");
        }
    }
}
