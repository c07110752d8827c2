//! The authority and the directory as one living thing: decisions under a lock, changes on disk
//! before they count.
//!
//! ```text
//!   authority.json     the root keys          directory.json     the accounts
//!   serials.json       numbers given out      revocations.json   ids that are revoked, and when
//!                                                                the last list was made of them
//!   issued.jsonl       every certificate, for people; nobody is refused for want of it
//! ```

mod accounts;
mod keys;

use std::{sync::Arc, time::Duration};

use alts::ServiceAccount;
use alts_daemon::{
    append_log::AppendLog,
    clock::Clock,
    hex::hex,
    rng::{self, NoEntropy},
    state::{StateDir, StateError},
};
use alts_handshake::{
    MasterCertificate, MasterRequest, PeerVerifier, Policy, RootKey, Timestamp, Validity,
};
use parking_lot::{Mutex, RwLock};
use tokio::sync::watch;

use crate::{
    directory::{Directory, DirectoryError, DirectoryRecord},
    issuer::{Issuer, NoCredential},
    ledger::{Issued, IssuedList, Revoked, RevokedRecord, Serials, SerialsRecord, TooManyRevoked},
    root_keys::{RootKeys, RotationError},
    root_keys_record::RootKeysRecord,
};

const AUTHORITY_FILE: &str = "authority.json";
const DIRECTORY_FILE: &str = "directory.json";
const SERIALS_FILE: &str = "serials.json";
const REVOCATIONS_FILE: &str = "revocations.json";
const ISSUED_LOG: &str = "issued.jsonl";

