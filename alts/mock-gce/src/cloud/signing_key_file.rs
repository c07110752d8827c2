//! The signing key on disk: made once, kept with the accounts, never overwritten when it is damaged.

use std::{fs, io, path::Path};

use anyhow::{Context, anyhow};
use rsa::rand_core::UnwrapErr;

use crate::{identity::signing_key::SigningKey, system::runtime_dir};

const FILE: &str = "identity_token_key.pem";

/// Reads the key in this directory, or makes one.
pub(super) fn open(state_dir: &Path) -> anyhow::Result<SigningKey> {
    let path = state_dir.join(FILE);
    match fs::read_to_string(&path) {
        Ok(pem) => SigningKey::from_pem(&pem).map_err(|error| {
            anyhow!(
                "the state file {} is damaged: {error}; restore it from a copy, or move it away to \
                 start afresh; nothing was overwritten",
                path.display()
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(&path),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn make(path: &Path) -> anyhow::Result<SigningKey> {
    // A first draw that works: the operating system's randomness does not fail later.
    getrandom::fill(&mut [0_u8; 1]).context("the system gives no random bytes")?;
    let key =
        SigningKey::generate(&mut UnwrapErr(getrandom::SysRng)).map_err(anyhow::Error::msg)?;
    let pem = key.to_pem().map_err(anyhow::Error::msg)?;
    runtime_dir::replace(path, pem.as_bytes())?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_a_damaged_one_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let made = open(dir.path()).unwrap();
        assert_eq!(open(dir.path()).unwrap().id(), made.id());

        let path = dir.path().join(FILE);
        let whole = fs::read_to_string(&path).unwrap();
        for damaged in [
            "",
            "-----BEGIN PRIVATE KEY-----\n",
            &whole[..whole.len() / 2],
        ] {
            fs::write(&path, damaged).unwrap();
            let error = open(dir.path()).unwrap_err().to_string();
            assert!(
                error.contains(FILE) && error.contains("nothing was overwritten"),
                "{error}"
            );
            // A key's text must not become an error's.
            assert!(!error.contains(&whole[40..80]));
            assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
        }
    }
}
