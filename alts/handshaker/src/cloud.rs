//! The authority and the directory as one living thing: decisions under a lock, changes on disk
//! before they count.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::Duration,
};

use crate::{
    Clock, Issuer, NoCredential, NoEntropy, ServiceAccount,
    authority::{Authority, AuthorityRecord},
    directory::{Account, Directory, DirectoryError, DirectoryRecord},
    environment,
    handshake::{KeyId, MasterCertificate, MasterRequest, RootKey, Trust},
    state::{StateDir, StateError},
};

const AUTHORITY_FILE: &str = "authority.json";
const DIRECTORY_FILE: &str = "directory.json";

/// Why the cloud cannot do what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CloudError {
    /// The request is at fault.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The disk is.
    #[error(transparent)]
    State(#[from] StateError),
    /// The operating system is.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
}

/// The one authority of a mock cloud, and its directory.
#[derive(Debug)]
pub struct Cloud {
    authority: Authority,
    directory: RwLock<Directory>,
    /// Held while the directory is changed, so that readers wait for no disk.
    state: Mutex<StateDir>,
    clock: Clock,
}

impl Cloud {
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
    ) -> Result<Self, CloudError> {
        // Both are read before either is written: a damaged one must not half-initialise the other.
        let stored_seed = state.read(AUTHORITY_FILE, |record: AuthorityRecord| record.seed())?;
        let stored_directory = state.read(DIRECTORY_FILE, |record: DirectoryRecord| {
            Directory::try_from(record)
        })?;
        let seed = match stored_seed {
            Some(seed) => seed,
            None => {
                let seed = environment::seed()?;
                state.replace(AUTHORITY_FILE, AuthorityRecord::new(&seed))?;
                seed
            }
        };
        let before = stored_directory.unwrap_or_default();
        let mut directory = before.clone();
        for (email, display_name) in accounts {
            if directory.get(email).is_none() {
                directory.create(email.clone(), display_name, environment::number()?)?;
            }
        }
        if directory != before {
            state.replace(DIRECTORY_FILE, DirectoryRecord::from(&directory))?;
        }
        Ok(Self {
            authority: Authority::new(RootKey::new(&seed), credential_lifetime),
            directory: RwLock::new(directory),
            state: Mutex::new(state),
            clock,
        })
    }

    /// What every machine of this cloud believes.
    pub fn trust(&self) -> Arc<Trust> {
        Arc::new(Trust::new([self.authority.root_public()]))
    }

    /// The authority's key's name.
    pub fn authority_key_id(&self) -> KeyId {
        self.authority.key_id()
    }

    /// All accounts, in order of their names.
    pub fn accounts(&self) -> Vec<Account> {
        self.read(|directory| directory.list().cloned().collect())
    }

    /// Adds an account. Blocks on the disk.
    ///
    /// # Errors
    /// When it exists, or the change cannot be kept; then nothing has changed.
    pub fn create_account(
        &self,
        email: ServiceAccount,
        display_name: &str,
    ) -> Result<Account, CloudError> {
        let number = environment::number()?;
        self.change(|directory| directory.create(email, display_name, number))
    }

    /// Switches an account off or on; the flag says whether that changed anything. Blocks on the
    /// disk.
    ///
    /// # Errors
    /// When there is no such account, or the change cannot be kept; then nothing has changed.
    pub fn set_disabled(
        &self,
        email: &ServiceAccount,
        disabled: bool,
    ) -> Result<(Account, bool), CloudError> {
        self.change(|directory| directory.set_disabled(email, disabled))
    }

    fn read<T>(&self, look: impl FnOnce(&Directory) -> T) -> T {
        // The directory is replaced in one assignment: a panic elsewhere leaves it whole.
        look(
            &self
                .directory
                .read()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }

    /// Decides on a copy, writes the copy down, and only then lets it count.
    fn change<T>(
        &self,
        decide: impl FnOnce(&mut Directory) -> Result<T, DirectoryError>,
    ) -> Result<T, CloudError> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = self.read(Directory::clone);
        let outcome = decide(&mut changed)?;
        state.replace(DIRECTORY_FILE, DirectoryRecord::from(&changed))?;
        *self
            .directory
            .write()
            .unwrap_or_else(PoisonError::into_inner) = changed;
        Ok(outcome)
    }
}

