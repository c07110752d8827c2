//! Credentials that a peer must refuse. Nobody is harmed: each is made for its own machine, and the
//! wrong ones are wrong for everybody.

use std::{sync::Arc, time::Duration};

use super::Fault;
use crate::{
    Issuer, NoCredential,
    connection::{HANDSHAKE_CERTIFICATE_LIFETIME, Workload, agreement_key, seed},
    handshake::{
        HandshakeCredential, MAX_CLOCK_SKEW, MasterCredential, MasterKey, RootKey, Timestamp,
        Validity,
    },
};

/// Beyond what clocks may be apart.
const WELL_BEYOND: Duration = Duration::from_secs(MAX_CLOCK_SKEW.as_secs() + 60);

/// A credential that is wrong as `fault` says.
pub(crate) async fn credential<I: Issuer>(
    fault: Fault,
    workload: &Workload<I>,
) -> Result<Arc<HandshakeCredential>, NoCredential> {
    let now = workload.clock.now();
    let unable = |cause: String| NoCredential::AuthorityUnreachable(cause);
    let key = MasterKey::new(workload.session.account.clone(), &seed()?);
    let request = key.request(workload.machine.clone());
    if fault == Fault::WrongIssuer {
        let stranger = RootKey::new(&seed()?);
        let validity = Validity::starting(now, HANDSHAKE_CERTIFICATE_LIFETIME);
        let master = key.certified(stranger.sign(&request, validity, 0));
        return agreement_key(&master, workload, now);
    }
    let master = key.certified(workload.issuer.issue(request).await?);
    match fault {
        Fault::Expired => {
            let ended_s = HANDSHAKE_CERTIFICATE_LIFETIME.as_secs() + WELL_BEYOND.as_secs();
            shifted(
                &master,
                workload,
                Timestamp::from_unix_s(now.as_unix_s().saturating_sub(ended_s)),
            )
        }
        Fault::NotYetValid => {
            let begins = now.after(WELL_BEYOND);
            if begins >= master.validity().not_after {
                return Err(unable(format!(
                    "the fault not-yet-valid needs a credential lifetime above {} s",
                    WELL_BEYOND.as_secs()
                )));
            }
            shifted(&master, workload, begins)
        }
        Fault::Revoked => {
            workload
                .issuer
                .revoke(master.revocation_id())
                .map_err(unable)?;
            agreement_key(&master, workload, now)
        }
        _ => agreement_key(&master, workload, now),
    }
}

fn shifted<I>(
    master: &MasterCredential,
    workload: &Workload<I>,
    begins: Timestamp,
) -> Result<Arc<HandshakeCredential>, NoCredential> {
    agreement_key(master, workload, begins)
}
