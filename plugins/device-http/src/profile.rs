//! Profiles as tables, and how a reading is found in an answer.

/// A family of devices.
pub(crate) struct Profile {
    pub(crate) name: &'static str,
    #[allow(dead_code, reason = "named in the table for whoever reads it, and checked by a test")]
    pub(crate) sources: &'static [&'static str],
    pub(crate) vendors: &'static [&'static str],
    pub(crate) models: &'static [&'static str],
    /// What is sent to log in by its form; nothing where it has none.
    pub(crate) login: &'static [Request],
    pub(crate) requests: &'static [Request],
    pub(crate) readings: &'static [Reading],
    /// What is sent to restart it; the last of them does.
    pub(crate) restart: &'static [Request],
    pub(crate) logout: &'static [Request],
}

/// A request to a device.
pub(crate) struct Request {
    pub(crate) name: &'static str,
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static str,
    /// What of the answer is kept for the requests behind it.
    pub(crate) take: Option<Take>,
    /// An answer without a cookie is a "no".
    pub(crate) needs_cookie: bool,
    /// An answer with one of these in it is a "no".
    pub(crate) refused: &'static [&'static str],
}

/// Something in an answer that later requests repeat.
pub(crate) struct Take {
    pub(crate) name: &'static str,
    pub(crate) place: Place,
}

/// Where something stands: behind the marks, one behind the other, and before the first of the ends.
pub(crate) struct Place {
    after: &'static [&'static str],
    until: &'static [&'static str],
}

/// Where a reading stands in an answer, and how it is written.
pub(crate) struct Reading {
    pub(crate) what: What,
    pub(crate) from: &'static str,
    place: Place,
    form: Form,
    up: &'static [&'static str],
}

/// What can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Uptime,
    WanState,
    WanIp,
    OpticalRx,
    OpticalTx,
    WifiClients,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(dead_code, reason = "a form that no profile needs today is still one of the documented ones")]
enum Form {
    Seconds,
    Letters,
    Clock,
    Number,
    Text,
    CountMacs,
    IsUp,
    IsDown,
}

/// A reading.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value {
    Seconds(u64),
    Number(f64),
    Text(String),
    Up(bool),
    Count(usize),
}

impl Request {
    /// Whether it is the one that carries the password.
    pub(crate) fn says_password(&self) -> bool {
        let texts = self.headers.iter().map(|(_, value)| value).chain([&self.path, &self.body]);
        texts.into_iter().any(|text| ["{password", "{login"].iter().any(|place| text.contains(place)))
    }
}

include!(concat!(env!("OUT_DIR"), "/profiles.rs"));

/// The profile of a device, by who made it and its model.
pub(crate) fn of(vendor: &str, model: &str) -> Option<&'static Profile> {
    let (vendor, model) = (vendor.to_lowercase(), model.to_lowercase());
    PROFILES.iter().find(|profile| {
        profile.vendors.iter().any(|known| vendor.starts_with(known))
            && (profile.models.is_empty() || profile.models.iter().any(|known| model.starts_with(known)))
    })
}

impl Place {
    /// What stands there; `None` where the marks do not.
    pub(crate) fn find<'a>(&self, answer: &'a str) -> Option<&'a str> {
        let mut rest = answer;
        for mark in self.after {
            rest = &rest[rest.find(mark)? + mark.len()..];
        }
        let end = self.until.iter().filter_map(|mark| rest.find(mark)).min().unwrap_or(rest.len());
        Some(&rest[..end])
    }
}

impl Reading {
    /// Finds the reading in an answer: `None` where its place is not there, `Some(None)` where what stands there cannot be
    /// read.
    pub(crate) fn find(&self, answer: &str) -> Option<Option<Value>> {
        let answer = readable(answer);
        let part = self.place.find(&answer)?;
        let text = without_tags(part);
        Some(match self.form {
            Form::Seconds => text.parse().ok().map(Value::Seconds),
            Form::Letters => letters(&text).map(Value::Seconds),
            Form::Clock => clock(&text).map(Value::Seconds),
            Form::Number => number(&text).map(Value::Number),
            Form::CountMacs => Some(Value::Count(count_macs(part))),
            Form::IsUp => Some(Value::Up(true)),
            Form::IsDown => Some(Value::Up(false)),
            Form::Text if text.is_empty() => None,
            Form::Text if self.what == What::WanState => Some(Value::Up(self.up.iter().any(|up| text.starts_with(up)))),
            Form::Text => Some(Value::Text(text)),
        })
    }
}

/// An answer without comments and without the escapes of scripts.
pub(crate) fn readable(answer: &str) -> String {
    let plain = without_comments(answer);
    let mut readable = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some(start) = rest.find("\\x") {
        readable.push_str(&rest[..start]);
        let escape = rest.get(start + 2..start + 4).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match escape.filter(u8::is_ascii) {
            Some(byte) => {
                readable.push(char::from(byte));
                rest = &rest[start + 4..];
            }
            None => {
                readable.push_str("\\x");
                rest = &rest[start + 2..];
            }
        }
    }
    readable.push_str(rest);
    readable
}

