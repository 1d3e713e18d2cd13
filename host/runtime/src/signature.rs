//! Who published a component: an Ed25519 signature over everything before it, as the last section of the file. And whom an
//! administrator trusts.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

/// What the last section begins with: a custom section of 112 bytes by this name, in the first form.
const HEAD: &[u8] = b"\x00\x70\x0ebote:signature\x01";
const KEY: usize = 32;
const SIGNATURE: usize = 64;
/// Digits of a hash.
const HASH: usize = 64;
/// The whole section.
const SECTION: usize = HEAD.len() + KEY + SIGNATURE;

/// A publisher's public key, written as 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PublisherKey([u8; KEY]);

impl fmt::Display for PublisherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for PublisherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublisherKey({self})")
    }
}

/// The text is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key is written as 64 hexadecimal digits")]
pub struct NotAKey;

impl FromStr for PublisherKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        Ok(Self(from_hex(text)?))
    }
}

fn from_hex(text: &str) -> Result<[u8; KEY], NotAKey> {
    let text = text.trim();
    if text.len() != 2 * KEY || !text.is_ascii() {
        return Err(NotAKey);
    }
    let mut bytes = [0; KEY];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).map_err(|_| NotAKey)?;
    }
    Ok(bytes)
}

/// A publisher's secret key. Shows itself to nobody.
pub struct PublisherSecret(SigningKey);

impl PublisherSecret {
    /// The key of 32 random bytes.
    pub fn of(random: [u8; KEY]) -> Self {
        Self(SigningKey::from_bytes(&random))
    }

    /// The key as it is kept in a file: 64 hexadecimal digits.
    pub fn read(text: &str) -> Result<Self, NotAKey> {
        Ok(Self::of(from_hex(text)?))
    }

    /// As [`read`](Self::read) reads it.
    pub fn written(&self) -> String {
        self.0.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The public key that goes with it.
    pub fn public(&self) -> PublisherKey {
        PublisherKey(self.0.verifying_key().to_bytes())
    }

    /// The component with this publisher's signature; a former signature is replaced.
    pub fn sign(&self, component: &[u8]) -> Vec<u8> {
        let unsigned = split(component).map_or(component, |(unsigned, _)| unsigned);
        let signature = self.0.sign(unsigned);
        [unsigned, HEAD, &self.public().0, &signature.to_bytes()].concat()
    }
}

/// A component's own bytes and its signature section, where it ends with one.
fn split(component: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = component.len().checked_sub(SECTION)?;
    let (unsigned, section) = component.split_at(at);
    Some((unsigned, section.strip_prefix(HEAD)?))
}

/// The publisher whose signature holds; `None` without a signature.
pub fn publisher(component: &[u8]) -> Result<Option<PublisherKey>, Forged> {
    let Some((unsigned, signed)) = split(component) else { return Ok(None) };
    let (key, signature) = signed.split_at(KEY);
    let key: [u8; KEY] = key.try_into().map_err(|_| Forged)?;
    let signature: [u8; SIGNATURE] = signature.try_into().map_err(|_| Forged)?;
    let verifying = VerifyingKey::from_bytes(&key).map_err(|_| Forged)?;
    verifying.verify_strict(unsigned, &Signature::from_bytes(&signature)).map_err(|_| Forged)?;
    Ok(Some(PublisherKey(key)))
}

/// The signature does not hold for these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its signature does not hold: the file was changed after it was signed; get it again from its publisher")]
pub struct Forged;

/// What a component is known and trusted by: its hash, and who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Origin {
    hash: String,
    signed: Option<PublisherKey>,
}

impl Origin {
    /// Of a component whose signature, if it has one, holds.
    pub(crate) fn of(component: &[u8]) -> Result<Self, Forged> {
        Ok(Self { signed: publisher(component)?, hash: hash(component) })
    }

    /// As [`read`](Self::read) reads it.
    #[cfg(feature = "compile")]
    pub(crate) fn written(&self) -> Vec<u8> {
        let signed = self.signed.map_or([0; KEY], |key| key.0);
        [self.hash.as_bytes(), &[u8::from(self.signed.is_some())], &signed].concat()
    }

    /// What was written at the beginning of these bytes, and those behind it.
    pub(crate) fn read(bytes: &[u8]) -> Option<(Self, &[u8])> {
        let (hash, rest) = bytes.split_first_chunk::<HASH>()?;
        let (is_signed, rest) = rest.split_first()?;
        let (key, rest) = rest.split_first_chunk::<KEY>()?;
        let hash = std::str::from_utf8(hash).ok()?.to_owned();
        Some((Self { hash, signed: (*is_signed == 1).then_some(PublisherKey(*key)) }, rest))
    }
}

