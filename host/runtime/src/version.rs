//! Versions of the contract: what a host serves, and what it says of what it does not.

use std::fmt;

/// The contract this host serves.
pub(crate) const HOST: Version = Version { major: 1, minor: 0, patch: 0 };

/// A version of the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Version {
    pub(crate) major: u32,
    pub(crate) minor: u32,
    pub(crate) patch: u32,
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

impl Version {
    /// Whether a host of this version serves what was built against another: the same major number, and nothing newer.
    /// Otherwise what is to be done.
    pub(crate) fn serves(self, theirs: &str) -> Result<(), &'static str> {
        let mut numbers = theirs.split('.').map(number);
        let (Some(Some(major)), Some(Some(minor))) = (numbers.next(), numbers.next()) else { return Err(NO_VERSION) };
        if major == self.major && minor <= self.minor {
            Ok(())
        } else if major < self.major {
            Err("that is a former contract; build it again against this one")
        } else {
            Err("use a newer bote")
        }
    }

    /// As [`serves`](Self::serves), of the two numbers that stand in a manifest.
    pub(crate) fn serves_api(self, theirs: &str) -> Result<(), &'static str> {
        if theirs.split('.').count() == 2 { self.serves(theirs) } else { Err(NO_VERSION) }
    }
}

const NO_VERSION: &str = "that is no version of a contract; build it again against this one";

fn number(digits: &str) -> Option<u32> {
    digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_major_number_is_served_up_to_this_hosts_minor_and_the_others_are_told_apart() {
        let host = |major, minor| Version { major, minor, patch: 0 };
        for (host, served) in [(host(1, 0), "1.0"), (host(1, 0), "1.0.9"), (host(1, 1), "1.0.0"), (host(2, 3), "2.1")] {
            assert_eq!(host.serves(served), Ok(()), "{served} on {host}");
        }
        for (host, theirs, words) in [
            (host(1, 0), "1.1.0", "newer bote"),
            (host(1, 0), "2.0", "newer bote"),
            (host(1, 1), "0.9.0", "former contract"),
            (host(2, 0), "1.7", "former contract"),
            (host(1, 0), "one", "no version"),
            (host(1, 0), "1", "no version"),
            (host(1, 0), "+1.0", "no version"),
            (host(1, 0), "", "no version"),
        ] {
            let why = host.serves(theirs).expect_err(theirs);
            assert!(why.contains(words), "{theirs} on {host}: {why}");
        }
        assert!(host(1, 1).serves_api("1.0").is_ok() && host(1, 0).serves_api("1.0.0").is_err());
    }
}
