//! The signing authority: certifies a workload's key, for enabled accounts only. Pure.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::{
    NoCredential,
    directory::Directory,
    handshake::{KeyId, MasterCertificate, MasterRequest, RootKey, Seed, Timestamp, Validity},
};

/// Holds the root key and the rule for using it.
#[derive(Debug)]
pub struct Authority {
    root: RootKey,
    credential_lifetime: Duration,
}

impl Authority {
    /// Signs with `root`; what it signs is good for `credential_lifetime`.
    pub fn new(root: RootKey, credential_lifetime: Duration) -> Self {
        Self {
            root,
            credential_lifetime,
        }
    }

    /// What verifiers need.
    pub fn root_public(&self) -> ed25519_dalek::VerifyingKey {
        self.root.public()
    }

    /// How certificates name its key.
    pub fn key_id(&self) -> KeyId {
        self.root.id()
    }

    /// Decides, and signs. `serial`: random, names the certificate for revocation.
    ///
    /// # Errors
    /// When the account does not exist or is disabled.
    pub fn issue(
        &self,
        request: &MasterRequest,
        directory: &Directory,
        now: Timestamp,
        serial: u64,
    ) -> Result<MasterCertificate, NoCredential> {
        match directory.get(&request.subject) {
            None => Err(NoCredential::Unknown(request.subject.clone())),
            Some(account) if account.disabled => {
                Err(NoCredential::Disabled(request.subject.clone()))
            }
            Some(_) => {
                let validity = Validity::starting(now, self.credential_lifetime);
                Ok(self.root.sign(request, validity, serial))
            }
        }
    }
}

/// The authority's key as a file's contents.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub(crate) struct AuthorityRecord {
    /// The Ed25519 seed, 64 hexadecimal digits. Secret.
    signing_key_hex: String,
}

impl AuthorityRecord {
    pub(crate) fn new(seed: &Seed) -> Self {
        // Sized beforehand, so that growing leaves no copy of the key behind.
        let mut signing_key_hex = String::with_capacity(2 * seed.len());
        for byte in seed.iter() {
            for nibble in [byte >> 4, byte & 0xf] {
                signing_key_hex
                    .push(char::from_digit(nibble.into(), 16).expect("a nibble is a digit"));
            }
        }
        Self { signing_key_hex }
    }

    pub(crate) fn seed(&self) -> Result<Seed, String> {
        let digits = self.signing_key_hex.as_bytes();
        let mut seed = Zeroizing::new([0; 32]);
        if digits.len() != 2 * seed.len() {
            return Err("signing_key_hex must have 64 digits".to_owned());
        }
        for (byte, pair) in seed.iter_mut().zip(digits.chunks_exact(2)) {
            for digit in pair {
                let nibble = char::from(*digit)
                    .to_digit(16)
                    .ok_or("signing_key_hex holds something that is no hexadecimal digit")?;
                *byte = *byte << 4 | u8::try_from(nibble).expect("a digit is below 16");
            }
        }
        Ok(seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ServiceAccount,
        handshake::{MachineName, MasterKey},
    };

    #[test]
    fn only_enabled_accounts_are_certified() {
        let authority =
            Authority::new(RootKey::new(&Seed::new([1; 32])), Duration::from_secs(3600));
        let account: ServiceAccount = "svc@p.iam".parse().unwrap();
        let machine = MachineName::parse("vm").unwrap();
        let request = MasterKey::new(account.clone(), &Seed::new([2; 32])).request(machine);
        let mut directory = Directory::default();
        let now = Timestamp::from_unix_s(1000);
        let issue = |directory: &Directory| authority.issue(&request, directory, now, 7);

        assert_eq!(
            issue(&directory).err(),
            Some(NoCredential::Unknown(account.clone()))
        );
        directory.create(account.clone(), "", 1).unwrap();
        let certificate = issue(&directory).unwrap();
        assert_eq!(
            certificate.validity(),
            Validity::starting(now, Duration::from_secs(3600))
        );
        directory.set_disabled(&account, true).unwrap();
        assert_eq!(
            issue(&directory).err(),
            Some(NoCredential::Disabled(account))
        );
    }

    #[test]
    fn the_key_survives_its_file_and_a_damaged_file_does_not_become_a_key() {
        let seed = Seed::new(std::array::from_fn(|i| i as u8 * 7));
        let record = AuthorityRecord::new(&seed);
        assert_eq!(record.seed().as_ref(), Ok(&seed));
        for damaged in ["", "00", &"g".repeat(64), &"é".repeat(32)] {
            let record = AuthorityRecord {
                signing_key_hex: damaged.to_owned(),
            };
            let error = record.seed().unwrap_err();
            assert!(
                error.contains("signing_key_hex")
                    && !error.contains('g'.to_string().repeat(9).as_str())
            );
        }
    }
}
