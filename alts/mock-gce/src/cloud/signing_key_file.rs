//! The signing key on disk: made once, kept with the accounts, never overwritten when it is damaged.

use alts_daemon::state::StateDir;
use anyhow::Context;
use rsa::rand_core::UnwrapErr;

use crate::identity::signing_key::SigningKey;

const FILE: &str = "identity_token_key.pem";

/// Reads the key in this directory, or makes one.
pub(super) fn open(state: &StateDir) -> anyhow::Result<SigningKey> {
    let Some(pem) = state.read_bytes(FILE)? else {
        return make(state);
    };
    let pem = str::from_utf8(&pem).unwrap_or_default();
    let key = SigningKey::from_pem(pem);
    Ok(key.map_err(|error| state.damaged(FILE, error.to_string()))?)
}

fn make(state: &StateDir) -> anyhow::Result<SigningKey> {
    // A first draw that works: the operating system's randomness does not fail later.
    getrandom::fill(&mut [0_u8; 1]).context("the system gives no random bytes")?;
    let key = SigningKey::generate(&mut UnwrapErr(getrandom::SysRng))?;
    state.replace_bytes(FILE, key.to_pem()?.as_bytes())?;
    Ok(key)
}

#[cfg(test)]
#[path = "signing_key_file_tests.rs"]
mod tests;
