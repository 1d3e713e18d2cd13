//! The installation's key: seals the passwords of devices, so that a copy of the database opens none of them.

use anyhow::{Context, Result, bail};
use bote_sdk::personal::{Sealed, Secret};
use bote_sdk::traits::Seal;
use chacha20poly1305::aead::{Aead, AeadCore, KeyInit, OsRng};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};
use std::io::Write as _;
use std::path::Path;

/// Bytes of the key.
const KEY: usize = 32;
/// Bytes of the nonce before each sealed secret.
const NONCE: usize = 24;

/// The key.
pub struct InstallationKey {
    cipher: XChaCha20Poly1305,
    bytes: [u8; KEY],
}

impl InstallationKey {
    /// The key of this file, which is made when it is not there. Hosts on one database share the file.
    pub fn open(file: &Path) -> Result<Self> {
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                make(file).with_context(|| format!("the installation's key {} could not be made", file.display()))?
            }
            Err(error) => {
                return Err(error)
                    .with_context(|| format!("the installation's key {} could not be read", file.display()));
            }
        };
        let Ok(bytes) = <[u8; KEY]>::try_from(&bytes[..]) else {
            bail!(
                "{} is no key: it has {} bytes instead of {KEY}; bring back the one that was here",
                file.display(),
                bytes.len()
            );
        };
        Ok(Self { cipher: XChaCha20Poly1305::new(&bytes.into()), bytes })
    }

    /// A key for one purpose, from which the installation's own cannot be told.
    pub fn derived(&self, purpose: &str) -> [u8; KEY] {
        Sha256::new().chain_update(self.bytes).chain_update(purpose).finalize().into()
    }
}

/// A new key, for nobody's eyes but the host's. Of two processes that make one at once, the second takes the first's.
fn make(file: &Path) -> std::io::Result<Vec<u8>> {
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let key = XChaCha20Poly1305::generate_key(&mut OsRng);
    let beside = file.with_extension(format!("{}.tmp", std::process::id()));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = options.open(&beside)?;
    out.write_all(&key)?;
    out.sync_all()?;
    let linked = std::fs::hard_link(&beside, file);
    std::fs::remove_file(&beside)?;
    match linked {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => std::fs::read(file),
    }
}

impl Seal for InstallationKey {
    fn seal(&self, secret: &Secret) -> Sealed {
        let nonce = XChaCha20Poly1305::generate_nonce(&mut OsRng);
        // Fails only for secrets of more than 256 GB.
        let sealed = self.cipher.encrypt(&nonce, secret.expose().as_bytes()).unwrap_or_default();
        Sealed([&nonce[..], &sealed].concat())
    }

    fn open(&self, sealed: &Sealed) -> Option<Secret> {
        let (nonce, sealed) = sealed.0.split_at_checked(NONCE)?;
        let nonce: [u8; NONCE] = nonce.try_into().ok()?;
        let opened = self.cipher.decrypt(&XNonce::from(nonce), sealed).ok()?;
        String::from_utf8(opened).ok().map(Secret::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_comes_back_by_the_same_key_and_by_no_other() {
        let folder = std::env::temp_dir().join(format!("bote-key-{}", uuid::Uuid::now_v7()));
        let secret = Secret::new("senha da ONU");
        let first = InstallationKey::open(&folder.join("a.key")).expect("a key");
        let sealed = first.seal(&secret);
        assert_ne!(first.seal(&secret).0, sealed.0, "the same secret never looks the same");
        let again = InstallationKey::open(&folder.join("a.key")).expect("the same key");
        assert_eq!(again.open(&sealed), Some(secret));
        let other = InstallationKey::open(&folder.join("b.key")).expect("another key");
        assert_eq!(other.open(&sealed), None);
        assert_eq!(first.open(&Sealed(vec![1, 2, 3])), None);
        std::fs::write(folder.join("c.key"), "short").expect("written");
        assert!(InstallationKey::open(&folder.join("c.key")).is_err());
        std::fs::remove_dir_all(folder).expect("our own folder");
    }
}
