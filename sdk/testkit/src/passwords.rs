//! Passwords that people typed, wherever they stand in what is sent and answered, and in whatever way they are written there.

use crate::written::{base64, replaced};

/// A password, and what stands for it in a recording.
#[derive(Clone)]
pub(crate) struct Password {
    /// Everything else that was typed with it, one of which may be the name that logs in.
    beside: Vec<String>,
    password: String,
    /// What is typed in its place when the recording is replayed.
    stand_in: String,
}

/// Of a password in base64 behind what nobody knows, the fewest characters that tell it.
const INNER: usize = 6;

impl Password {
    /// The password with this number; `None` where nothing was typed.
    pub(crate) fn new(number: usize, password: &str, beside: &[String]) -> Option<Self> {
        let typed = !password.is_empty();
        let stand_in = format!("password-{number}");
        typed.then(|| Self { beside: beside.to_vec(), password: password.to_owned(), stand_in })
    }

    /// The text with the stand-in, which is written as the password was, so that a device which replays is asked the same.
    pub(crate) fn replaced(&self, text: &str) -> String {
        let Self { beside, password, stand_in } = self;
        let names = beside.iter().map(String::as_str).chain([""]);
        // The longest first: a name and a password in base64 may hold those of the password alone.
        let known = names.map(|name| (format!("{name}:{password}"), format!("{name}:{stand_in}")));
        let known = known.chain([(password.clone(), stand_in.clone())]);
        let text = known.fold(text.to_owned(), |text, (secret, instead)| {
            let (secret, instead) = (base64(secret.as_bytes()), base64(instead.as_bytes()));
            let text = replaced(&text, &secret, &instead);
            let text = replaced(&text, without_end(&secret), without_end(&instead));
            replaced(&text, &for_addresses(without_end(&secret)), &for_addresses(without_end(&instead)))
        });
        let text = inner(password)
            .iter()
            .fold(text, |text, secret| replaced(&replaced(&text, secret, stand_in), &for_addresses(secret), stand_in));
        replaced(&text, password, stand_in)
    }
}

/// Some leave out the signs that base64 ends with.
fn without_end(base64: &str) -> &str {
    base64.trim_end_matches('=')
}

/// The two signs that base64 has of its own in addresses.
fn for_addresses(base64: &str) -> String {
    base64.replace('+', "-").replace('/', "_")
}

/// What base64 makes of the password whatever stands before and behind it, for each place it can begin at.
fn inner(password: &str) -> Vec<String> {
    let parts = [0_usize, 1, 2].map(|before| {
        let bytes = [vec![0; before], password.as_bytes().to_vec()].concat();
        let written = base64(&bytes);
        // Six bits a character: those that hold a bit of what is before are not the password's, nor is the last one.
        let (first, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
        written.get(first..end).unwrap_or_default().to_owned()
    });
    parts.into_iter().filter(|part| part.len() >= INNER).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &str = "s3nh\"a+ é=";

    fn kept(text: &str) -> String {
        Password::new(1, PASSWORD, &["221011".to_owned(), "técnico".to_owned(), "x".to_owned()])
            .expect("it was typed")
            .replaced(text)
    }

    #[test]
    fn however_it_is_written_it_has_a_stand_in_that_is_written_alike() {
        for (written, instead) in [
            (PASSWORD.to_owned(), "password-1".to_owned()),
            ("s3nh%22a%2B+%C3%A9%3D".to_owned(), "password-1".to_owned()),
            ("s3nh%22a%2b%20%c3%a9%3d".to_owned(), "password-1".to_owned()),
            ("s3nh\"a%2B %E9=".to_owned(), "password-1".to_owned()),
            ("s3nh&quot;a&#43; &#xe9;=".to_owned(), "password-1".to_owned()),
            ("s3nh\\\"a+ \\u00E9\\u003d".to_owned(), "password-1".to_owned()),
            (base64(PASSWORD.as_bytes()), base64(b"password-1")),
            (base64(format!("técnico:{PASSWORD}").as_bytes()), base64("técnico:password-1".as_bytes())),
            (base64(format!(":{PASSWORD}").as_bytes()), base64(b":password-1")),
            (
                base64(b"x:s3nh\"a+ \xc3\xa9=").replace('=', "%3d").replace('+', "%2b"),
                base64(b"x:password-1").replace('=', "%3D"),
            ),
            (without_end(&base64(PASSWORD.as_bytes())).to_owned(), without_end(&base64(b"password-1")).to_owned()),
        ] {
            let (text, expected) = (format!("/in?a=b&p={written}&c"), format!("/in?a=b&p={instead}&c"));
            assert_eq!(kept(&text), expected, "{text}");
        }
    }

    #[test]
    fn base64_may_be_that_of_addresses() {
        let password = Password::new(1, ">>>???9", &[]).expect("it was typed");
        assert_eq!(password.replaced("/in/Pj4-Pz8_OQ/Pj4+Pz8/OQ=="), "/in/cGFzc3dvcmQtMQ/cGFzc3dvcmQtMQ==");
    }

    #[test]
    fn in_base64_behind_what_nobody_knows_it_is_found_as_well() {
        for before in ["y", "xy", "xyz", "admin:"] {
            let written = base64(format!("{before}{PASSWORD}, and more").as_bytes());
            let kept = kept(&format!("<p>{written}</p>"));
            assert!(inner(PASSWORD).iter().all(|part| !kept.contains(part)) && !kept.contains(&written), "{kept}");
        }
    }

    #[test]
    fn what_is_no_password_stays_and_none_is_none() {
        let page = "s3nha s3nh%22 s3nh&quot;a &amp;&#;\\u00 %zz %";
        assert_eq!(kept(page), page);
        assert!(Password::new(1, "", &[]).is_none());
    }
}
