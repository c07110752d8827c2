//! A database that can be served from.

use crate::{db::Pool, token_key::TokenKey};

/// Its connections, and the key that is in it.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) readers: Pool,
    pub(crate) writers: Pool,
    pub(crate) token_key: TokenKey,
}
