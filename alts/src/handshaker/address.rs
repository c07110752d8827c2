//! Where the handshaker is, and whether this machine is one where it can be trusted.

use std::{fs::File, io::Read};

use tokio::sync::Semaphore;
use tonic::transport::Endpoint;

use super::{MAX_CONCURRENT_HANDSHAKES, MAX_CONCURRENT_HANDSHAKES_ENV};
use crate::{Error, record::aead::BackEnd};

/// The handshaker that every Google Compute Engine VM has. The dot after the name keeps search
/// domains out of its resolution; every gRPC library spells it so.
pub const DEFAULT_HANDSHAKER_ADDRESS: &str = "metadata.google.internal.:8080";

/// Chooses the AEAD back end of a process: see [`BackEnd::from_env`].
const AEAD_ENV: &str = "ALTS_AEAD";

/// What the firmware calls the machine.
const PRODUCT_NAME_FILE: &str = "/sys/class/dmi/id/product_name";
/// How much of it is read, as in C-core.
const PRODUCT_NAME_MAX_LEN: u64 = 256;
/// Its values on Google's machines; compared exactly, as in C-core, Go and Java.
const GOOGLE_PRODUCT_NAMES: [&str; 2] = ["Google", "Google Compute Engine"];

/// Whether the firmware says that this is a Google Compute Engine VM.
///
/// This guards against a stranger's process posing as the handshaker on an ordinary machine; it
/// is advice, not cryptography. Linux only: elsewhere the answer is no.
pub(super) fn on_gce() -> bool {
    let mut name = Vec::new();
    let read = File::open(PRODUCT_NAME_FILE)
        .and_then(|file| file.take(PRODUCT_NAME_MAX_LEN).read_to_end(&mut name));
    read.is_ok() && is_google(&String::from_utf8_lossy(&name))
}

fn is_google(product_name: &str) -> bool {
    GOOGLE_PRODUCT_NAMES.contains(&product_name.trim())
}

/// The handshaker's endpoint: plaintext HTTP/2, since it never leaves the machine.
pub(super) fn endpoint(address: &str) -> Result<Endpoint, Error> {
    let wrong = |why: &str| {
        Error::Misconfigured(format!(
            "handshaker address {address:?} {why}, such as 127.0.0.1:8080"
        ))
    };
    if address.contains(['/', '@', '?', '#']) || address.contains(char::is_whitespace) {
        return Err(wrong("is not HOST:PORT"));
    }
    let (host, port) = address
        .rsplit_once(':')
        .ok_or_else(|| wrong("lacks a port"))?;
    if host.is_empty() || port.parse::<u16>().is_err() {
        return Err(wrong("is not HOST:PORT"));
    }
    Endpoint::from_shared(format!("http://{address}")).map_err(|_| wrong("is not HOST:PORT"))
}

/// The limit on concurrent handshakes that the environment asks for, or the default.
pub(super) fn max_concurrent_from_env() -> usize {
    let Ok(text) = std::env::var(MAX_CONCURRENT_HANDSHAKES_ENV) else {
        return MAX_CONCURRENT_HANDSHAKES;
    };
    max_concurrent(&text).unwrap_or_else(|| {
        tracing::warn!(
            value = text,
            "{MAX_CONCURRENT_HANDSHAKES_ENV} is not a number from 1 to {}; using \
             {MAX_CONCURRENT_HANDSHAKES}",
            Semaphore::MAX_PERMITS
        );
        MAX_CONCURRENT_HANDSHAKES
    })
}

impl BackEnd {
    /// The back end that the variable `ALTS_AEAD` names, or the default: so a test or a bench runs the
    /// same programs on each. Both are AES-128-GCM; no name makes a connection weaker.
    ///
    /// # Errors
    /// [`Error::Misconfigured`] when the name is not that of a back end in this build.
    pub fn from_env() -> Result<Self, Error> {
        match std::env::var_os(AEAD_ENV) {
            None => Ok(Self::default()),
            Some(name) => back_end(&name.to_string_lossy()),
        }
    }
}

fn back_end(name: &str) -> Result<BackEnd, Error> {
    BackEnd::named(name).ok_or_else(|| {
        let all: Vec<_> = BackEnd::ALL.iter().map(|known| known.name()).collect();
        let all = all.join(" or ");
        Error::Misconfigured(format!("{AEAD_ENV} is {name:?}; here it can be {all}"))
    })
}

fn max_concurrent(text: &str) -> Option<usize> {
    let max = text.trim().parse().ok();
    max.filter(|max| (1..=Semaphore::MAX_PERMITS).contains(max))
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
