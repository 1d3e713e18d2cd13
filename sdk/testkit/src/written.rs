//! One text in the many ways it is written in paths, forms and pages.

/// The text with every place replaced where this stands: as it is, or as a form, a page or JSON writes it, each character in
/// its own way and hexadecimal digits in either case. Where it stands as in a form, so does what is put there.
pub(crate) fn replaced(text: &str, what: &str, instead: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = found(rest, what) {
        kept.push_str(&rest[..at]);
        let in_a_form = || instead.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        kept.push_str(&if rest[at..at + length].contains('%') { in_a_form() } else { instead.to_owned() });
        rest = &rest[at + length..];
    }
    kept.push_str(rest);
    kept
}

/// Whether this stands somewhere in the text.
pub(crate) fn contains(text: &str, what: &str) -> bool {
    found(text, what).is_some()
}

/// Where it stands, and how long it is as it is written there.
fn found(text: &str, what: &str) -> Option<(usize, usize)> {
    if what.is_empty() {
        return None;
    }
    text.char_indices().find_map(|(at, _)| Some((at, length(&text[at..], what)?)))
}

/// How much of the text this is, written in some way; `None` where it is something else.
fn length(text: &str, what: &str) -> Option<usize> {
    let mut rest = text;
    for c in what.chars() {
        rest = behind(rest, c)?;
    }
    Some(text.len() - rest.len())
}

/// What stands behind this character, written in some way.
fn behind(text: &str, c: char) -> Option<&str> {
    if let Some(rest) = text.strip_prefix(c) {
        return Some(rest);
    }
    match text.as_bytes().first()? {
        b'+' if c == ' ' => Some(&text[1..]),
        b'%' => behind_percent(text, c),
        b'\\' if matches!(c, '"' | '\\' | '/') => text[1..].strip_prefix(c),
        b'\\' => without_case(text, &format!("\\u{:04x}", u32::from(c))),
        b'&' => behind_entity(text, c),
        _ => None,
    }
}

/// In UTF-8, or as old devices have it, in Latin-1.
fn behind_percent(text: &str, c: char) -> Option<&str> {
    let code = |bytes: &[u8]| bytes.iter().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let utf8 = code(c.encode_utf8(&mut [0; 4]).as_bytes());
    let latin = u8::try_from(u32::from(c)).ok().map(|byte| code(&[byte]));
    without_case(text, &utf8).or_else(|| without_case(text, &latin?))
}

fn behind_entity(text: &str, c: char) -> Option<&str> {
    let name = match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&apos;"),
        _ => None,
    };
    let (end, code) = (text.find(';')?, u32::from(c));
    let number = text[..end].strip_prefix("&#").map(str::to_ascii_lowercase);
    let is_number = number.is_some_and(|number| {
        let digits = number.trim_start_matches('0');
        digits == code.to_string()
            || number.strip_prefix('x').is_some_and(|hex| hex.trim_start_matches('0') == format!("{code:x}"))
    });
    (is_number || name == Some(&text[..=end])).then(|| &text[end + 1..])
}

fn without_case<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let (head, rest) = text.split_at_checked(start.len())?;
    head.eq_ignore_ascii_case(start).then_some(rest)
}

/// Base64 with the signs of RFC 4648.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const SIGNS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sign = |six: u32| char::from(SIGNS[(six & 63) as usize]);
    let group = |group: &[u8]| {
        let bits = group.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - group.len()));
        let signs = (0..=group.len()).map(move |place| sign(bits >> (18 - 6 * place)));
        signs.chain(std::iter::repeat_n('=', 3 - group.len())).collect::<String>()
    };
    bytes.chunks(3).map(group).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (bytes, written) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
            assert_eq!(base64(bytes.as_bytes()), written);
        }
    }

    #[test]
    fn each_place_is_replaced_and_the_rest_stays() {
        assert_eq!(replaced("ação=a%C3%A7%c3%a3o;acao", "ação", "x"), "x=x;acao");
        assert_eq!(replaced("aaa", "aa", "b"), "ba");
        assert_eq!(replaced("100%", "%%", "#"), "100%");
        assert_eq!(replaced("a=b%2b", "b+", "c="), "a=c%3D");
        assert!(contains("?k=a%2bb", "a+b") && !contains("?k=a%2bc", "a+b"));
    }
}