impl Issuer for Cloud {
    async fn issue(&self, request: MasterRequest) -> Result<MasterCertificate, NoCredential> {
        let serial = environment::number()
            .map_err(|error| NoCredential::AuthorityUnreachable(error.to_string()))?;
        let now = self.clock.now();
        self.read(|directory| self.authority.issue(&request, directory, now, serial))
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::handshake::{MachineName, MasterKey, Seed};

    fn account(name: &str) -> ServiceAccount {
        name.parse().unwrap()
    }

    fn open(dir: &std::path::Path) -> Result<Cloud, CloudError> {
        let (a, b) = (account("a@p"), account("b@p"));
        let accounts = [(&a, "A"), (&b, "B")];
        Cloud::open(
            StateDir::open(dir)?,
            accounts,
            Duration::from_secs(60),
            Clock::system(),
        )
    }

    fn issue(cloud: &Cloud, name: &str) -> Result<MasterCertificate, NoCredential> {
        let key = MasterKey::new(account(name), &Seed::new([9; 32]));
        let request = key.request(MachineName::parse("vm").unwrap());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(cloud.issue(request))
    }

    #[test]
    fn a_restart_keeps_the_key_the_accounts_and_the_switches() {
        let dir = tempfile::tempdir().unwrap();
        let cloud = open(dir.path()).unwrap();
        cloud.set_disabled(&account("b@p"), true).unwrap();
        cloud.create_account(account("c@p"), "later").unwrap();
        let (key_id, accounts) = (cloud.authority_key_id(), cloud.accounts());
        drop(cloud);

        let cloud = open(dir.path()).unwrap();
        assert_eq!(cloud.authority_key_id(), key_id);
        assert_eq!(cloud.accounts(), accounts);
        assert!(issue(&cloud, "a@p").is_ok());
        assert_eq!(
            issue(&cloud, "b@p").err(),
            Some(NoCredential::Disabled(account("b@p")))
        );
        assert_eq!(
            issue(&cloud, "d@p").err(),
            Some(NoCredential::Unknown(account("d@p")))
        );
    }

    #[test]
    fn a_damaged_file_stops_the_start_and_neither_file_is_touched() {
        for damaged in [AUTHORITY_FILE, DIRECTORY_FILE] {
            let dir = tempfile::tempdir().unwrap();
            drop(open(dir.path()).unwrap());
            fs::write(
                dir.path().join(damaged),
                "{\"version\":1,\"content\":{\"sig",
            )
            .unwrap();
            let before =
                [AUTHORITY_FILE, DIRECTORY_FILE].map(|f| fs::read(dir.path().join(f)).unwrap());
            let error = open(dir.path()).unwrap_err().to_string();
            assert!(
                error.contains(damaged) && error.contains("damaged"),
                "{error}"
            );
            let after =
                [AUTHORITY_FILE, DIRECTORY_FILE].map(|f| fs::read(dir.path().join(f)).unwrap());
            assert_eq!(before, after);
        }
    }

    #[test]
    fn a_change_that_cannot_be_kept_does_not_happen() {
        let dir = tempfile::tempdir().unwrap();
        let cloud = open(dir.path()).unwrap();
        fs::remove_file(dir.path().join(DIRECTORY_FILE)).unwrap();
        fs::create_dir(dir.path().join(DIRECTORY_FILE)).unwrap();
        assert!(matches!(
            cloud.set_disabled(&account("a@p"), true),
            Err(CloudError::State(_))
        ));
        assert!(issue(&cloud, "a@p").is_ok());
    }

    #[test]
    fn the_key_is_in_no_debug_output() {
        let dir = tempfile::tempdir().unwrap();
        let cloud = open(dir.path()).unwrap();
        let file = fs::read_to_string(dir.path().join(AUTHORITY_FILE)).unwrap();
        let key = file.split('"').find(|word| word.len() == 64).unwrap();
        assert!(!format!("{cloud:?}").contains(key));
    }
}
