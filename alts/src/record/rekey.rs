//! Traffic keys and the implicit re-key: which AES key and which nonce belong to a frame.
//!
//! ```text
//!   key data, 44 bytes
//!   +---------------------------------+--------------+
//!   |  KDF key, 32 bytes              | mask, 12 B   |
//!   +---------------------------------+--------------+
//!                  |                          |
//!   HKDF-Expand(KDF key, counter[2..8], 16)   |         RFC 5869, section 2.3
//!                  |                          |
//!               AES key              counter XOR mask = GCM nonce
//! ```
//!
//! Nothing on the wire announces a new key: it follows from the counter alone, every 2^16 frames.
//! Both directions share the AES keys; the counter's side byte keeps their nonces apart. Equal to
//! grpc-go's `aeadrekey.go`, grpc-java's `AesGcmHkdfAeadCrypter` and C-core's `aes_gcm.cc`.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::{
    aead::{Aead, BackEnd, KEY_LEN, NONCE_LEN, TAG_LEN, TagMismatch},
    counter::{EPOCH_LEN, FrameCounter},
};

/// Bytes of the key that AES keys are derived from.
const KDF_KEY_LEN: usize = 32;
/// Bytes of key data that the record protocol uses; handshakers may supply more.
pub const TRAFFIC_KEY_LEN: usize = KDF_KEY_LEN + NONCE_LEN;

/// The secret that both ends of a connection hold once their handshake is done.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TrafficKeys([u8; TRAFFIC_KEY_LEN]);

impl TrafficKeys {
    /// Takes the first 44 bytes of a handshaker's key data; `None` when there are fewer.
    #[must_use]
    pub fn from_key_data(key_data: &[u8]) -> Option<Self> {
        let mut keys = [0; TRAFFIC_KEY_LEN];
        keys.copy_from_slice(key_data.get(..TRAFFIC_KEY_LEN)?);
        Some(Self(keys))
    }
}

impl std::fmt::Debug for TrafficKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TrafficKeys(..)")
    }
}

/// An AEAD that follows the counter to the key that is its turn.
pub(super) struct RekeyingAead {
    kdf_key: Zeroizing<[u8; KDF_KEY_LEN]>,
    nonce_mask: Zeroizing<[u8; NONCE_LEN]>,
    /// Invariant: `aead` is keyed for `epoch`.
    epoch: [u8; EPOCH_LEN],
    back_end: BackEnd,
    aead: Aead,
}

impl RekeyingAead {
    pub(super) fn new(back_end: BackEnd, keys: &TrafficKeys) -> Self {
        let mut kdf_key = Zeroizing::new([0; KDF_KEY_LEN]);
        let mut nonce_mask = Zeroizing::new([0; NONCE_LEN]);
        kdf_key.copy_from_slice(&keys.0[..KDF_KEY_LEN]);
        nonce_mask.copy_from_slice(&keys.0[KDF_KEY_LEN..]);
        let epoch = [0; EPOCH_LEN];
        let aead = Aead::new(back_end, &derive(&kdf_key, epoch));
        Self {
            kdf_key,
            nonce_mask,
            epoch,
            back_end,
            aead,
        }
    }

    pub(super) fn seal(
        &mut self,
        counter: FrameCounter,
        aad: &[u8],
        in_out: &mut [u8],
    ) -> [u8; TAG_LEN] {
        let nonce = self.turn_to(counter);
        self.aead.seal(&nonce, aad, in_out)
    }

    pub(super) fn open(
        &mut self,
        counter: FrameCounter,
        aad: &[u8],
        in_out: &mut [u8],
        tag: &[u8; TAG_LEN],
    ) -> Result<(), TagMismatch> {
        let nonce = self.turn_to(counter);
        self.aead.open(&nonce, aad, in_out, tag)
    }

    /// Re-keys when the counter has entered another epoch; returns the frame's nonce.
    fn turn_to(&mut self, counter: FrameCounter) -> [u8; NONCE_LEN] {
        let epoch = counter.epoch();
        if epoch != self.epoch {
            self.aead = Aead::new(self.back_end, &derive(&self.kdf_key, epoch));
            self.epoch = epoch;
        }
        let mut nonce = counter.0;
        for (byte, mask) in nonce.iter_mut().zip(self.nonce_mask.iter()) {
            *byte ^= mask;
        }
        nonce
    }
}

impl std::fmt::Debug for RekeyingAead {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RekeyingAead")
            .field("epoch", &self.epoch)
            .finish_non_exhaustive()
    }
}

/// The AES key of an epoch: one block of HKDF-Expand whose info is the epoch.
pub(super) fn derive(
    kdf_key: &[u8; KDF_KEY_LEN],
    epoch: [u8; EPOCH_LEN],
) -> Zeroizing<[u8; KEY_LEN]> {
    let mut key = Zeroizing::new([0; KEY_LEN]);
    Hkdf::<Sha256>::from_prk(kdf_key)
        .expect("a PRK as long as the hash is long enough")
        .expand(&epoch, key.as_mut_slice())
        .expect("sixteen bytes are less than HKDF's 255 blocks");
    key
}