/// Why the authority cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// The request is at fault.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// So it is.
    #[error(transparent)]
    Rotation(#[from] RotationError),
    /// So it is.
    #[error(transparent)]
    Revocation(#[from] TooManyRevoked),
    /// The disk is.
    #[error(transparent)]
    State(#[from] StateError),
    /// The operating system is.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// An authority and its directory.
#[derive(Debug)]
pub struct CertificateAuthority {
    roots: RwLock<Arc<RootKeys>>,
    directory: RwLock<Arc<Directory>>,
    revoked: RwLock<Arc<Revoked>>,
    serials: Mutex<Serials>,
    issued: Mutex<IssuedLog>,
    /// Held while any of these is changed, so that who reads them waits for no disk: each is written
    /// first and replaced then. Taken before their locks, but after `serials`.
    state: Mutex<StateDir>,
    trust: watch::Sender<Arc<PeerVerifier>>,
    crl: Mutex<keys::PublishedCrl>,
    policy: Policy,
    credential_lifetime: Duration,
    clock: Clock,
}

/// The list, and the log that it is read from at the start.
#[derive(Debug)]
struct IssuedLog {
    list: IssuedList,
    log: AppendLog,
}

impl IssuedLog {
    fn open(log: AppendLog) -> Result<Self, StateError> {
        let mut list = IssuedList::default();
        log.read()?
            .lines()
            .filter_map(Issued::from_line)
            .for_each(|issued| list.add(issued));
        Ok(Self { list, log })
    }

    fn add(&mut self, issued: Issued) {
        // For people: a full disk must not stop service that needs no disk.
        if let Err(error) = self.log.append(&issued.to_line()) {
            tracing::warn!(%error, "an issued certificate was not written down");
        }
        self.list.add(issued);
    }
}

impl CertificateAuthority {
    /// Opens the state, or makes it: a new key on the first start, and those of `accounts` that are
    /// missing. An account that exists stays as it is, disabled or not.
    ///
    /// # Errors
    /// When the state is damaged or cannot be kept.
    pub fn open<'a>(
        state: StateDir,
        accounts: impl IntoIterator<Item = (&'a ServiceAccount, &'a str)>,
        credential_lifetime: Duration,
        clock: Clock,
    ) -> Result<Self, AuthorityError> {
        let now = clock.now();
        // All are read before any is written: a damaged one must not half-initialise the others.
        let stored_roots = state.read(AUTHORITY_FILE, |r: RootKeysRecord| r.keys(now))?;
        let stored_directory = state.read(DIRECTORY_FILE, |r: DirectoryRecord| r.try_into())?;
        let stored_serials =
            state.read(SERIALS_FILE, |r: SerialsRecord| Ok::<_, String>(r.into()))?;
        let stored_revoked = state.read(REVOCATIONS_FILE, |r: RevokedRecord| r.try_into())?;
        let issued = IssuedLog::open(AppendLog::new(state.path().join(ISSUED_LOG)))?;

        let roots = match stored_roots {
            Some(roots) => roots,
            None => {
                let roots = RootKeys::new(rng::seed()?, now);
                state.replace(AUTHORITY_FILE, RootKeysRecord::from(&roots))?;
                roots
            }
        };
        let before: Directory = stored_directory.unwrap_or_default();
        let mut directory = before.clone();
        for (email, display_name) in accounts {
            if directory.get(email).is_none() {
                directory.create(email.clone(), display_name, rng::number()?)?;
            }
        }
        if directory != before {
            state.replace(DIRECTORY_FILE, DirectoryRecord::from(&directory))?;
        }
        let mut revoked: Revoked = stored_revoked.unwrap_or_default();
        let crl = keys::PublishedCrl::sign(&roots, &mut revoked, now);
        state.replace(REVOCATIONS_FILE, RevokedRecord::from(&revoked))?;
        Ok(Self {
            trust: watch::Sender::new(crl.trust(&roots, &Policy::default())),
            policy: Policy::default(),
            crl: Mutex::new(crl),
            roots: RwLock::new(Arc::new(roots)),
            directory: RwLock::new(Arc::new(directory)),
            revoked: RwLock::new(Arc::new(revoked)),
            serials: Mutex::new(stored_serials.unwrap_or_default()),
            issued: Mutex::new(issued),
            state: Mutex::new(state),
            credential_lifetime,
            clock,
        })
    }

    /// The same, whose own machines ask `policy` who may certify whom.
    #[must_use]
    pub fn with_policy(self, policy: Policy) -> Self {
        let authority = Self { policy, ..self };
        authority.publish_policy();
        authority
    }

    /// Decides on a certificate, and signs it. `instance_id`: Compute Engine's number of the
    /// machine, or empty. Blocks on the disk: a line for each, and a sync for every few thousand.
    ///
    /// # Errors
    /// When the account does not exist or is disabled, or a number cannot be reserved.
    pub fn certify(
        &self,
        request: &MasterRequest,
        instance_id: &str,
    ) -> Result<MasterCertificate, NoCredential> {
        let key = hex(request.public_key.as_bytes());
        if self.revoked.read().has_key(&key) {
            return Err(NoCredential::MachineRefused(
                "a certificate of this key was revoked, and no key is certified again; make a new \
                 key: connect anew"
                    .to_owned(),
            ));
        }
        let serial = self
            .take_serial()
            .map_err(|error| NoCredential::AuthorityUnreachable(error.to_string()))?;
        let now = self.clock.now();
        let (root, directory) = (self.roots.read().signing(now), self.directory());
        let lifetime = self.credential_lifetime;
        let certificate = certificate(&root, request, &directory, lifetime, now, serial)?;
        self.note_issued(request, &certificate, instance_id, now);
        Ok(certificate)
    }

    /// On disk before it is used; mostly it is there already.
    fn take_serial(&self) -> Result<u64, StateError> {
        // A caller that finds a fresh block waits here until the block is on disk, and so does who
        // comes after it.
        let mut serials = self.serials.lock();
        let mut taken = *serials;
        let (serial, reserve) = taken.take();
        if let Some(record) = reserve {
            self.state.lock().replace(SERIALS_FILE, record)?;
        }
        *serials = taken;
        Ok(serial)
    }

    fn note_issued(
        &self,
        request: &MasterRequest,
        certificate: &MasterCertificate,
        instance_id: &str,
        now: Timestamp,
    ) {
        let mut issued = self.issued.lock();
        issued.add(Issued {
            revocation_id: certificate.revocation_id(),
            account: request.account.clone(),
            machine: request.machine.clone(),
            instance_id: instance_id.to_owned(),
            issued_at: now,
            expires_at: certificate.validity().not_after,
            public_key: hex(request.public_key.as_bytes()),
        });
    }

    /// Certificates that are still good, oldest first, those of before a restart included.
    pub fn issued(&self, account: Option<&ServiceAccount>) -> Vec<Issued> {
        self.issued.lock().list.current(account, self.clock.now())
    }
}

/// Decides, and signs with `root` for `lifetime`. `serial`: names the certificate for revocation;
/// never given before.
///
/// # Errors
/// When the account does not exist or is disabled.
fn certificate(
    root: &RootKey,
    request: &MasterRequest,
    directory: &Directory,
    lifetime: Duration,
    now: Timestamp,
    serial: u64,
) -> Result<MasterCertificate, NoCredential> {
    let account = &request.account;
    match directory.get(account) {
        None => Err(NoCredential::Unknown(account.clone())),
        Some(found) if found.disabled => Err(NoCredential::Disabled(account.clone())),
        Some(_) => Ok(root.sign(request, Validity::starting(now, lifetime), serial)),
    }
}

#[tonic::async_trait]
impl Issuer for CertificateAuthority {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        self.certify(&request, "")
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
