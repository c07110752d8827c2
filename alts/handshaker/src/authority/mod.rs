//! The signing authority: certifies machines' keys, for enabled accounts only.
//!
//! | file | for |
//! |---|---|
//! | this one | the decision; pure |
//! | `root_keys.rs` | the keys it signs with, and how one replaces another; pure |
//! | `root_keys_record.rs` | those as a file's contents |
//! | `statement.rs` | what it says under those keys besides certificates; pure |
//! | `ledger.rs` | what it issued and what it revoked; pure |
//! | `admission.rs` | which machine may ask for which account |
//! | `service.rs` | the same over gRPC, for handshakers on other machines |
//! | `server.rs` | the process |

mod admission;
pub mod ledger;
pub mod root_keys;
mod root_keys_record;
pub mod server;
mod service;
pub mod statement;

use std::time::Duration;

pub(crate) use self::root_keys_record::RootKeysRecord;
pub use admission::{Admission, Enrolled, GceAdmission, Refused};

use crate::{
    NoCredential,
    directory::Directory,
    handshake::{MasterCertificate, MasterRequest, RootKey, Timestamp, Validity},
};

/// Generated from `proto/alts_handshaker/authority/v1/authority.proto`, which documents it.
pub mod proto {
    #![expect(
        missing_docs,
        unused_qualifications,
        clippy::all,
        reason = "generated; the .proto file carries the words"
    )]
    tonic::include_proto!("alts_handshaker.authority.v1");
}

/// Decides, and signs with `root` for `lifetime`. `serial`: names the certificate for revocation;
/// never given before.
///
/// # Errors
/// When an account does not exist or is disabled.
pub fn issue(
    root: &RootKey,
    request: &MasterRequest,
    directory: &Directory,
    lifetime: Duration,
    now: Timestamp,
    serial: u64,
) -> Result<MasterCertificate, NoCredential> {
    for email in &request.accounts {
        match directory.get(email) {
            None => return Err(NoCredential::Unknown(email.clone())),
            Some(account) if account.disabled => {
                return Err(NoCredential::Disabled(email.clone()));
            }
            Some(_) => {}
        }
    }
    Ok(root.sign(request, Validity::starting(now, lifetime), serial))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ServiceAccount,
        handshake::{MachineName, MasterKey, Seed},
    };

    #[test]
    fn only_enabled_accounts_are_certified() {
        let root = RootKey::new(&Seed::new([1; 32]));
        let lifetime = Duration::from_secs(3600);
        let account: ServiceAccount = "svc@p.iam".parse().unwrap();
        let machine = MachineName::parse("vm").unwrap();
        let request = MasterKey::new(account.clone(), &Seed::new([2; 32])).request(machine);
        let mut directory = Directory::default();
        let now = Timestamp::from_unix_s(1000);
        let issue = |directory: &Directory| issue(&root, &request, directory, lifetime, now, 7);

        assert_eq!(
            issue(&directory).err(),
            Some(NoCredential::Unknown(account.clone()))
        );
        directory.create(account.clone(), "", 1).unwrap();
        let certificate = issue(&directory).unwrap();
        assert_eq!(certificate.validity(), Validity::starting(now, lifetime));
        directory.set_disabled(&account, true).unwrap();
        assert_eq!(
            issue(&directory).err(),
            Some(NoCredential::Disabled(account))
        );
    }
}