/// Look-alikes hide in comments.
fn without_comments(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find("<!--") {
        plain.push_str(&rest[..start]);
        rest = rest[start..].find("-->").map_or("", |end| &rest[start + end + 3..]);
    }
    plain.push_str(rest);
    plain
}

fn without_tags(html: &str) -> String {
    let mut plain = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' if inside => inside = false,
            _ if !inside => plain.push(c),
            _ => {}
        }
    }
    plain.replace("&nbsp;", " ").trim().to_owned()
}

/// `2d20h12m20s`.
fn letters(text: &str) -> Option<u64> {
    let mut seconds: u64 = 0;
    let mut number = String::new();
    let mut any = false;
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        let unit = match c {
            '0'..='9' => {
                number.push(c);
                continue;
            }
            'w' => 7 * 86_400,
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        seconds = seconds.checked_add(number.parse::<u64>().ok()?.checked_mul(unit)?)?;
        number.clear();
        any = true;
    }
    (any && number.is_empty()).then_some(seconds)
}

/// `8 days, 18:55`, `1:21`, `49 min`.
fn clock(text: &str) -> Option<u64> {
    let (days, rest) = match text.split_once(" day") {
        Some((days, rest)) => (days.trim().parse::<u64>().ok()?, rest.trim_start_matches('s').trim_start_matches(',')),
        None => (0, text),
    };
    let rest = rest.trim().trim_end_matches(',').trim();
    let minutes = if let Some(minutes) = rest.strip_suffix("min") {
        minutes.trim().parse::<u64>().ok()?
    } else {
        let mut parts = rest.split(':').map(|part| part.trim().parse::<u64>().ok());
        let (hours, minutes) = (parts.next()??, parts.next()??);
        hours.checked_mul(60)?.checked_add(minutes)?
    };
    days.checked_mul(86_400)?.checked_add(minutes.checked_mul(60)?)
}

/// The first number.
fn number(text: &str) -> Option<f64> {
    let start = text.find(|c: char| c.is_ascii_digit())?;
    let start = if text[..start].ends_with('-') { start - 1 } else { start };
    let rest = &text[start..];
    let end =
        rest.char_indices().skip(1).find(|(_, c)| !c.is_ascii_digit() && *c != '.').map_or(rest.len(), |(at, _)| at);
    rest[..end].trim_end_matches('.').parse::<f64>().ok().filter(|number| number.is_finite())
}

/// How many different MAC addresses stand in a text.
fn count_macs(text: &str) -> usize {
    const LENGTH: usize = 17;
    let bytes = text.as_bytes();
    let is_mac = |piece: &[u8]| {
        piece.iter().enumerate().all(|(at, byte)| if at % 3 == 2 { *byte == b':' } else { byte.is_ascii_hexdigit() })
    };
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while at + LENGTH <= bytes.len() {
        if is_mac(&bytes[at..at + LENGTH]) {
            let mac = String::from_utf8_lossy(&bytes[at..at + LENGTH]).to_lowercase();
            if !found.contains(&mac) {
                found.push(mac);
            }
            at += LENGTH;
        } else {
            at += 1;
        }
    }
    found.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_profile_names_a_public_source_and_is_found_by_its_vendor() {
        assert!(PROFILES.len() >= 8);
        for profile in PROFILES {
            assert!(profile.sources.iter().all(|source| source.starts_with("https://")), "{}", profile.name);
            let model = profile.models.first().copied().unwrap_or("any");
            assert_eq!(of(profile.vendors[0], model).map(|found| found.name), Some(profile.name));
        }
        assert!(of("Nobody", "Nothing").is_none());
    }

    #[test]
    fn durations_as_devices_write_them() {
        assert_eq!(letters("2d20h12m20s"), Some(2 * 86_400 + 20 * 3_600 + 12 * 60 + 20));
        assert_eq!(letters("1w"), Some(7 * 86_400));
        assert_eq!(clock("28 days,  5:00"), Some(28 * 86_400 + 5 * 3_600));
        assert_eq!(clock(" 1:21"), Some(81 * 60));
        assert_eq!(clock("49 min"), Some(49 * 60));
        assert_eq!(clock("8 days, 18:55,"), Some(8 * 86_400 + 18 * 3_600 + 55 * 60));
        for text in ["", "soon", "12", "d", "5x", "99999999999999999999d"] {
            assert_eq!((letters(text), clock(text)), (None, None), "{text}");
        }
    }

    #[test]
    fn numbers_and_addresses_among_other_words() {
        assert_eq!(number("-26.382721  dBm"), Some(-26.382_721));
        assert_eq!(number("2.47"), Some(2.47));
        assert_eq!(number("--"), None);
        let table = "'AA:BB:CC:00:11:22','ra0' <td>aa:bb:cc:00:11:22</td> <td>aa:bb:cc:00:11:23</td> 12:34";
        assert_eq!(count_macs(table), 2);
    }

    #[test]
    fn comments_do_not_count() {
        assert_eq!(without_comments("a<!-- b -->c<!-- d"), "ac");
        assert_eq!(readable("\\x2d1\\x2e5 \\xzz \\x"), "-1.5 \\xzz \\x");
        assert_eq!(without_tags("Connected&nbsp;&nbsp;<input value=\"x\" />"), "Connected");
    }
}
