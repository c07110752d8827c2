//! Lists in pages, as Google's interfaces give them (AIP-158). Pure.

use alts_authority::directory::Account;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::error::ApiError;

/// How many accounts a page has when nobody says.
const DEFAULT_PAGE_SIZE: usize = 20;
/// And at most.
const MAX_PAGE_SIZE: usize = 100;

/// Cuts a page out of all accounts, which are in order of their names, and gives the token of the next
/// one, empty on the last. A token names the last account of the page before: accounts that come and
/// go meanwhile shift no page.
///
/// # Errors
/// When a size or a token is none.
pub fn page(
    accounts: &[Account],
    page_size: Option<&str>,
    page_token: Option<&str>,
) -> Result<(Vec<Account>, String), ApiError> {
    let size = match page_size {
        None | Some("" | "0") => DEFAULT_PAGE_SIZE,
        Some(text) => text
            .parse::<usize>()
            .map_err(|_| {
                ApiError::invalid(format!(
                    "Invalid value at 'page_size' (TYPE_INT32), {text:?}"
                ))
            })?
            .min(MAX_PAGE_SIZE),
    };
    let after = match page_token {
        None | Some("") => String::new(),
        Some(token) => URL_SAFE_NO_PAD
            .decode(token)
            .ok()
            .and_then(|name| String::from_utf8(name).ok())
            .ok_or_else(|| ApiError::invalid("Invalid page token."))?,
    };
    let mut rest = accounts
        .iter()
        .filter(|account| account.email.as_ref() > after.as_str());
    let accounts: Vec<Account> = rest.by_ref().take(size).cloned().collect();
    let last = accounts.last().filter(|_| rest.next().is_some());
    let next_page_token = last.map_or_else(String::new, |last| {
        URL_SAFE_NO_PAD.encode(last.email.as_ref())
    });
    Ok((accounts, next_page_token))
}

#[cfg(test)]
#[path = "page_tests.rs"]
mod tests;