/// Whom an administrator trusts.
#[derive(Clone, Debug, Default)]
pub struct Trust {
    /// Whether a plug-in must be known or signed by a trusted publisher.
    pub required: bool,
    /// Keys by publisher: the first part of a plug-in's id.
    pub publishers: BTreeMap<String, BTreeSet<PublisherKey>>,
    /// SHA-256 hashes of components that are trusted as they are, in lower-case hexadecimal.
    pub known: BTreeSet<String>,
}

impl Trust {
    /// Takes any component whose signature, if it has one, holds.
    pub fn anybody() -> Self {
        Self::default()
    }

    /// Whether a component may be loaded under this id; otherwise why not, one sentence.
    pub fn check(&self, id: &str, component: &[u8], in_the_making: bool) -> Result<(), String> {
        let origin = Origin::of(component).map_err(|forged| forged.to_string())?;
        self.check_origin(id, &origin, in_the_making)
    }

    /// As [`check`](Self::check), of a component that is not at hand.
    pub(crate) fn check_origin(&self, id: &str, origin: &Origin, in_the_making: bool) -> Result<(), String> {
        if !self.required || in_the_making || self.known.contains(&origin.hash) {
            return Ok(());
        }
        let name = id.split('.').next().unwrap_or_default();
        match (origin.signed, self.publishers.get(name)) {
            (None, _) => Err("it is not signed: ask its publisher for a signed one, or put it into the folder \
                              plugins.development while you try it"
                .to_owned()),
            (Some(key), Some(keys)) if keys.contains(&key) => Ok(()),
            (Some(key), Some(_)) => Err(format!("it is signed by {key}, which is none of the keys of `{name}`")),
            (Some(key), None) => {
                Err(format!("its publisher is not trusted yet: if you do, add \"{key}\" to plugins.publishers.{name}"))
            }
        }
    }
}

/// The hash by which a component, or any content, is known.
pub fn hash(component: &[u8]) -> String {
    Sha256::digest(component).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> PublisherSecret {
        PublisherSecret::of([seed; KEY])
    }

    fn trusting(name: &str, key: &PublisherSecret) -> Trust {
        let publishers = BTreeMap::from([(name.to_owned(), BTreeSet::from([key.public()]))]);
        Trust { required: true, publishers, known: BTreeSet::new() }
    }

    #[test]
    fn a_signature_holds_for_every_byte_before_it() {
        let component = b"\0asm the component with its manifest";
        let signed = key(1).sign(component);
        assert_eq!(publisher(&signed), Ok(Some(key(1).public())));
        assert_eq!(publisher(component), Ok(None));
        for at in (0..component.len()).chain(component.len() + HEAD.len()..signed.len()) {
            let mut changed = signed.clone();
            changed[at] ^= 1;
            assert_eq!(publisher(&changed), Err(Forged), "byte {at}");
        }
        assert_eq!(key(2).sign(&signed), key(2).sign(component), "a new signature replaces the old one");
    }

    #[test]
    fn trust_is_by_the_publisher_of_the_id() {
        let signed = key(1).sign(b"component");
        let trust = trusting("isp", &key(1));
        assert_eq!(trust.check("isp.signal", &signed, false), Ok(()));
        for (id, component) in
            [("bote.signal", &signed[..]), ("isp.signal", b"component"), ("isp.signal", &key(2).sign(b"component"))]
        {
            let why = trust.check(id, component, false).expect_err(id);
            assert!(why.split_whitespace().count() > 4, "{why}");
            assert_eq!(Trust::anybody().check(id, component, false), Ok(()));
        }
        assert_eq!(trust.check("isp.signal", b"component", true), Ok(()), "in the making");
    }

    #[test]
    fn a_known_hash_needs_no_signature_and_a_forged_one_is_never_taken() {
        let trust = Trust { required: true, known: BTreeSet::from([hash(b"component")]), ..Trust::default() };
        assert_eq!(trust.check("bote.consumption", b"component", false), Ok(()));
        let mut forged = key(1).sign(b"component");
        forged[0] ^= 1;
        assert!(Trust::anybody().check("isp.signal", &forged, true).is_err());
    }

    #[test]
    fn keys_are_read_as_they_are_written() {
        assert_eq!(key(7).public().to_string().parse(), Ok(key(7).public()));
        assert_eq!(PublisherSecret::read(&key(7).written()).map(|read| read.public()), Ok(key(7).public()));
        assert_eq!("xyz".parse::<PublisherKey>(), Err(NotAKey));
        assert_eq!("é".repeat(32).parse::<PublisherKey>(), Err(NotAKey));
    }
}
