//! Credentials that a peer must refuse. Nobody is harmed: each is made for its own machine, and the
//! wrong ones are wrong for everybody.

use std::{sync::Arc, time::Duration};

use alts::ServiceAccount;
use alts_authority::{certificate_authority::CertificateAuthority, issuer::NoCredential};
use alts_daemon::{
    clock::Clock,
    metrics::Counters,
    rng::{self, NoEntropy},
};
use alts_handshake::{
    HandshakeCredential, MAX_CLOCK_SKEW, MachineName, MasterKey, RootKey, Timestamp, Validity,
};

use super::fault::Fault;

/// Life of a wrong handshake certificate: a good one's.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

/// Beyond what clocks may be apart.
const WELL_BEYOND: Duration = Duration::from_secs(MAX_CLOCK_SKEW.as_secs() + 60);

/// Whose calls go wrong, and what a wrong credential is made of.
#[derive(Clone, Debug)]
pub struct Machine {
    /// Its name.
    pub name: MachineName,
    /// Whom its handshaker speaks for.
    pub account: ServiceAccount,
    /// Who certifies it.
    pub authority: Arc<CertificateAuthority>,
    /// Its time.
    pub clock: Clock,
    /// Counts calls that go wrong.
    pub faulted: Arc<Counters>,
}

/// A credential that is wrong as `fault` says.
pub(super) fn credential(
    fault: Fault,
    machine: &Machine,
) -> Result<Arc<HandshakeCredential>, NoCredential> {
    let now = machine.clock.now();
    let unable = NoCredential::AuthorityUnreachable;
    let seed = || rng::seed().map_err(|error: NoEntropy| unable(error.to_string()));
    let key = MasterKey::new(machine.account.clone(), &seed()?);
    let request = key.request(machine.name.clone());
    let certificate = match fault {
        Fault::WrongIssuer => {
            RootKey::new(&seed()?).sign(&request, Validity::starting(now, LIFETIME), 0)
        }
        _ => machine.authority.certify(&request, "")?,
    };
    let master = key.certified(certificate);
    let begins = match fault {
        Fault::Expired => {
            let ended_s = (LIFETIME + WELL_BEYOND).as_secs();
            Timestamp::from_unix_s(now.as_unix_s().saturating_sub(ended_s))
        }
        Fault::NotYetValid => now.after(WELL_BEYOND),
        _ => now,
    };
    if begins >= master.validity().not_after {
        return Err(unable(format!(
            "the fault not-yet-valid needs a credential lifetime above {} s",
            WELL_BEYOND.as_secs()
        )));
    }
    if fault == Fault::Revoked {
        let revoked = machine.authority.revoke(&[master.revocation_id()]);
        revoked.map_err(|error| unable(error.to_string()))?;
    }
    let credential = master.issue(&seed()?, begins, LIFETIME);
    Ok(Arc::new(credential))
}
