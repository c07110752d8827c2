//! Changes to the accounts: decided on a copy, written down, and only then counted.

use std::sync::Arc;

use alts::ServiceAccount;
use alts_daemon::rng;
use alts_handshake::Timestamp;

use super::{AuthorityError, CertificateAuthority, DIRECTORY_FILE};
use crate::{
    directory::{Account, Directory, DirectoryError, DirectoryRecord},
    proto::authority::AccountState,
};

impl CertificateAuthority {
    /// All accounts, in order of their names.
    pub fn accounts(&self) -> Vec<Account> {
        self.directory().list().cloned().collect()
    }

    /// Whether an account may act.
    pub fn account_state(&self, email: &ServiceAccount) -> AccountState {
        match self.directory().get(email) {
            None => AccountState::Unknown,
            Some(account) if account.disabled => AccountState::Disabled,
            Some(_) => AccountState::Enabled,
        }
    }

    /// Adds an account. Blocks on the disk.
    ///
    /// # Errors
    /// When it exists, or the change cannot be kept; then nothing has changed.
    pub fn create_account(
        &self,
        email: ServiceAccount,
        display_name: &str,
    ) -> Result<Account, AuthorityError> {
        let number = rng::number()?;
        self.change_accounts(|directory, _| directory.create(email, display_name, number))
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
    ) -> Result<(Account, bool), AuthorityError> {
        self.change_accounts(|directory, _| directory.set_disabled(email, disabled))
    }

    pub(super) fn directory(&self) -> Arc<Directory> {
        Arc::clone(&self.directory.read())
    }

    /// Changes the accounts as `decide` says, which is told the time. Blocks on the disk.
    ///
    /// # Errors
    /// When it refuses, or the change cannot be kept; then nothing has changed.
    pub fn change_accounts<T>(
        &self,
        decide: impl FnOnce(&mut Directory, Timestamp) -> Result<T, DirectoryError>,
    ) -> Result<T, AuthorityError> {
        let state = self.state.lock();
        let mut changed = Directory::clone(&self.directory());
        let outcome = decide(&mut changed, self.clock.now())?;
        state.replace(DIRECTORY_FILE, DirectoryRecord::from(&changed))?;
        *self.directory.write() = Arc::new(changed);
        Ok(outcome)
    }
}
