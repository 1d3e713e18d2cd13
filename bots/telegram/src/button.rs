//! What a button sends, with a mark by which bote knows its own: a changed client can send anything.

use bote_sdk::event::What;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use std::fmt::Write as _;

/// Stands before the mark.
const BEFORE: char = '~';
/// Bytes of the mark; with what stands before it, a payload of `bote_sdk::rendering::PAYLOAD_BYTES` fits what Telegram carries.
const MARK: usize = 5;

/// Marks what buttons send, and knows what it marked.
#[derive(Clone)]
pub struct Marks {
    key: Hmac<Sha256>,
}

impl Marks {
    /// Marks by this key; hosts that serve one bot have the same.
    pub fn new(key: &[u8; 32]) -> Self {
        Self { key: Hmac::new_from_slice(key).expect("a key of any length will do") }
    }

    /// The payload with its mark.
    pub fn marked(&self, payload: &str) -> String {
        let tag = self.key.clone().chain_update(payload).finalize().into_bytes();
        let mut marked = format!("{payload}{BEFORE}");
        for byte in &tag[..MARK] {
            // Writing to a string cannot fail.
            _ = write!(marked, "{byte:02x}");
        }
        marked
    }

    /// What was pressed; of what bears no mark of ours nothing is left, as of a button that is out of date.
    pub(crate) fn checked(&self, what: What) -> What {
        match what {
            What::Button(marked) => What::Button(self.payload(&marked).unwrap_or_default().to_owned()),
            other => other,
        }
    }

    fn payload<'a>(&self, marked: &'a str) -> Option<&'a str> {
        let (payload, mark) = marked.rsplit_once(BEFORE)?;
        let mut tag = [0; MARK];
        if mark.len() != 2 * MARK || !mark.is_ascii() {
            return None;
        }
        for (byte, at) in tag.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(mark.get(at..at + 2)?, 16).ok()?;
        }
        // Compared in a time that tells nothing of it.
        self.key.clone().chain_update(payload).verify_truncated_left(&tag).ok()?;
        Some(payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bote_sdk::rendering::PAYLOAD_BYTES;

    /// What Telegram carries.
    const CARRIED: usize = 64;

    #[test]
    fn what_was_marked_is_known_and_fits() {
        let marks = Marks::new(&[7; 32]);
        let payload = "x".repeat(PAYLOAD_BYTES);
        let marked = marks.marked(&payload);
        assert!(marked.len() <= CARRIED, "{}", marked.len());
        assert_eq!(marks.checked(What::Button(marked)), What::Button(payload));
    }

    #[test]
    fn what_was_not_marked_or_was_changed_is_nothing() {
        let marks = Marks::new(&[7; 32]);
        let good = marks.marked("1|o|c|aa");
        let other = Marks::new(&[8; 32]).marked("1|o|c|aa");
        let changed = good.replace("|c|", "|g|");
        let cut = good[..good.len() - 2].to_owned();
        let accented = format!("{}éé", &good[..good.len() - 4]);
        for forged in [other, changed, cut, accented, "1|o|c|aa".into(), "~".into(), String::new()] {
            assert_eq!(marks.checked(What::Button(forged.clone())), What::Button(String::new()), "{forged}");
        }
    }
}
